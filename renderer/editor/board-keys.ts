/** The keyboard's use of the drawing: move, select, type, clear, copy, switch layers. */
import type { KeyboardEvent } from 'react';
import type { LayoutKey } from '../api/keyboards.ts';
import { centre, keyBox, type Point } from '../drawing/geometry.ts';
import { type Direction, neighbour } from '../drawing/navigate.ts';
import { isWritingKey, keycodeOfKey } from './keymap/typed-keys.ts';
import {
  assignAndAdvance,
  clearSelected,
  pasteKeycodes,
  selectAll,
  selectedKeycodes,
  selectKey,
  showLayer,
  useEditor,
} from './store/editor-store.ts';

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

export interface BoardCommands {
  readonly openPalette: () => void;
  readonly captureKey: () => void;
  readonly openHelp: () => void;
}

/** Where a walk up or down began; forgotten when one goes aside or elsewhere. */
let walk: { readonly at: number; readonly from: Point } | null = null;
let clipboard: readonly string[] = [];

function move(keys: readonly LayoutKey[], direction: Direction, extend: boolean): void {
  const { cursor } = useEditor.getState();
  const key = keys[cursor];
  if (key === undefined) return;
  const isVertical = direction === 'up' || direction === 'down';
  const from = isVertical && walk?.at === cursor ? walk.from : centre(keyBox(key));
  const next = neighbour(keys, cursor, direction, from);
  walk = isVertical ? { at: next, from } : null;
  selectKey(keys, next, extend ? 'to' : 'only');
}

/** @returns whether the key was used; the focus follows the cursor by itself */
export function onBoardKey(
  event: KeyboardEvent,
  keys: readonly LayoutKey[],
  { openPalette, captureKey, openHelp }: BoardCommands,
): boolean {
  const { key, code, shiftKey, altKey } = event;
  const command = event.ctrlKey || event.metaKey;
  const { layer } = useEditor.getState();
  const direction = DIRECTIONS[key];
  if (direction !== undefined && !command && !altKey) move(keys, direction, shiftKey);
  else if (key === 'Home' && !command) selectKey(keys, 0, shiftKey ? 'to' : 'only');
  else if (key === 'End' && !command) selectKey(keys, keys.length - 1, shiftKey ? 'to' : 'only');
  else if (key === 'Enter' && altKey) captureKey();
  else if (key === 'Enter' && !command) openPalette();
  else if (key === 'PageUp') showLayer(layer - 1);
  else if (key === 'PageDown') showLayer(layer + 1);
  else if (altKey && /^Digit\d$/.test(code)) showLayer(Number(code.slice(5)));
  else if ((key === 'Delete' || key === 'Backspace') && !command) clearSelected();
  else if (key === 'Escape') selectKey(keys, useEditor.getState().cursor);
  else if (key === '?') openHelp();
  else if (command && !shiftKey && !altKey) return onCommand(key.toLowerCase());
  else if (!command && !altKey && isWritingKey(code)) {
    const keycode = keycodeOfKey(code);
    if (keycode === null) return false;
    assignAndAdvance(keycode);
  } else return false;
  return true;
}

function onCommand(key: string): boolean {
  switch (key) {
    case 'a':
      selectAll();
      return true;
    case 'c':
    case 'x':
      clipboard = selectedKeycodes();
      // For other programs; the copy in hand does not depend on it.
      void navigator.clipboard?.writeText(clipboard.join(' ')).catch(() => undefined);
      if (key === 'x') clearSelected();
      return true;
    case 'v':
      pasteKeycodes(clipboard);
      return true;
    default:
      return false;
  }
}
