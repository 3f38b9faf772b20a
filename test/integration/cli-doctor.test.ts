/** `kiln doctor`: what it says of this machine, and of a machine without compilers. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../core/doctor/checks.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import type { Place, StartOptions } from '../fixtures/service/place.ts';
import { makeQmkFolder } from '../fixtures/service/qmk-folder.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { linkPrograms } from '../fixtures/service/toolchains.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

async function diagnose(place: Place, options?: StartOptions) {
  const ended = await place.run(['doctor', '--json'], options);
  const { ok, checks } = jsonOf<{ ok: boolean; checks: Check[] }>(ended);
  const stateOf = (id: string) => checks.find((check) => check.id === id)?.state;
  return { exitCode: ended.exitCode, ok, checks, stateOf };
}

describe('kiln doctor', () => {
  it('finds that this machine can build, with the compilers that the tests need', async () => {
    const place = testPlace();
    const { exitCode, ok, checks, stateOf } = await diagnose(place);
    expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
    for (const id of [
      'data-folder',
      'database',
      'tool-avr-gcc',
      'library-avr-libc',
      'tree-starter',
    ]) {
      expect(stateOf(id), id).toBe('ok');
    }
    for (const { id, state, message, remedy } of checks) {
      expect(message, id).toMatch(/\S/);
      // Whatever is to be mended comes with how.
      expect(state === 'ok' || (remedy ?? '') !== '', id).toBe(true);
    }
    const plain = await place.run(['doctor']);
    expect(plain.exitCode).toBe(0);
    expect(plain.stdout).toContain('✓ avr-gcc');
  });

  it('finds each program that is missing, and how to get it', async () => {
    const place = testPlace();
    const env = { PATH: linkPrograms(join(place.folder, 'bin'), ['make', 'sh']) };
    const { exitCode, ok, checks, stateOf } = await diagnose(place, { env });
    expect({ exitCode, ok }).toEqual({ exitCode: 3, ok: false });
    expect(stateOf('tool-make')).toBe('ok');
    expect(stateOf('tool-git')).toBe('warning');
    expect(checks.find(({ id }) => id === 'tool-avr-gcc')).toEqual({
      id: 'tool-avr-gcc',
      name: 'avr-gcc',
      state: 'failed',
      message: 'avr-gcc was not found: nothing can be built.',
      remedy: 'On Debian or Ubuntu run: sudo apt-get install gcc-avr avr-libc.',
    });
    const plain = await place.run(['doctor'], { env });
    expect(plain.exitCode).toBe(3);
    expect(plain.stdout).toContain('✗ avr-gcc');
    expect(plain.stdout).toContain('sudo apt-get install gcc-avr avr-libc');
    expect(plain.stdout).toContain('This machine cannot build yet');
  });

  it('warns of a tree that is gone, and fails when it is the default one', async () => {
    const place = testPlace();
    const folder = makeQmkFolder(join(place.folder, 'own'));
    await place.run(['tree', 'add', 'own', folder]);
    rmSync(folder, { recursive: true });
    const warned = await diagnose(place);
    expect([warned.exitCode, warned.stateOf('tree-own')]).toEqual([0, 'warning']);
    await place.run(['tree', 'use', 'own']);
    const failed = await diagnose(place);
    expect([failed.exitCode, failed.stateOf('tree-own')]).toEqual([3, 'failed']);
  });
});
