import { describe, expect, it } from 'vitest';
import {
  ARTIFACTS,
  compilePayloadSchema,
  compileResultSchema,
  imageBaseName,
} from '../../../../core/compile/job.ts';

const RESULT = {
  returncode: 0,
  output: 'log',
  command: ['make'],
  firmwareFilename: 'a_b.hex',
  firmwareSha256: 'ff',
  size: { used: 1, limit: null },
  errors: [{ message: 'x', file: 'a.c', line: 1, layer: 0, index: 2, keycode: 'KC_A' }],
  tree: { name: 'qmk', commit: null, describe: 'NA', dirty: false },
  toolchain: { make: 'GNU Make 4' },
  durationMs: 12,
};

describe('a compile job', () => {
  it('comes out of its row as it went in', () => {
    const payload = {
      tree: 'qmk',
      keyboard: 'planck/rev6',
      keymap: 'mine',
      layout: 'LAYOUT',
      platform: null,
      keymapJson: '{}',
    };
    expect(compilePayloadSchema.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
    expect(compileResultSchema.parse(JSON.parse(JSON.stringify(RESULT)))).toEqual(RESULT);
  });

  it.each(['returncode', 'output', 'size', 'errors', 'tree', 'durationMs'])(
    'is refused without %s: the row is of another release',
    (member) => {
      expect(compileResultSchema.safeParse({ ...RESULT, [member]: undefined }).success).toBe(false);
    },
  );
});

it('No artifact of a job takes the place of another, whatever its image is called', () => {
  const names: string[] = Object.values(ARTIFACTS);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).not.toMatch(/_|\.(?:hex|bin|uf2)$/);
});

describe('the name of an image', () => {
  it.each([
    ['dz60', 'mine', 'dz60_mine'],
    ['planck/rev6', 'mine', 'planck_rev6_mine'],
    ['a/b/c/d', 'x-y', 'a_b_c_d_x-y'],
  ])('of %s and %s is that of QMK’s own', (keyboard, keymap, name) => {
    expect(imageBaseName(keyboard, keymap)).toBe(name);
  });
});
