import { describe, expect, it } from 'vitest';
import { keyDifferences, memberDifferences } from '../../../renderer/builds/keymap-difference.ts';

const keymap = (layers: string[][], more: object = {}) => ({
  keyboard: 'kiln/pad4x4',
  keymap: 'mine',
  layout: 'LAYOUT',
  layers,
  ...more,
});

describe('two keymaps', () => {
  it('differ in the keys that do another thing', () => {
    const one = keymap([
      ['KC_A', 'KC_B'],
      ['KC_C', 'KC_D'],
    ]);
    const other = keymap([
      ['KC_A', 'KC_X'],
      ['KC_Y', 'KC_D'],
    ]);
    expect(keyDifferences(one, other)).toEqual([
      { layer: 0, index: 1, from: 'KC_B', to: 'KC_X' },
      { layer: 1, index: 0, from: 'KC_C', to: 'KC_Y' },
    ]);
    expect(keyDifferences(one, one)).toEqual([]);
  });

  it('differ where only one has a layer or a key', () => {
    expect(keyDifferences(keymap([['KC_A']]), keymap([['KC_A', 'KC_B'], ['KC_C']]))).toEqual([
      { layer: 0, index: 1, from: null, to: 'KC_B' },
      { layer: 1, index: 0, from: null, to: 'KC_C' },
    ]);
  });

  it('differ in what else is built, and not in names and notes', () => {
    const one = keymap([], { keymap: 'a', notes: 'x', macros: [['hi']], config: { tapping: 1 } });
    const other = keymap([], { keymap: 'b', notes: 'y', config: { tapping: 2 } });
    expect(memberDifferences(one, other)).toEqual(['config', 'macros']);
  });
});
