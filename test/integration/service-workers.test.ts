/** The supervisor with real workers, where the service's own commands cannot bring the trouble about. */
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { submitKeymap } from '../../api/submission.ts';
import { openKiln } from '../../cli/service/kiln.ts';
import { startWorkers } from '../../cli/service/worker-supervisor.ts';
import { createLogger } from '../../core/log.ts';
import { loadSettings } from '../../core/settings.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

it('A worker that hangs is ended, and the next one builds its job', async () => {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'));
  const { dataDir } = place;
  const flags = { dataDir, workers: 1, toolchainDir: gate.folder, logLevel: 'silent' };
  const settings = loadSettings(flags, {});
  const log = createLogger({ level: 'silent', name: 'test' });
  const kiln = await openKiln(settings, { log, exclusive: true });
  onTestFinished(() => kiln.close());
  const { queue, paths } = kiln;
  const workers = startWorkers({ settings, queue, log, buildsFolder: paths.builds, aliveMs: 500 });
  onTestFinished(() => workers.stop());
  const keymap = Buffer.from(JSON.stringify(keymapOf(1)));
  const { id } = await submitKeymap(keymap, 'test', kiln);
  await until('a compiler at work', gate.reached);

  const isWorker = ({ command }: { readonly command: string }) => command.includes('worker/main');
  const { pid } = place.processes().find(isWorker)!;
  process.kill(pid, 'SIGSTOP');
  await until('its end', () => !place.processes().some((seen) => seen.pid === pid));
  expect(await queue.get(id)).not.toMatchObject({ state: 'finished' });
  gate.open();
  const job = await until('the job to be finished', async () => {
    const now = await queue.get(id);
    return now?.state === 'finished' ? now : null;
  });
  expect(job).toMatchObject({ tries: 2, result: { returncode: 0 } });
  await workers.stop();
  expect(place.processes()).toEqual([]);
});
