import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobView } from '../../../../api/schemas/kiln-jobs.ts';
import {
  describeCompileError,
  describeSize,
  nameTree,
  targetFile,
} from '../../../../cli/commands/compile.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

describe('the tree that --tree names', () => {
  const named = (keymap: string, tree?: string): string =>
    Buffer.from(nameTree(Buffer.from(keymap), tree)).toString();

  it('stands in the keymap as the API expects it, in place of what was there', () => {
    expect(JSON.parse(named('{"keyboard":"a","layers":[]}', 'qmk'))).toEqual({
      keyboard: 'a',
      layers: [],
      branch: 'qmk',
    });
    expect(JSON.parse(named('{"branch":"old"}', 'qmk'))).toEqual({ branch: 'qmk' });
  });

  it('changes no byte of the keymap when there is none, or when that is no object', () => {
    expect(named('{ "keyboard" : "a" }')).toBe('{ "keyboard" : "a" }');
    expect(named('[1]', 'qmk')).toBe('[1]');
    expect(named('null', 'qmk')).toBe('null');
  });

  it('is no way around the refusal of what is no JSON', () => {
    expect(() => named('{"a":1,"a":2}', 'qmk')).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(?:keymap|request)\./) }),
    );
  });
});

describe('the place of the image', () => {
  it('is the current folder, under the image’s own name', async () => {
    await expect(targetFile(undefined, 'a.hex')).resolves.toBe('a.hex');
  });

  it('is the file that -o names', async () => {
    await expect(targetFile('out/b.hex', 'a.hex')).resolves.toBe('out/b.hex');
  });

  it.each(['out', 'out/', 'out.d/', './out', '.', '..'])(
    'is below the folder %s',
    async (output) => {
      await expect(targetFile(output, 'a.hex')).resolves.toBe(join(output, 'a.hex'));
    },
  );

  it('is below a folder that is there, though it is named like a file', async () => {
    const folder = join(temporaryFolder(), 'images.hex');
    await expect(targetFile(folder, 'a.hex')).resolves.toBe(folder);
    mkdirSync(folder);
    await expect(targetFile(folder, 'a.hex')).resolves.toBe(join(folder, 'a.hex'));
  });
});

describe('the size of an image, in words', () => {
  const sized = (size: unknown): string => describeSize({ result: { size } } as JobView);

  it('has the limit and the percentage where the limit is known', () => {
    expect(sized({ used: 22_172, limit: 28_672 })).toBe(' · 22,172 of 28,672 bytes (77 %)');
    expect(sized({ used: 22_172, limit: null })).toBe(' · 22,172 bytes');
  });

  it('is nothing where nobody measured', () => {
    expect(sized(null)).toBe('');
    expect(describeSize({ result: null } as JobView)).toBe('');
  });
});

describe('a compile error, in words', () => {
  it('is the first one, with its place', () => {
    const error = { message: 'No pins.', file: 'quantum/a.c', line: 7 };
    const other = { message: 'other' };
    expect(describeCompileError([error, other])).toBe('No pins. (quantum/a.c:7)');
    expect(describeCompileError([other, error])).toBe('other');
  });

  it('of a key leaves the place in a generated source out', () => {
    const place = { file: 'keymap.c', line: 7, layer: 1, index: 2, keycode: 'X' };
    expect(describeCompileError([{ message: 'Key 2 is none.', ...place }])).toBe('Key 2 is none.');
  });

  it('that nobody understood still says what happened', () => {
    expect(describeCompileError([])).toBe('The keymap did not compile.');
  });
});
