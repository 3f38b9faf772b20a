import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { admitForKeyboard, admitKeymap } from '../../../../core/keymap/admit.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import {
  admit,
  bytesOf,
  FACTS,
  INFO,
  jsonWith,
  keymapWith,
  refusalOf,
  ruleAgainst,
} from './support.ts';

const against = (value: unknown) => refusalOf(() => admitKeymap(bytesOf(JSON.stringify(value))));
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(keymapWith()).filter(([name]) => !names.includes(name)));

describe('a keymap by itself', () => {
  it('is admitted with the members that a build reads', () => {
    expect(admitKeymap(jsonWith())).toEqual({
      keyboard: 'pad/rev1',
      keymap: 'mine',
      layout: 'LAYOUT_ortho_1x3',
      layers: [
        { keycodes: ['KC_A', 'LT(1,KC_B)', 'MO(1)'], joined: null },
        { keycodes: ['_______', 'KC_TRNS', 'QK_BOOT'], joined: null },
      ],
      branch: null,
    });
  });

  it('is the same from bytes and from a value', () => {
    expect(admitKeymap(keymapWith())).toEqual(admitKeymap(jsonWith()));
  });

  it('loses members that nobody knows, whatever they hold', () => {
    const unknown = { clean: true, env: ['X=1'], jobs: '$(shell id)', tri_layer: {}, $schema: 'x' };
    expect(admitKeymap(jsonWith(unknown))).toEqual(admitKeymap(jsonWith()));
  });

  it('keeps its branch apart', () => {
    expect(admitKeymap(jsonWith({ branch: 'develop' })).branch).toBe('develop');
    expect(admitKeymap(jsonWith({ branch: '' })).branch).toBeNull();
    expect(admit({ branch: 'develop' })).not.toHaveProperty('branch');
  });

  it('has optional members only where they say something', () => {
    const empty = { config: {}, modules: [], keycodes: [], encoder_map: [], dip_switch_map: [[]] };
    expect(admitKeymap(jsonWith(empty))).toEqual(admitKeymap(jsonWith()));
  });

  it('has its unused members checked too', () => {
    expect(ruleAgainst({ encoder_map: [[{ cw: 'KC_A', ccw: '#' }]] })).toBe('keycode.character');
    expect(ruleAgainst({ dip_switch_map: [[{ cw: 'KC_A', ccw: 'KC_A' }]] })).toBe('encoders.shape');
    expect(ruleAgainst({ notes: 1 })).toBe('text.length');
  });
});

describe('the QMK API’s own checks', () => {
  it.each([{}, [], 0, null, false, ''])('refuse %j first of all', (value) => {
    expect(against(value)).toMatchObject({
      code: 'request.invalid-json',
      status: 400,
      message: 'Invalid JSON data!',
    });
  });

  it.each([[1], 'text', 1, true, { x: 1 }])('miss every member in %j', (value) => {
    expect(against(value)).toMatchObject({
      code: 'request.invalid',
      status: 400,
      message: 'Invalid or missing keys: keyboard, keymap, layout, layers',
    });
  });

  it('name what is missing in a fixed order', () => {
    expect(against(without('layers', 'layout')).message).toBe(
      'Invalid or missing keys: layout, layers',
    );
    expect(against(without('layers', 'keyboard')).message).toBe(
      'Invalid or missing keys: keyboard, layers',
    );
    expect(against({ ...keymapWith(), keymap: 7 }).message).toBe('Invalid or missing keys: keymap');
  });

  it('look at both names before they miss a layout', () => {
    const hostile = { keyboard: '../../t', keymap: 'x' };
    expect(against(hostile)).toMatchObject({ status: 422, rule: 'keyboard.name' });
    expect(against({ keyboard: 'x', keymap: 'x/../y' })).toMatchObject({
      status: 422,
      rule: 'keymap.name',
    });
    expect(against({ keyboard: 'UPPER', keymap: 'x' })).toMatchObject({ status: 400 });
  });

  it('take a member that is there with the wrong type for a refusal', () => {
    expect(against(keymapWith({ layout: null }))).toMatchObject({
      status: 422,
      rule: 'layout.name',
    });
    expect(against(keymapWith({ layers: null }))).toMatchObject({
      status: 422,
      rule: 'layers.shape',
    });
  });

  it('do not take what an object inherits for a member', () => {
    const value: JsonValue = JSON.parse(
      '{"__proto__":{"keyboard":"a","keymap":"b"},"layout":"LAYOUT"}',
    );
    expect(refusalOf(() => admitKeymap(value)).message).toBe(
      'Invalid or missing keys: keyboard, keymap, layers',
    );
  });
});

describe('a keymap for a keyboard', () => {
  it('takes the keyboard’s name from the tree and the layout from its aliases', () => {
    const shaped = admitKeymap(jsonWith({ keyboard: 'old_pad', layout: 'LAYOUT' }));
    expect(admitForKeyboard(shaped, 'pad/rev1', INFO, FACTS)).toEqual({
      keyboard: 'pad/rev1',
      keymap: 'mine',
      layout: 'LAYOUT_ortho_1x3',
      layers: [
        ['KC_A', 'LT(1,KC_B)', 'MO(1)'],
        ['_______', 'KC_TRNS', 'QK_BOOT'],
      ],
    });
  });

  it.each(['LAYOUT_all', 'LAYOUT_gone', 'LAYOUT_nowhere'])(
    'may not use the layout %s',
    (layout) => {
      expect(refusalOf(() => admit({ layout }))).toMatchObject({
        member: 'layout',
        rule: 'layout.unknown',
        message: `pad/rev1 has no layout \`${layout}\`; it has LAYOUT_ortho_1x3, LAYOUT_ortho_1x4.`,
      });
    },
  );

  it.each([[[]], [['KC_A']], [['KC_A', 'KC_A', 'KC_A', 'KC_A']]])(
    'has as many keycodes on a layer as the layout has keys, not %j',
    (layer) => {
      const full = ['KC_A', 'KC_A', 'KC_A'];
      expect(refusalOf(() => admit({ layers: [full, layer] }))).toMatchObject({
        member: 'layers',
        index: [1],
        rule: 'layers.key-count',
        message: `Layer 1 has ${layer.length} keycodes, but LAYOUT_ortho_1x3 of pad/rev1 has 3 keys; give it 3, KC_NO for those without a use.`,
      });
    },
  );

  it('has a cut keycode mended where the layer has one entry too many, and only there', () => {
    const cut = ['KC_A', 'LT(2', 'KC_MUTE)'];
    expect(admit({ layers: [[...cut, 'KC_B']] }).layers).toEqual([
      ['KC_A', 'LT(2,KC_MUTE)', 'KC_B'],
    ]);
    expect(refusalOf(() => admit({ layers: [cut] }))).toMatchObject({
      index: [0, 1],
      rule: 'keycode.grammar',
    });
    expect(ruleAgainst({ layers: [[...cut, 'KC_B', 'KC_B']] })).toBe('keycode.grammar');
  });

  it.each([
    [{ host_language: 'klingon' }, 'host-language.unknown'],
    [{ host_language: 'german' }, null],
    [{ converter: 'proton_c' }, 'converter.unknown'],
    [{ converter: 'elite_pi' }, null],
    [{ modules: ['qmk/hello_world', 'qmk/other'] }, 'modules.unknown'],
    [{ modules: ['qmk/hello_world'] }, null],
    [{ config: { features: { via: true } } }, 'config.feature'],
    [{ config: { features: { rgblight: false } } }, null],
    [{ keycodes: [{ key: 'RESET' }] }, 'declared-keycode.known'],
    [{ keycodes: [{ key: 'MINE', aliases: ['RESET'] }] }, 'declared-keycode.known'],
    [{ keycodes: [{ key: 'MINE', aliases: ['MN_1'] }] }, null],
  ])('names only what the tree has: %j', (members, rule) => {
    expect(ruleAgainst(members)).toBe(rule);
  });

  it('has a hand only where the firmware of a split keyboard holds it', () => {
    const on = (members: object, more: object = {}) => {
      const shaped = admitKeymap(jsonWith({ hand: 'left', ...more }));
      try {
        return admitForKeyboard(shaped, 'pad/rev1', { ...INFO, ...members }, FACTS).hand;
      } catch (error) {
        return (error as KilnError).details?.rule;
      }
    };
    const split = { split: { enabled: true } };
    expect(on({ ...split, platform_key: 'chibios' })).toBe('left');
    expect(on({ ...split, platform_key: 'avr' })).toBe('hand.unsupported');
    expect(on({ ...split, platform_key: 'avr' }, { converter: 'elite_pi' })).toBe('left');
    expect(on({ platform_key: 'chibios' })).toBe('hand.unsupported');
  });

  it('has no more encoders than the keyboard', () => {
    const turn = { cw: 'KC_A', ccw: 'KC_B' };
    const encoders = [[turn, turn]];
    const shaped = admitKeymap(jsonWith({ encoders }));
    const on = (members: object) =>
      refusalOf(() => {
        admitForKeyboard(shaped, 'pad/rev1', { ...INFO, ...members }, FACTS);
        throw new KilnError('internal.defect', 'accepted');
      }).message;
    expect(on({})).toBe(
      'Layer 0 of encoders has 2 encoders, but pad/rev1 has 1; take the others out.',
    );
    expect(on({ encoder: { rotary: [{}, {}] } })).toBe('accepted');
    expect(on({ split: { enabled: true } })).toBe('accepted');
    expect(on({ split: { enabled: true, encoder: { right: { rotary: [] } } } })).toContain('has 1');
    expect(on({ encoder: { enabled: true, driver: 'custom' } })).toBe('accepted');
    expect(on({ encoder: undefined })).toBe('accepted');
  });
});

describe('a keymap that was tampered with', () => {
  const full = keymapWith({
    encoders: [[{ cw: 'KC_A', ccw: 'KC_B' }]],
    macros: [['text', { action: 'tap', keycodes: ['A', 'B'] }, { action: 'delay', duration: 5 }]],
    host_language: 'german',
    config: { tapping: { term: 200 }, features: { rgblight: true } },
    modules: ['qmk/hello_world'],
    converter: 'elite_pi',
    keycodes: [{ key: 'MINE', label: 'Mine', aliases: ['MN'] }],
    branch: 'main',
    author: 'me',
    encoder_map: [[{ cw: 'KC_A', ccw: 'KC_B' }]],
    dip_switch_map: [[{ off: 'KC_A', on: 'KC_B' }]],
  });
  const admitBytes = (bytes: Uint8Array) =>
    admitForKeyboard(admitKeymap(bytes), 'pad/rev1', INFO, FACTS);
  /** Runs it; anything thrown but a KilnError fails the property. */
  const ends = (bytes: Uint8Array) => {
    try {
      admitBytes(bytes);
    } catch (error) {
      if (!(error instanceof KilnError) || error.code === 'internal.defect') throw error;
    }
  };

  it('is admitted as long as nothing was changed', () => {
    expect(Object.keys(admitBytes(bytesOf(JSON.stringify(full))))).toHaveLength(11);
  });

  it('never throws anything but a KilnError when its values are replaced', () => {
    const paths = pathsOf(full);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        '',
        'LT(2',
        'KC_A)',
        '__proto__',
        '../x',
        '\u0000',
        'x\n',
        1e21,
        -0,
        0.5,
        2 ** 53,
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, replacement) => {
        ends(bytesOf(JSON.stringify(replaced(full, path, replacement))));
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws anything but a KilnError when its bytes are changed', () => {
    const original = bytesOf(JSON.stringify(full));
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const bytes = original.slice(0, cut ? at : undefined);
        bytes[at] = byte;
        ends(bytes);
      }),
      { numRuns: 1500 },
    );
  });
});

/** The way to each value of a JSON value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name])),
  ];
}

/** A copy of a value with the part at a path replaced. */
function replaced(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return replacement;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = replaced(copy[name], rest, replacement);
  return copy;
}
