import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../../core/subprocess.ts';
import { checkEnded, findImage, keymapLayers, sizeOf } from '../../../../worker/build/outcome.ts';
import { hex, uf2 } from '../../../fixtures/images/images.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

function ended(changes: Partial<RunResult>): RunResult {
  return {
    outcome: 'exited',
    exitCode: 0,
    signal: null,
    stdout: '',
    stderr: '',
    output: '',
    truncated: false,
    durationMs: 1,
    command: ['make'],
    ...changes,
  };
}

describe('a build command', () => {
  it.each([0, 1, 2])('that ended by itself with %i is for the caller to judge', (exitCode) => {
    expect(() => checkEnded(ended({ exitCode }), 1000)).not.toThrow();
  });

  it.each([
    [{ outcome: 'timed-out' }, 'job.timed-out', 'longer than 90 seconds'],
    [{ outcome: 'canceled' }, 'job.canceled', 'was canceled'],
    [{ outcome: 'signaled', signal: 'SIGKILL' }, 'build.killed', 'ended by SIGKILL'],
    [
      {
        outcome: 'not-started',
        failure: { errno: 'ENOENT', message: 'x was not found.', cause: null },
      },
      'toolchain.missing',
      'x was not found.',
    ],
  ] as const)('with the outcome %j throws %s', (changes, code, words) => {
    expect(() => checkEnded(ended({ ...changes, exitCode: null }), 90_000)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

describe('the image of a folder', () => {
  it('is none when nothing of that name is there', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'other.hex'), hex(Buffer.from([1])));
    await expect(findImage(folder, 'board_mine')).resolves.toBeNull();
  });

  it('is what the bootloader takes, when the build left several', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.bin'), 'bin');
    await expect(findImage(folder, 'a')).resolves.toMatchObject({ name: 'a.bin', flashBytes: 3 });
    writeFileSync(join(folder, 'a.hex'), hex(Buffer.alloc(40)));
    await expect(findImage(folder, 'a')).resolves.toMatchObject({ name: 'a.hex', flashBytes: 40 });
    writeFileSync(join(folder, 'a.uf2'), uf2([{}]));
    const image = await findImage(folder, 'a');
    expect(image).toMatchObject({ name: 'a.uf2' });
    expect(sizeOf(image)).toEqual({ used: 256, limit: null });
  });

  it('is refused rather than replaced by another format when it is broken', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.uf2'), 'broken');
    writeFileSync(join(folder, 'a.hex'), hex(Buffer.alloc(40)));
    await expect(findImage(folder, 'a')).rejects.toMatchObject({ code: 'build.image-invalid' });
  });

  it('has no size when there is none', () => {
    expect(sizeOf(null)).toBeNull();
  });
});

it('The layers of a keymap come from its own text', () => {
  expect(keymapLayers('{"keyboard": "a", "layers": [["KC_A"], ["KC_B"]]}')).toEqual([
    ['KC_A'],
    ['KC_B'],
  ]);
});
