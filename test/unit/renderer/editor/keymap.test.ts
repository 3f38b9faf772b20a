import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayoutKey } from '../../../../renderer/api/keyboards.ts';
import { rowStarts } from '../../../../renderer/drawing/navigate.ts';
import {
  blankDocument,
  type EditedKeymap,
  isKeymapDocument,
  type KeymapDocument,
  keymapName,
  printDocument,
} from '../../../../renderer/editor/keymap/document.ts';
import { record, redo, startHistory, undo } from '../../../../renderer/editor/keymap/history.ts';
import {
  setConfig,
  setEncoder,
  setKeys,
  setMember,
} from '../../../../renderer/editor/keymap/keys.ts';
import { changeLayout } from '../../../../renderer/editor/keymap/layout-change.ts';

const STARTER = join(import.meta.dirname, '../../../../resources/starter/keyboards');

const keymap: EditedKeymap = {
  document: {
    keyboard: 'a',
    keymap: 'b',
    layout: 'LAYOUT',
    layers: [
      ['KC_A', 'KC_B'],
      ['KC_C', 'KC_D'],
    ],
  },
  layerNames: [],
};

describe('a keymap file', () => {
  const starters = readdirSync(STARTER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('keymap.json'))
    .map((path) => readFileSync(join(STARTER, path), 'utf8'));

  it('says after opening and saving what it said before, in the same order', () => {
    expect(starters.length).toBeGreaterThan(1);
    for (const text of starters) {
      const document: KeymapDocument = JSON.parse(text);
      const saved = printDocument(document, new Set([0, 3]));
      expect(JSON.stringify(JSON.parse(saved))).toBe(JSON.stringify(JSON.parse(text)));
    }
  });

  it('keeps any member that the editor does not know', () => {
    const members = fc.dictionary(
      fc.string().filter((name) => !['layers', 'keyboard', 'layout'].includes(name)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(members, (extra) => {
        const text = JSON.stringify({ ...extra, keyboard: 'a', layout: 'L', layers: [['KC_A']] });
        const document: KeymapDocument = JSON.parse(text);
        const edited = setKeys({ document, layerNames: [] }, 0, new Map([[0, 'KC_B']])).document;
        const saved = printDocument(edited);
        expect(JSON.parse(saved)).toEqual(JSON.parse(text.replace('["KC_A"]', '["KC_B"]')));
      }),
    );
  });

  it('has a line for each drawn row', () => {
    const text = printDocument({ ...keymap.document, layers: [['A', 'B', 'C']] }, new Set([0, 2]));
    expect(text).toContain('            "A", "B",\n            "C"\n');
  });

  it('is recognised by the members that the editor relies on', () => {
    expect(isKeymapDocument(keymap.document)).toBe(true);
    for (const broken of [
      null,
      [],
      { ...keymap.document, layers: [] },
      { ...keymap.document, layers: [[1]] },
      { ...keymap.document, encoders: [[{ cw: 'KC_A' }]] },
      { ...keymap.document, macros: {} },
      { ...keymap.document, config: [] },
      { ...keymap.document, keyboard: 1 },
    ]) {
      expect(isKeymapDocument(broken), JSON.stringify(broken)).toBe(false);
    }
  });

  it('has a name that admission accepts', () => {
    expect(keymapName({ keymap: 'my_map-2' })).toBe('my_map-2');
    expect(keymapName({ keymap: '../x' })).toBe('mine');
    expect(keymapName(blankDocument('a', 'L', 1))).toBe('mine');
  });
});

describe('undo', () => {
  it('brings back every state, and redo takes it there again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 40 }), (values) => {
        const changes = values.filter(
          (value, index) => value !== (index === 0 ? -1 : values[index - 1]),
        );
        let history = startHistory<number, string>(-1);
        for (const value of changes) history = record(history, value, `to ${value}`);
        for (const value of [...changes].reverse()) {
          expect(history.present).toBe(value);
          expect(history.past?.label).toBe(`to ${value}`);
          history = undo(history);
        }
        expect(history.present).toBe(-1);
        expect(undo(history)).toBe(history);
        for (const value of changes) {
          history = redo(history);
          expect(history.present).toBe(value);
        }
        expect(redo(history)).toBe(history);
      }),
    );
  });

  it('forgets what was undone once something else is done, and merges what belongs together', () => {
    let history = record(startHistory<number, string>(0), 1, 'a');
    history = record(undo(history), 2, 'b');
    expect(redo(history)).toBe(history);
    history = record(history, 3, 'c', true);
    expect(undo(history).present).toBe(0);
    expect(record(history, 3, 'd')).toBe(history);
  });
});

describe('changes of keys', () => {
  it('touch only their layer', () => {
    const changed = setKeys(
      keymap,
      1,
      new Map([
        [0, 'KC_X'],
        [9, 'KC_Y'],
      ]),
    );
    expect(changed.document.layers).toEqual([
      ['KC_A', 'KC_B'],
      ['KC_X', 'KC_D'],
    ]);
    expect(changed.document.layers[0]).toBe(keymap.document.layers[0]);
    expect(setKeys(keymap, 1, new Map([[0, 'KC_C']]))).toBe(keymap);
    expect(setKeys(keymap, 7, new Map([[0, 'KC_C']]))).toBe(keymap);
  });

  it('make room for encoders', () => {
    const { document } = setEncoder(keymap, { layer: 1, encoder: 1, turn: 'cw' }, 'KC_VOLU');
    expect(document.encoders).toEqual([
      [],
      [
        { ccw: 'KC_TRNS', cw: 'KC_TRNS' },
        { ccw: 'KC_TRNS', cw: 'KC_VOLU' },
      ],
    ]);
  });

  it('set and take out settings with their groups', () => {
    const set = setConfig(setConfig(keymap, ['tapping', 'term'], 180), ['build', 'lto'], true);
    expect(set.document.config).toEqual({ tapping: { term: 180 }, build: { lto: true } });
    const less = setConfig(set, ['tapping', 'term'], undefined);
    expect(less.document.config).toEqual({ build: { lto: true } });
    expect('config' in setConfig(less, ['build', 'lto'], undefined).document).toBe(false);
  });

  it('take members out', () => {
    const set = setMember(keymap, 'host_language', 'german');
    expect(set.document.host_language).toBe('german');
    expect('host_language' in setMember(set, 'host_language', undefined).document).toBe(false);
  });
});

describe('another layout', () => {
  const key = (x: number, matrix?: [number, number]): LayoutKey =>
    matrix === undefined ? { x, y: 0 } : { x, y: 0, matrix };

  it('keeps keys at their switches, fills the new ones, and names what has no place', () => {
    const from = [key(0, [0, 0]), key(1, [0, 1])];
    const to = [key(5, [0, 1]), key(6, [0, 2])];
    const { keymap: changed, dropped } = changeLayout(keymap, from, { name: 'LAYOUT_b', keys: to });
    expect(changed.document.layout).toBe('LAYOUT_b');
    expect(changed.document.layers).toEqual([
      ['KC_B', 'KC_NO'],
      ['KC_D', 'KC_TRNS'],
    ]);
    expect(dropped).toEqual([0]);
  });

  it('goes by place where a layout does not know its matrix', () => {
    const { keymap: changed } = changeLayout(keymap, [key(0), key(1)], {
      name: 'B',
      keys: [key(1), key(0)],
    });
    expect(changed.document.layers[0]).toEqual(['KC_B', 'KC_A']);
  });
});

describe('the beginnings of rows', () => {
  it('are where the order jumps back to the left', () => {
    expect([
      ...rowStarts([
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 0.5, y: 1 },
        { x: 2, y: 1 },
      ]),
    ]).toEqual([0, 2]);
  });
});
