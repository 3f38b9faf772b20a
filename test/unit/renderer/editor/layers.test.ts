import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkKeycode } from '../../../../core/keymap/keycode.ts';
import type { EditedKeymap } from '../../../../renderer/editor/keymap/document.ts';
import {
  clearLayer,
  deleteLayer,
  duplicateLayer,
  insertLayer,
  type LayerChange,
  MOST_LAYERS,
  moveLayer,
  pasteLayer,
  renameLayer,
} from '../../../../renderer/editor/keymap/layers.ts';
import {
  fallsThroughTo,
  layersOf,
  rewriteLayers,
} from '../../../../renderer/editor/keymap/references.ts';

function keymapOf(layers: readonly (readonly string[])[], names: string[] = []): EditedKeymap {
  return {
    document: { keyboard: 'a', keymap: 'b', layout: 'LAYOUT', layers },
    layerNames: names,
  };
}

function done(change: LayerChange): EditedKeymap {
  if (change.refused !== null) throw new Error(`refused: ${change.refused}`);
  return change.keymap;
}

/** Where a keycode leads, wherever it stands in it. */
const CALLS = ['MO', 'DF', 'PDF', 'TG', 'TO', 'TT', 'OSL'];
const reference = (layer: number): fc.Arbitrary<string> => {
  const plain = fc.constantFrom(
    ...CALLS.map((call) => `${call}(${layer})`),
    `LT(${layer},KC_A)`,
    `LT( ${layer} , LSFT(KC_A))`,
    `LM(${layer},MOD_LSFT)`,
    `LSFT_T(LT(${layer},KC_B))`,
  );
  return plain.chain((text) => fc.constantFrom(text, `ANY(${text})`));
};

describe('rewriting the layers of a keycode', () => {
  it('leaves alone what only looks like one', () => {
    for (const text of [
      'KC_A',
      'MY_MO(1)',
      'XMO(1)',
      'MO1',
      'TD(1)',
      'MOD_LSFT',
      'MT(MOD_LCTL,KC_1)',
    ]) {
      expect(rewriteLayers(text, () => 7).keycode).toBe(text);
      expect(layersOf(text)).toEqual([]);
    }
  });

  it('keeps spaces and everything around the number', () => {
    expect(rewriteLayers('LT( 1 , KC_A)', () => 3).keycode).toBe('LT( 3 , KC_A)');
    expect(rewriteLayers('LT(0x1, MO(2))', (layer) => layer + 1).keycode).toBe('LT(2, MO(3))');
  });

  it('rewrites what the grammar does not know, too', () => {
    expect(rewriteLayers('ANY(MY_MACRO(MO(1), TG(2)))', (layer) => layer + 1).keycode).toBe(
      'ANY(MY_MACRO(MO(2), TG(3)))',
    );
  });

  it('keeps the tap of a key whose layer is gone, and nothing of one that only led there', () => {
    const gone = (layer: number) => (layer === 1 ? null : layer);
    expect(rewriteLayers('LT(1,KC_A)', gone)).toMatchObject({ keycode: 'KC_A', lost: true });
    expect(rewriteLayers('ANY(LT(1,LSFT(KC_A)))', gone).keycode).toBe('ANY(LSFT(KC_A))');
    expect(rewriteLayers('MO(1)', gone).keycode).toBe('KC_NO');
    expect(rewriteLayers('LT(2,MO(1))', gone).keycode).toBe('KC_NO');
    expect(rewriteLayers('FOREIGN(MO(1))', gone).keycode).toBe('KC_NO');
  });

  it('says when LT cannot reach the layer', () => {
    expect(rewriteLayers('LT(15,KC_A)', () => 16).beyond).toBe(true);
    expect(rewriteLayers('MO(15)', () => 16).beyond).toBe(false);
  });
});

describe('changes of layers', () => {
  const layerTexts = fc
    .integer({ min: 1, max: 12 })
    .chain((count) =>
      fc.array(
        fc.array(
          fc.oneof(
            fc.constantFrom('KC_A', 'KC_TRNS', 'KC_NO'),
            fc.integer({ min: 0, max: count - 1 }).chain(reference),
          ),
          { minLength: 3, maxLength: 3 },
        ),
        { minLength: count, maxLength: count },
      ),
    );

  it('lead every key to the same layer as before, whatever is moved', () => {
    fc.assert(
      fc.property(layerTexts, fc.nat(11), fc.nat(11), (layers, a, b) => {
        const [from, to] = [a % layers.length, b % layers.length];
        // A mark that tells each layer, before and after.
        const marked = layers.map((layer, number) => [...layer, `KC_F${number + 1}`]);
        const moved = done(moveLayer(keymapOf(marked), from, to)).document.layers;
        const markOf = (list: readonly (readonly string[])[], layer: number) =>
          list[layer]?.at(-1) ?? '';
        for (const layer of marked) {
          const mark = layer.at(-1);
          const after = moved.find((other) => other.at(-1) === mark) ?? [];
          for (const [index, keycode] of layer.entries()) {
            const targets = layersOf(keycode).map((target) => markOf(marked, target));
            const now = layersOf(after[index] ?? '').map((target) => markOf(moved, target));
            expect(now).toEqual(targets);
          }
        }
      }),
    );
  });

  it('come back by the opposite move', () => {
    fc.assert(
      fc.property(layerTexts, fc.nat(11), fc.nat(11), (layers, a, b) => {
        const [from, to] = [a % layers.length, b % layers.length];
        const start = keymapOf(layers);
        const there = done(moveLayer(start, from, to));
        const back = done(moveLayer(there, to, from)).document.layers;
        expect(back).toEqual(layers);
      }),
    );
  });

  it('never lead to a layer that is not there, and leave keycodes that admission accepts', () => {
    fc.assert(
      fc.property(layerTexts, fc.nat(11), (layers, a) => {
        if (layers.length === 1) return;
        const change = deleteLayer(keymapOf(layers), a % layers.length);
        const left = done(change).document.layers;
        expect(left).toHaveLength(layers.length - 1);
        for (const keycode of left.flat()) {
          expect(checkKeycode(keycode), keycode).toBeNull();
          for (const layer of layersOf(keycode)) expect(layer).toBeLessThan(left.length);
        }
      }),
    );
  });

  it('take names, encoders and switches along', () => {
    const keymap: EditedKeymap = {
      document: {
        keyboard: 'a',
        keymap: 'b',
        layout: 'LAYOUT',
        layers: [['MO(2)'], ['KC_B'], ['KC_C']],
        encoders: [[{ ccw: 'TG(1)', cw: 'KC_A' }], [{ ccw: 'KC_B', cw: 'KC_B' }]],
        dip_switch_map: [[{ off: 'DF(0)', on: 'DF(2)' }]],
        notes: 'kept',
      },
      layerNames: ['Base', 'Lower', 'Raise'],
    };
    const { document, layerNames } = done(insertLayer(keymap, 1));
    expect(layerNames).toEqual(['Base', '', 'Lower', 'Raise']);
    expect(document.layers).toEqual([['MO(3)'], ['KC_TRNS'], ['KC_B'], ['KC_C']]);
    expect(document.encoders).toEqual([
      [{ ccw: 'TG(2)', cw: 'KC_A' }],
      [],
      [{ ccw: 'KC_B', cw: 'KC_B' }],
    ]);
    expect(document.dip_switch_map).toEqual([[{ off: 'DF(0)', on: 'DF(3)' }], []]);
    expect(Object.keys(document).at(-1)).toBe('notes');
  });

  it('copy a layer above itself and lead nobody to the copy', () => {
    const copy = done(duplicateLayer(keymapOf([['MO(1)'], ['TO(0)'], ['MO(1)']]), 1));
    expect(copy.document.layers).toEqual([['MO(1)'], ['TO(0)'], ['TO(0)'], ['MO(1)']]);
  });

  it('refuse what a keymap cannot hold', () => {
    expect(deleteLayer(keymapOf([['KC_A']]), 0).refused).toBe('last');
    const full = keymapOf(Array.from({ length: MOST_LAYERS }, () => ['KC_A']));
    expect(insertLayer(full, 3).refused).toBe('too-many');
    const tap = keymapOf([['LT(15,KC_A)'], ...Array.from({ length: 15 }, () => ['KC_A'])]);
    expect(insertLayer(tap, 2).refused).toBe('beyond-taps');
  });

  it('count the keys that led to a deleted layer', () => {
    const change = deleteLayer(
      keymapOf([
        ['MO(1)', 'MO(1)', 'KC_A'],
        ['KC_A', 'KC_B', 'KC_C'],
      ]),
      1,
    );
    expect(change).toMatchObject({ refused: null, lost: 2 });
  });

  it('clear, paste and name single layers', () => {
    const keymap = keymapOf([
      ['KC_A', 'KC_B'],
      ['KC_C', 'KC_D'],
    ]);
    expect(clearLayer(keymap, 0).document.layers[0]).toEqual(['KC_NO', 'KC_NO']);
    expect(clearLayer(keymap, 1).document.layers[1]).toEqual(['KC_TRNS', 'KC_TRNS']);
    expect(pasteLayer(keymap, 1, ['KC_X']).document.layers[1]).toEqual(['KC_X', 'KC_D']);
    expect(renameLayer(keymap, 1, '  Raise ').layerNames).toEqual(['', 'Raise']);
  });

  it('share what they do not change', () => {
    const keymap = keymapOf([['KC_A'], ['KC_B'], ['KC_C']]);
    const moved = done(moveLayer(keymap, 2, 1)).document.layers;
    expect(moved[0]).toBe(keymap.document.layers[0]);
    expect(moved[1]).toBe(keymap.document.layers[2]);
  });
});

describe('what shows through a transparent key', () => {
  it('is the nearest key below with something there', () => {
    const layers = [['KC_A'], ['_______'], ['KC_TRNS']];
    expect(fallsThroughTo(layers, 2, 0)).toEqual({ layer: 0, keycode: 'KC_A' });
    expect(fallsThroughTo(layers, 0, 0)).toBeNull();
  });
});
