import { describe, expect, it } from 'vitest';
import {
  isUnknownName,
  newestVersion,
  readCatalogue,
  searchKeycodes,
} from '../../../../renderer/editor/keymap/keycode-catalogue.ts';
import { legendOf } from '../../../../renderer/editor/keymap/legend.ts';
import { isWritingKey, keycodeOfKey } from '../../../../renderer/editor/keymap/typed-keys.ts';

const constants = {
  keycodes: {
    '0x0004': { group: 'basic', key: 'KC_A', label: 'A' },
    '0x001C': { group: 'basic', key: 'KC_Y', label: 'Y' },
    '0x001D': { group: 'basic', key: 'KC_Z', label: 'Z' },
    '0x001E': { group: 'basic', key: 'KC_1', label: '1' },
    '0x0028': { group: 'basic', key: 'KC_ENTER', label: 'Enter', aliases: ['KC_ENT'] },
    '0x002A': { group: 'basic', key: 'KC_BACKSPACE', label: 'Backspace', aliases: ['KC_BSPC'] },
    '0x0059': { group: 'basic', key: 'KC_KP_1', label: '1', aliases: ['KC_P1'] },
    '0x00A9': { group: 'media', key: 'KC_AUDIO_VOL_UP', label: 'Volume Up', aliases: ['KC_VOLU'] },
    '0x7C00': { group: 'quantum', key: 'QK_BOOTLOADER', aliases: ['QK_BOOT'] },
    '0x7C01': { group: 'quantum', key: 'QK_REBOOT', aliases: ['QK_RBT'] },
  },
};
const catalogue = readCatalogue(constants);
const legend = (keycode: string, names: Record<number, string> = {}) =>
  legendOf(keycode, catalogue, (layer) => names[layer] ?? String(layer));

describe('the legend of a key', () => {
  it.each([
    ['KC_A', ['A'], []],
    ['KC_ENT', ['Enter', '⏎', 'ENT'], []],
    ['LCTL_T(KC_A)', ['A'], ['Ctrl', '⌃']],
    ['MT(MOD_LCTL|MOD_LSFT, KC_A)', ['A'], ['Ctrl+Shift', '⌃⇧']],
    ['LT(1,KC_A)', ['A'], ['Nav', '1']],
    ['MO(1)', ['MO Nav', 'MO 1', 'MO1'], []],
    ['LSFT(KC_1)', ['!'], []],
    ['S(KC_A)', ['Shift+A', '⇧A'], []],
    ['LCA(KC_A)', ['Ctrl+Alt+A', '⌃⌥A'], []],
    ['KC_P1', ['Num 1', '1'], []],
    ['ANY(HYPR_T(KC_A))', ['A'], ['Hyper', '✦']],
    ['TD(3)', ['TD 3', 'TD3'], []],
    ['MY_KEY', ['MY_KEY', 'KEY'], []],
  ])('of %s', (keycode, tap, hold) => {
    expect(legend(keycode, { 1: 'Nav' })).toMatchObject({ tap, hold });
  });

  it('tells kinds of keys apart', () => {
    expect(legend('_______').kind).toBe('transparent');
    expect(legend('XXXXXXX').kind).toBe('none');
    expect(legend('LT(2,KC_A)')).toMatchObject({ kind: 'layer', layer: 2 });
    expect(legend('not a key')).toMatchObject({ kind: 'invalid', spokenTap: 'not a key' });
  });

  it('shows what the host makes of it', () => {
    const german = readCatalogue(constants, {
      aliases: { KC_Y: { key: 'DE_Z', label: 'Z' }, 'S(KC_1)': { key: 'DE_EXLM', label: '!' } },
    });
    const tap = (keycode: string) => legendOf(keycode, german, String).tap;
    expect(tap('KC_Y')).toEqual(['Z']);
    expect(tap('DE_Z')).toEqual(['Z']);
    expect(tap('LT(1,DE_EXLM)')).toEqual(['!']);
    expect(tap('KC_1')).toEqual(['1']);
  });
});

describe('the search', () => {
  const names = (query: string) => searchKeycodes(catalogue, query).map(({ name }) => name);

  it('finds by name, label, former word and what a person would call it', () => {
    expect(names('ent')[0]).toBe('KC_ENT');
    expect(names('return')).toContain('KC_ENT');
    expect(names('vol up')).toEqual(['KC_VOLU']);
    expect(names('kc_bspc')[0]).toBe('KC_BSPC');
    expect(names('dfu')).toEqual(['QK_BOOT']);
    expect(names('')).toEqual([]);
    expect(names('nothing like it')).toEqual([]);
  });

  it('puts what is exactly meant first', () => {
    expect(names('1')[0]).toBe('KC_1');
    expect(names('a')[0]).toBe('KC_A');
  });
});

describe('names that the tree does not have', () => {
  const unknown = (name: string) => isUnknownName(catalogue, name, new Set(['KC_MINE']));

  it('are those of its families only', () => {
    expect(unknown('KC_FOOO')).toBe(true);
    expect(unknown('QK_NEVER')).toBe(true);
    expect(unknown('KC_ENT')).toBe(false);
    expect(unknown('MY_MACRO')).toBe(false);
    expect(unknown('KC_MINE')).toBe(false);
    expect(isUnknownName(readCatalogue({ keycodes: {} }), 'KC_FOOO', new Set())).toBe(false);
  });
});

describe('the newest version', () => {
  it('counts numbers, not letters', () => {
    expect(newestVersion(['0.0.9', '0.0.10', '0.0.2'])).toBe('0.0.10');
    expect(newestVersion([])).toBeNull();
  });
});

describe('a pressed key', () => {
  it('is a keycode by its place', () => {
    expect(keycodeOfKey('KeyZ')).toBe('KC_Z');
    expect(keycodeOfKey('IntlBackslash')).toBe('KC_NUBS');
    expect(keycodeOfKey('Numpad7')).toBe('KC_P7');
    expect(keycodeOfKey('F24')).toBe('KC_F24');
    expect(keycodeOfKey('F25')).toBeNull();
    expect(keycodeOfKey('constructor')).toBeNull();
  });

  it('assigns by itself only where it writes', () => {
    for (const code of ['KeyA', 'Digit1', 'Slash', 'Space', 'NumpadAdd']) {
      expect(isWritingKey(code), code).toBe(true);
    }
    for (const code of ['Enter', 'NumpadEnter', 'Tab', 'ArrowUp', 'F5', 'Escape', 'ShiftLeft']) {
      expect(isWritingKey(code), code).toBe(false);
    }
  });
});
