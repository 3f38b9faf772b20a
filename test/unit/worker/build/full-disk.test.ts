import { describe, expect, it } from 'vitest';
import { checkDisk } from '../../../../worker/build/full-disk.ts';

const MAKE_ALONE = { message: '*** [<tree>/Makefile:85: obj/a.elf] Error 1' };
const OF_A_SOURCE = { message: "'KC_NOPE' undeclared", file: 'keymap.c', line: 3 };
const MEBIBYTE = 1024 * 1024;

function check(
  errors: { message: string }[],
  { lines = [], free = 0 }: { lines?: string[]; free?: number },
): Promise<void> {
  return checkDisk({ image: null, errors }, lines, '/nowhere', async () => free);
}

describe('a build without an image', () => {
  it('failed for want of space when a tool says so', async () => {
    const lines = ['Linking: a.elf', 'ld: final link failed: No space left on device'];
    await expect(check([MAKE_ALONE], { lines, free: 900 * MEBIBYTE })).rejects.toMatchObject({
      code: 'storage.full',
      message: expect.stringContaining('final link failed'),
    });
  });

  it('failed for want of space when no tool says anything and none is left', async () => {
    await expect(check([MAKE_ALONE], { free: 40 * 1024 })).rejects.toMatchObject({
      code: 'storage.full',
      message: expect.stringContaining('40 kB'),
    });
  });

  it('failed by itself when a tool has a reason, or when there is room', async () => {
    await expect(check([OF_A_SOURCE], { free: 0 })).resolves.toBeUndefined();
    await expect(check([MAKE_ALONE], { free: 900 * MEBIBYTE })).resolves.toBeUndefined();
  });
});
