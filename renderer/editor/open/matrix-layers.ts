/** Layers by rows and columns of the matrix, as the firmware stores them, onto the keys of a layout. */
import type { LayoutKey } from '../../api/keyboards.ts';
import { emptyKey, type Layer } from '../keymap/document.ts';
import { MOST_LAYERS } from '../keymap/layers.ts';
import type { LossCounter } from './losses.ts';

export type AtMatrix = (layer: number, row: number, column: number) => string;

/** Whether every key of a layout says where in the matrix it is. */
export function hasMatrix(keys: readonly LayoutKey[]): boolean {
  return keys.length > 0 && keys.every(({ matrix }) => matrix !== undefined);
}

/** @param isUsed whether the file has something at a place: what no key shows is counted as lost */
export function layersFromMatrix(
  count: number,
  keys: readonly LayoutKey[],
  size: { readonly rows: number; readonly cols: number },
  at: AtMatrix,
  losses: LossCounter,
): readonly Layer[] {
  const shown = new Set(keys.map(({ matrix }) => matrix?.join()));
  const kept = Math.min(count, MOST_LAYERS);
  losses.add('layers', count - kept);
  return Array.from({ length: kept }, (_, layer) => {
    for (let row = 0; row < size.rows; row += 1) {
      for (let column = 0; column < size.cols; column += 1) {
        if (shown.has(`${row},${column}`)) continue;
        const keycode = at(layer, row, column);
        if (keycode !== 'KC_NO' && keycode !== 'KC_TRNS') losses.add('keys');
      }
    }
    return keys.map(({ matrix }) =>
      matrix === undefined ? emptyKey(layer) : at(layer, matrix[0], matrix[1]),
    );
  });
}
