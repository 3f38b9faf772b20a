/** A layout that Vial saved (`.vil`): layers by rows and columns, and much that lives in its firmware alone. */
import type { JsonObject } from '../../../core/keymap/strict-json.ts';
import { carryKeycode } from './foreign-keycodes.ts';
import { usedMacros, vialMacro } from './foreign-macros.ts';
import { LossCounter } from './losses.ts';
import { hasMatrix, layersFromMatrix } from './matrix-layers.ts';
import type { OpenResult, OpenTarget } from './opened.ts';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Entries that do something: Vial writes all that the firmware has room for. */
function usedCount(value: unknown): number {
  return listOf(value).filter((entry) => {
    const values = Array.isArray(entry) ? entry : Object.values((entry ?? {}) as object);
    return values.some((part: unknown) => typeof part === 'string' && part !== 'KC_NO');
  }).length;
}

export function openVial(file: JsonObject, target: OpenTarget): OpenResult {
  const { keys, catalogue, keyboard, layout } = target;
  if (!hasMatrix(keys)) return { kind: 'refused', reason: 'no-matrix' };
  const losses = new LossCounter();
  const layers = listOf(file.layout).map((rows) =>
    listOf(rows).map((row) => listOf(row).map((value) => carryKeycode(value, catalogue, losses))),
  );
  const size = {
    rows: Math.max(0, ...layers.map((rows) => rows.length)),
    cols: Math.max(0, ...layers.flat().map((row) => row.length)),
  };
  const isSmaller = keys.some(
    ({ matrix }) => matrix !== undefined && (matrix[0] >= size.rows || matrix[1] >= size.cols),
  );
  if (layers.length === 0 || isSmaller) return { kind: 'refused', reason: 'other-matrix' };
  const macros = usedMacros(
    listOf(file.macro).map((macro) => vialMacro(macro, losses)),
    losses,
  );
  const encoders = listOf(file.encoder_layout)
    .slice(0, 32)
    .map((dials) =>
      listOf(dials)
        .slice(0, 16)
        .map((turns) => {
          const [ccw, cw] = listOf(turns);
          return {
            ccw: carryKeycode(ccw, catalogue, losses),
            cw: carryKeycode(cw, catalogue, losses),
          };
        }),
    );
  losses.add('tap-dances', usedCount(file.tap_dance));
  losses.add('combos', usedCount(file.combo));
  losses.add('overrides', usedCount(file.key_override));
  losses.add('settings', Object.keys((file.settings ?? {}) as object).length);
  return {
    kind: 'keymap',
    format: 'vial',
    document: {
      version: 1,
      keyboard,
      keymap: 'vial',
      layout,
      layers: layersFromMatrix(
        layers.length,
        keys,
        size,
        (layer, row, column) => layers[layer]?.[row]?.[column] ?? 'KC_NO',
        losses,
      ),
      ...(encoders.some((dials) => dials.length > 0) ? { encoders } : {}),
      ...(macros.length === 0 ? {} : { macros }),
    },
    losses: losses.list(),
  };
}
