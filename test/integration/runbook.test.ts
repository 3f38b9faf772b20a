/** Every command block of docs/runbook.md, run beside a service: the runbook cannot rot. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { testPlace } from '../fixtures/service/test-place.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

beforeAll(requireTools);

function commandsOf(page: string): readonly string[] {
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, text = '']) => text);
  return blocks.flatMap((text) => text.split('\n')).filter((line) => line !== '');
}

describe('the runbook', () => {
  it('names commands that do what it says', async () => {
    const place = testPlace();
    const service = await place.serve();
    const commands = [...new Set(commandsOf(PAGE))];
    expect(commands.length).toBeGreaterThan(8);
    for (const command of commands) {
      const [kiln, ...args] = command.split(' ');
      expect(kiln, command).toBe('kiln');
      const ended = await place.run(args);
      // The doctor may find something to say of this machine.
      const wanted = args[0] === 'doctor' ? [0, 3] : [0];
      expect(wanted, `${command}\n${ended.stdout}${ended.stderr}`).toContain(ended.exitCode);
    }
    await service.stop();
  }, 180_000);
});
