/** A keymap that VIA saved: the firmware's matrix row by row, encoders each with its layers, macros as one text each. */
import type { JsonObject } from '../../../core/keymap/strict-json.ts';
import type { EncoderKeycodes } from '../keymap/document.ts';
import { carryKeycode } from './foreign-keycodes.ts';
import { usedMacros, viaMacro } from './foreign-macros.ts';
import { LossCounter } from './losses.ts';
import { hasMatrix, layersFromMatrix } from './matrix-layers.ts';
import type { OpenResult, OpenTarget } from './opened.ts';

export function openVia(file: JsonObject, target: OpenTarget): OpenResult {
  const { keys, matrix, catalogue, keyboard, layout } = target;
  if (matrix === null || !hasMatrix(keys)) return { kind: 'refused', reason: 'no-matrix' };
  const layers = file.layers as readonly unknown[];
  const rows = layers.map((layer) => (Array.isArray(layer) ? layer : []));
  if (rows.length === 0 || rows.some((layer) => layer.length !== matrix.rows * matrix.cols)) {
    return { kind: 'refused', reason: 'other-matrix' };
  }
  const losses = new LossCounter();
  const carried = rows.map((layer) => layer.map((value) => carryKeycode(value, catalogue, losses)));
  const macros = Array.isArray(file.macros)
    ? usedMacros(
        file.macros.map((macro) => (typeof macro === 'string' ? viaMacro(macro, losses) : [])),
        losses,
      )
    : [];
  const encoders = encodersOf(file.encoders, rows.length, (value) =>
    carryKeycode(value, catalogue, losses),
  );
  return {
    kind: 'keymap',
    format: 'via',
    document: {
      version: 1,
      keyboard,
      keymap: 'via',
      layout,
      layers: layersFromMatrix(
        rows.length,
        keys,
        matrix,
        (layer, row, column) => carried[layer]?.[row * matrix.cols + column] ?? 'KC_NO',
        losses,
      ),
      ...(encoders.length === 0 ? {} : { encoders }),
      ...(macros.length === 0 ? {} : { macros }),
    },
    losses: losses.list(),
  };
}

/** Dial by dial, in each layer by layer, in each the two turns: against the clock first. */
function encodersOf(
  value: unknown,
  layers: number,
  carry: (keycode: unknown) => string,
): readonly (readonly EncoderKeycodes[])[] {
  if (!Array.isArray(value) || value.length === 0) return [];
  const dials = value.slice(0, 16);
  return Array.from({ length: Math.min(layers, 32) }, (_, layer) =>
    dials.map((dial) => {
      const turns: unknown = Array.isArray(dial) ? dial[layer] : undefined;
      const [ccw, cw] = Array.isArray(turns) ? turns : [];
      return { ccw: carry(ccw), cw: carry(cw) };
    }),
  );
}
