import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StarterKeyboard } from '../../../../../worker/build/starter/board-header.ts';
import {
  generateStarter,
  type StarterFile,
  type StarterInput,
  type StarterKeymap,
} from '../../../../../worker/build/starter/generate.ts';
import { type KeycodeTable, namesOf } from '../../../../../worker/build/starter/keycode-names.ts';
import { keyOfLine } from '../../../../../worker/build/starter/keymap-source.ts';
import type { StarterProblem } from '../../../../../worker/build/starter/problem.ts';

const STARTER = resolve(import.meta.dirname, '../../../../../resources/starter');
const readJson = <Value>(path: string): Value =>
  JSON.parse(readFileSync(join(STARTER, path), 'utf8')) as Value;

const keycodes = readJson<KeycodeTable>('keycodes.json');
const BOARDS = ['kiln/pad4x4', 'kiln/sixty'];
const keyboardOf = (board: string) => readJson<StarterKeyboard>(`keyboards/${board}/keyboard.json`);
const defaultKeymapOf = (board: string) =>
  readJson<StarterKeymap>(`keyboards/${board}/keymaps/default/keymap.json`);

/** Two keys, one of which is not wired in the layout's order. */
const keyboard: StarterKeyboard = {
  keyboard_name: 'Two*/Keys',
  manufacturer: 'Küche',
  usb: { vid: '0x1209', pid: '0x00ff', device_version: '1.2.3' },
  processor: 'atmega32u4',
  bootloader: 'caterina',
  diode_direction: 'COL2ROW',
  matrix_pins: { rows: ['F4'], cols: ['B6', 'D0', 'E6'] },
  layouts: { LAYOUT_two: { layout: [{ matrix: [0, 2] }, { matrix: [0, 0] }] } },
  layout_aliases: { LAYOUT: 'LAYOUT_two' },
};

const input = (
  keymap: Partial<StarterKeymap> = {},
  board: Partial<StarterKeyboard> = {},
): StarterInput => ({
  keyboard: { ...keyboard, ...board },
  keymap: {
    keyboard: 'two',
    keymap: 'mine',
    layout: 'LAYOUT_two',
    layers: [['KC_A', 'KC_B']],
    ...keymap,
  },
  keycodes,
  version: '1',
});

function files(...parts: Parameters<typeof input>): Readonly<Record<StarterFile, string>> {
  const result = generateStarter(input(...parts));
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.files;
}

function errors(...parts: Parameters<typeof input>): readonly StarterProblem[] {
  const result = generateStarter(input(...parts));
  return result.ok ? [] : result.errors;
}

/** What is wrong with one keycode on its own. */
const errorOf = (keycode: string) => errors({ layers: [['KC_A', keycode]] })[0]?.message;

const table = (source: string) =>
  source
    .split('\n')
    .filter((line) => line.includes('/* layer'))
    .map((line) => line.trim());

describe('keymap.c', () => {
  it('has the keycode of each matrix position on a line of its own, with its layer and key', () => {
    const { 'keymap.c': source } = files({
      layers: [
        ['KC_A', 'LT(1, KC_SPC)'],
        ['_______', 'QK_BOOT'],
      ],
    });
    expect(table(source)).toEqual([
      'LT(1,KC_SPC), /* layer 0, key 1 */',
      'KC_NO, /* layer 0, no key */',
      'KC_A, /* layer 0, key 0 */',
      'QK_BOOT, /* layer 1, key 1 */',
      'KC_NO, /* layer 1, no key */',
      '_______, /* layer 1, key 0 */',
    ]);
  });

  it('lets a line be traced to its key, and other lines to none', () => {
    const { 'keymap.c': source } = files({ layers: [['KC_A', 'MT(MOD_LCTL | MOD_LSFT, KC_B)']] });
    const lines = source.split('\n');
    const line = lines.findIndex((text) => text.includes('KC_B')) + 1;
    expect(keyOfLine(source, line)).toEqual({
      layer: 0,
      index: 1,
      keycode: 'MT(MOD_LCTL|MOD_LSFT,KC_B)',
    });
    expect(keyOfLine(source, 1)).toBeNull();
    expect(keyOfLine(source, lines.findIndex((text) => text.includes('no key')) + 1)).toBeNull();
    expect(keyOfLine(source, 9999)).toBeNull();
  });

  it('takes a layout by an alias', () => {
    expect(files({ layout: 'LAYOUT' })).toEqual(files());
  });

  it('has what is inside of ANY', () => {
    expect(files({ layers: [['ANY(KC_C)', 'KC_B']] })['keymap.c']).toContain('KC_C, /* layer 0');
  });

  it('is not broken by the name of the keymap', () => {
    expect(files({ keymap: 'a*/b\n"' })['keymap.c']).toContain('/* The keymap a?/b??. ');
  });
});

describe('board.h', () => {
  const { 'board.h': header } = files();

  it('has the pins, the matrix and the default timings', () => {
    for (const line of [
      'MATRIX_ROWS 1',
      'MATRIX_COLS 3',
      'MATRIX_ROW_PINS {PIN_F4}',
      'MATRIX_COL_PINS {PIN_B6, PIN_D0, PIN_E6}',
      'MATRIX_DRIVES_ROWS 1',
      'TAPPING_TERM_MS 200',
      'TAPPING_PERMISSIVE_HOLD 0',
      'TAPPING_HOLD_ON_OTHER_KEY_PRESS 0',
      'DEBOUNCE_MS 5',
      'BOOTMAGIC 0',
    ]) {
      expect(header).toContain(`#define ${line}\n`);
    }
    expect(header).not.toContain('INDICATOR');
  });

  it('has the USB identity, with names as numbers only', () => {
    expect(header).toContain('#define USB_VENDOR_ID 0x1209\n');
    expect(header).toContain('#define USB_PRODUCT_ID 0x00FF\n');
    expect(header).toContain('#define USB_DEVICE_VERSION 0x0123\n');
    expect(header).toContain(
      '#define USB_MANUFACTURER_UTF16 0x004B, 0x00FC, 0x0063, 0x0068, 0x0065\n',
    );
    expect(header).not.toContain('Two');
  });

  it('follows keyboard.json in diodes, lamps and the key that starts the bootloader', () => {
    const { 'board.h': other } = files(undefined, {
      diode_direction: 'ROW2COL',
      features: { bootmagic: true, extrakey: true, mousekey: false },
      bootmagic: { matrix: [0, 2] },
      indicators: { caps_lock: 'B7', on_state: 0 },
    });
    expect(other).toContain('#define MATRIX_DRIVES_ROWS 0\n');
    expect(other).toContain(
      '#define BOOTMAGIC 1\n#define BOOTMAGIC_ROW 0\n#define BOOTMAGIC_COL 2\n',
    );
    expect(other).toContain('#define INDICATOR_CAPS_LOCK PIN_B7\n#define INDICATOR_ON_STATE 0\n');
  });

  it('takes timings from keyboard.json, and from the keymap before that', () => {
    const board = { debounce: 8, tapping: { term: 150, permissive_hold: true } };
    const config = { tapping: { term: 2000 }, debounce: 0 };
    expect(files({}, board)['board.h']).toContain('#define TAPPING_TERM_MS 150\n');
    const { 'board.h': both } = files({ config }, board);
    expect(both).toContain('#define TAPPING_TERM_MS 2000\n');
    expect(both).toContain('#define TAPPING_PERMISSIVE_HOLD 1\n');
    expect(both).toContain('#define DEBOUNCE_MS 0\n');
  });

  it('does not change with the layers', () => {
    expect(
      files({
        layers: [
          ['KC_A', 'KC_B'],
          ['KC_C', 'KC_D'],
        ],
      })['board.h'],
    ).toBe(header);
  });
});

describe('keycodes.h', () => {
  const { 'keycodes.h': header } = files();

  it('defines every name of keycodes.json', () => {
    for (const [number, entry] of Object.entries(keycodes.keycodes)) {
      for (const name of namesOf(entry)) expect(header).toContain(`#define ${name} ${number}\n`);
    }
  });

  it('defines the first and the last keycode of each range', () => {
    expect(header).toContain('#define QK_MODS 0x0100\n#define QK_MODS_MAX 0x1FFF\n');
    expect(header).toContain(
      '#define QK_TOGGLE_LAYER 0x5260\n#define QK_TOGGLE_LAYER_MAX 0x527F\n',
    );
  });

  it('defines no name twice', () => {
    const defined = [...header.matchAll(/^#define (\w+)/gm)].map(([, name]) => name);
    expect(new Set(defined).size).toBe(defined.length);
  });
});

describe('version.h', () => {
  it('has the version as the host will read it', () => {
    expect(files()['version.h']).toContain('#define FIRMWARE_VERSION_UTF16 0x0031\n');
  });
});

describe('the boards of the starter tree', () => {
  it.each(BOARDS)('%s: the default keymap is complete', (board) => {
    const keymap = defaultKeymapOf(board);
    const result = generateStarter({ ...input(), keyboard: keyboardOf(board), keymap });
    expect(result).toHaveProperty('ok', true);
    expect(keymap.keyboard).toBe(board);
    expect(keymap.layers.length).toBeGreaterThanOrEqual(2);
    for (const used of [/^MO\(/, /^LT\(/, /_T\(/, /^KC_VOLU$/, /^QK_BOOT$/]) {
      expect(keymap.layers.flat().some((keycode) => used.test(keycode))).toBe(true);
    }
  });

  it.each(BOARDS)('%s: every layout and alias can be built', (board) => {
    const { layouts, layout_aliases, ...rest } = keyboardOf(board);
    for (const layout of [...Object.keys(layouts), ...Object.keys(layout_aliases ?? {})]) {
      const keys = layouts[layout_aliases?.[layout] ?? layout]?.layout ?? [];
      const layers = [keys.map(() => 'KC_A')];
      expect(
        errors({ layout, layers }, { ...rest, layouts, layout_aliases: layout_aliases ?? {} }),
      ).toEqual([]);
    }
  });

  it('are the keyboards that this test knows, each with its own product id', () => {
    const found = readdirSync(join(STARTER, 'keyboards'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('keyboard.json'))
      .map((name) => name.replaceAll('\\', '/').replace('/keyboard.json', ''));
    expect(found.sort()).toEqual(BOARDS);
    expect(new Set(BOARDS.map((board) => keyboardOf(board).usb.pid)).size).toBe(BOARDS.length);
  });
});

describe('a keycode', () => {
  it.each([
    'KC_A',
    'XXXXXXX',
    'KC_RIGHT_CURLY_BRACE',
    '0x0004',
    '0x5221',
    'S(KC_1)',
    'HYPR(KC_F24)',
    'RCAG(LSFT(KC_DEL))',
    'MEH_T(KC_TAB)',
    'ALL_T(KC_NO)',
    'C_S_T(KC_A)',
    'MT(MOD_RGUI|MOD_RALT,KC_A)',
    'MT(0x1F,KC_A)',
    'LM(15,MOD_MEH)',
    'LT(15,KC_MUTE)',
    'MO(31)',
    'TG(0)',
    'TO(3)',
    'DF(1)',
    'KC_LPAD',
    'QK_BOOTLOADER',
  ])('may be %s', (keycode) => {
    expect(errorOf(keycode)).toBeUndefined();
  });

  it('that nobody knows is refused with its place and the name it was probably meant to be', () => {
    expect(
      errors({
        layers: [
          ['KC_A', 'KC_B'],
          ['KC_FOOO', 'KC_B'],
        ],
      }),
    ).toEqual([
      {
        layer: 1,
        index: 0,
        keycode: 'KC_FOOO',
        message:
          'Key 0 on layer 1 (`KC_FOOO`) is not a keycode that the starter firmware knows. Did you mean `KC_F10`?',
      },
    ]);
    expect(errorOf('KC_SPCE')).toContain('Did you mean `KC_SPACE`?');
    expect(errorOf('KC_XYZZY')).toBe(
      'Key 1 on layer 0 (`KC_XYZZY`) is not a keycode that the starter firmware knows.',
    );
  });

  it('that nobody knows is named when it is within another', () => {
    expect(errorOf('LT(1,KC_SPCE)')).toBe(
      'Key 1 on layer 0 (`LT(1,KC_SPCE)`) uses `KC_SPCE`, which is not a keycode that the starter firmware knows. Did you mean `KC_SPACE`?',
    );
    expect(errorOf('LSFT(0x00FE)')).toContain(
      'uses `0x00FE`, which is a number that the starter firmware has no use for.',
    );
  });

  it.each([
    ['TD(1)', 'tap dances'],
    ['OSM(MOD_LSFT)', 'one-shot modifiers'],
    ['OSL(1)', 'one-shot layers'],
    ['TT(1)', 'tap-toggle layers'],
    ['PDF(1)', 'stored default layers'],
    ['UC(0x41)', 'Unicode input'],
    ['UP(1,2)', 'Unicode input'],
    ['SH_T(KC_A)', 'swapped hands'],
    ['RGB_TOG', 'lighting'],
    ['UG_TOGG', 'lighting'],
    ['MS_BTN1', 'mouse keys'],
    ['KC_MS_U', 'mouse keys'],
    ['QK_MACRO_0', 'macros'],
    ['NK_TOGG', 'magic keycodes'],
    ['LSFT(RGB_TOG)', 'lighting'],
  ])('%s is refused by the name of its feature', (keycode, feature) => {
    expect(errorOf(keycode)).toBe(
      `Key 1 on layer 0 (\`${keycode}\`) needs ${feature}, which the starter firmware does not have.`,
    );
  });

  it.each(['0x00C3', '0x0002', '0x7E40', '0x5280', '0x7C01', '0xFFFF', '0x41FF'])(
    '%s is refused as a number without meaning here',
    (keycode) => {
      expect(errorOf(keycode)).toContain('is a number that the starter firmware has no use for.');
    },
  );

  it('is refused where QMK would silently drop a part of it', () => {
    expect(errorOf('LT(1,LCTL(KC_A))')).toContain(
      'taps `LCTL(KC_A)`, but LT can only tap a key without modifiers or layers.',
    );
    expect(errorOf('LCTL_T(KC_EXLM)')).toContain('taps `KC_EXLM`, but LCTL_T can only tap');
    expect(errorOf('MT(KC_LCTL,KC_A)')).toContain(
      'names the key `KC_LCTL` as a modifier of MT. Write `MOD_LCTL`.',
    );
    expect(errorOf('LSFT(MO(1))')).toContain('puts LSFT around a keycode that is not a plain key.');
  });

  it('that breaks the grammar is refused, with nothing of it that could do harm', () => {
    const message = errorOf('KC_A}; <b>`"');
    expect(message).toContain('is not a keycode');
    expect(message).not.toMatch(/[<>"]/);
  });
});

describe('a keymap', () => {
  it('has a keycode for each key of the layout, no more and no fewer', () => {
    expect(errors({ layers: [['KC_A', 'KC_B'], ['KC_A']] })).toEqual([
      {
        layer: 1,
        member: 'layers',
        message: 'Layer 1 has 1 keycodes, and the layout has 2 keys.',
      },
    ]);
  });

  it('has 1 to 32 layers', () => {
    expect(errors({ layers: [] })[0]?.message).toBe(
      'A keymap has 1 to 32 layers, and this one has 0.',
    );
    expect(errors({ layers: Array.from({ length: 32 }, () => ['KC_A', 'KC_B']) })).toEqual([]);
    expect(errors({ layers: Array.from({ length: 33 }, () => ['KC_A', 'KC_B']) })).toHaveLength(1);
  });

  it('names a layout that the keyboard has', () => {
    for (const layout of ['LAYOUT_60_ansi', 'toString', '__proto__']) {
      expect(errors({ layout })).toEqual([
        {
          member: 'layout',
          message: `This keyboard has no layout \`${layout}\`. It has LAYOUT_two.`,
        },
      ]);
    }
  });

  it.each([
    ['encoders', [[{ cw: 'KC_A', ccw: 'KC_B' }]]],
    ['encoder_map', [[{ cw: 'KC_A', ccw: 'KC_B' }]]],
    ['dip_switch_map', [[{ off: 'KC_A', on: 'KC_B' }]]],
    ['macros', [['hello']]],
    ['host_language', 'german'],
    ['converter', 'elite_pi'],
    ['modules', ['qmk/hello_world']],
    ['keycodes', [{ key: 'MY_KEY' }]],
  ])('with %s is refused by that name', (member, value) => {
    const [error, ...others] = errors({ [member]: value });
    expect(error).toMatchObject({ member });
    expect(error?.message).toMatch(
      new RegExp(`^The keymap’s \`${member}\` needs .*does not have\\.$`),
    );
    expect(others).toEqual([]);
  });

  it('may have such members without content, and others that mean nothing to a build', () => {
    const empty = {
      encoders: [],
      macros: [],
      modules: [],
      keycodes: [],
      config: {},
      host_language: '',
    };
    const ignored = { version: 1, author: 'me', notes: 'x', documentation: 'y', commit: 'z' };
    expect(errors({ ...empty, ...ignored, converter: null })).toEqual([]);
  });

  it.each([
    ['tapping.term', { tapping: { term: 0 } }, 'an integer from 1 to 2000'],
    ['tapping.term', { tapping: { term: 200.5 } }, 'an integer from 1 to 2000'],
    ['tapping.term', { tapping: { term: '200' } }, 'an integer from 1 to 2000'],
    ['debounce', { debounce: 51 }, 'an integer from 0 to 50'],
    ['tapping.permissive_hold', { tapping: { permissive_hold: 1 } }, 'true or false'],
  ])('may set %s, but not to %j', (path, config, range) => {
    expect(errors({ config })).toEqual([
      { member: `config.${path}`, message: `\`config.${path}\` has to be ${range}.` },
    ]);
  });

  it('may set nothing else, and is told each path', () => {
    const config = { tapping: { term: 180, retro: true }, features: { rgblight: true }, usb: [] };
    expect(errors({ config }).map(({ member }) => member)).toEqual([
      'config.tapping.retro',
      'config.features.rgblight',
      'config.usb',
    ]);
    expect(errors({ config })[0]?.message).toBe(
      '`config.tapping.retro` is not a setting of the starter firmware, which has only tapping.term, tapping.permissive_hold, tapping.hold_on_other_key_press, debounce.',
    );
    expect(errors({ config: 5 })[0]?.member).toBe('config');
  });

  it('is told everything that is wrong with it at once', () => {
    const wrong = { layers: [['KC_FOOO', 'TD(1)']], macros: [['x']], config: { debounce: -1 } };
    expect(errors(wrong).map(({ index, member }) => index ?? member)).toEqual([
      0,
      1,
      'macros',
      'config.debounce',
    ]);
  });
});

describe('a keyboard.json', () => {
  it.each<[string, Partial<StarterKeyboard>, string]>([
    ['processor', { processor: 'STM32F303' }, 'for the processor atmega32u4 only'],
    ['bootloader', { bootloader: 'atmel-dfu' }, 'for the bootloader caterina only'],
    ['diode_direction', { diode_direction: 'up' }, 'COL2ROW or ROW2COL'],
    ['features.rgblight', { features: { rgblight: true } }, 'does not have the feature rgblight'],
    [
      'features.extrakey',
      { features: { extrakey: false } },
      'cannot be without the feature extrakey',
    ],
    ['matrix_pins', { matrix_pins: { rows: ['Z9'], cols: ['B0', 'B1', 'B2'] } }, 'has no pin Z9'],
    ['matrix_pins', { indicators: { num_lock: 'F4' } }, 'the pin F4 is used twice'],
    ['usb.vid', { usb: { ...keyboard.usb, vid: '4617' } }, 'usb.vid is not written like 0x1209'],
    ['usb.device_version', { usb: { ...keyboard.usb, device_version: '1.0' } }, 'like 1.0.0'],
    ['keyboard_name', { keyboard_name: 'x'.repeat(127) }, '1 to 126 characters'],
    [
      'bootmagic.matrix',
      { features: { bootmagic: true }, bootmagic: { matrix: [0, 3] } },
      'outside',
    ],
    ['keyboard.json.debounce', { debounce: 99 }, 'an integer from 0 to 50'],
  ])('with a fault in %s is refused', (member, board, sentence) => {
    const found = errors({}, board);
    expect(found).toHaveLength(1);
    expect(found[0]?.member).toBe(member);
    expect(found[0]?.message).toContain(sentence);
  });

  it('with keys outside of the matrix, or two in one place, is refused', () => {
    const layout = [{ matrix: [1, 0] }, { matrix: [0, 0] }, { matrix: [0, 0] }];
    const found = errors(
      { layers: [['KC_A', 'KC_B', 'KC_C']] },
      { layouts: { LAYOUT_two: { layout } } },
    );
    expect(found.map(({ message }) => message)).toEqual([
      'keyboard.json: key 0 of LAYOUT_two is outside of the matrix.',
      'keyboard.json: key 2 of LAYOUT_two shares its matrix position with another key.',
    ]);
  });
});

describe('keycodes.json', () => {
  it('has the numbers that QMK publishes', () => {
    const number = (name: string) =>
      Object.entries(keycodes.keycodes).find(([, entry]) => namesOf(entry).includes(name))?.[0];
    expect(
      ['KC_NO', '_______', 'KC_A', 'KC_Z', 'KC_1', 'KC_ENT', 'KC_NUHS', 'KC_F24'].map(number),
    ).toEqual(['0x0000', '0x0001', '0x0004', '0x001D', '0x001E', '0x0028', '0x0032', '0x0073']);
    expect(
      ['KC_EXSEL', 'KC_PWR', 'KC_MUTE', 'KC_EJCT', 'KC_WSCH', 'KC_CPNL', 'KC_LCTL', 'QK_BOOT'].map(
        number,
      ),
    ).toEqual(['0x00A4', '0x00A5', '0x00A8', '0x00B0', '0x00B4', '0x00BF', '0x00E0', '0x7C00']);
  });

  it('gives no name to two keycodes', () => {
    const all = Object.values(keycodes.keycodes).flatMap(namesOf);
    expect(new Set(all).size).toBe(all.length);
  });

  it('has the fields and the spelling of QMK’s published constants', () => {
    expect(keycodes.version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const range of Object.keys(keycodes.ranges)) {
      expect(range).toMatch(/^0x[0-9A-F]{4}\/0x[0-9A-F]{4}$/);
    }
    for (const [number, entry] of Object.entries(keycodes.keycodes)) {
      expect(number).toMatch(/^0x[0-9A-F]{4}$/);
      expect(entry).toMatchObject({ group: expect.any(String), label: expect.any(String) });
      for (const name of namesOf(entry))
        expect(name).toMatch(/^(?:_{7}|X{7}|(?:KC|QK)_[A-Z0-9_]+)$/);
    }
  });
});
