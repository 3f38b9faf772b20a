/** A keyboard of kbfirmware.com: keys with their place in the matrix and a keycode for each of sixteen layers. */
import type { JsonObject } from '../../../core/keymap/strict-json.ts';
import { isNoKey, isTransparent } from '../keymap/document.ts';
import { carryKeycode } from './foreign-keycodes.ts';
import { LossCounter } from './losses.ts';
import { hasMatrix, layersFromMatrix } from './matrix-layers.ts';
import type { OpenResult, OpenTarget } from './opened.ts';

/** `{id: "MO()", fields: [1]}` → `MO(1)`; nested keycodes are fields. */
function textOf(keycode: unknown, depth = 0): string {
  if (typeof keycode !== 'object' || keycode === null || depth > 4) return String(keycode ?? '');
  const { id, fields } = keycode as { id?: unknown; fields?: unknown };
  const name = String(id ?? '');
  if (!name.endsWith('()')) return name;
  const inner = (Array.isArray(fields) ? fields : []).map((field) => textOf(field, depth + 1));
  return `${name.slice(0, -2)}(${inner.join(',')})`;
}

export function openKbfirmware(keyboard: JsonObject, target: OpenTarget): OpenResult {
  const { keys, catalogue, layout } = target;
  if (!hasMatrix(keys)) return { kind: 'refused', reason: 'no-matrix' };
  const losses = new LossCounter();
  const places = new Map<string, readonly string[]>();
  let rows = 0;
  let cols = 0;
  for (const key of Array.isArray(keyboard.keys) ? keyboard.keys.slice(0, 1024) : []) {
    const { row, col, keycodes } = (key ?? {}) as {
      row?: unknown;
      col?: unknown;
      keycodes?: unknown;
    };
    if (!Number.isInteger(row) || !Number.isInteger(col) || !Array.isArray(keycodes)) continue;
    if (Number(row) < 0 || Number(col) < 0 || Number(row) > 63 || Number(col) > 63) continue;
    rows = Math.max(rows, Number(row) + 1);
    cols = Math.max(cols, Number(col) + 1);
    const texts = keycodes
      .slice(0, 32)
      .map((keycode) => carryKeycode(textOf(keycode), catalogue, losses));
    places.set(`${row},${col}`, texts);
  }
  if (places.size === 0) return { kind: 'refused', reason: 'not-a-keymap' };
  const used = [...places.values()].map((texts) =>
    texts.findLastIndex((text) => !isNoKey(text) && !isTransparent(text)),
  );
  const count = Math.max(0, ...used) + 1;
  return {
    kind: 'keymap',
    format: 'kbfirmware',
    document: {
      version: 1,
      keyboard: target.keyboard,
      keymap: 'kbfirmware',
      layout,
      layers: layersFromMatrix(
        count,
        keys,
        { rows, cols },
        (layer, row, column) => places.get(`${row},${column}`)?.[layer] ?? 'KC_NO',
        losses,
      ),
    },
    losses: losses.list(),
  };
}
