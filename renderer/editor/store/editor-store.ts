/** The keymap that is being edited: its states, and where the person is in it. One at a time, for the whole window. */
import { create } from 'zustand';
import type { LayoutKey } from '../../api/keyboards.ts';
import { keysBetween } from '../../drawing/navigate.ts';
import type { EditedKeymap } from '../keymap/document.ts';
import { emptyKey } from '../keymap/document.ts';
import * as histories from '../keymap/history.ts';
import { setEncoder, setKeys, type Turn } from '../keymap/keys.ts';

/** What a change was, for the words of undo and redo. */
export type ChangeKind =
  | 'key'
  | 'keys'
  | 'encoder'
  | 'layer-added'
  | 'layer-copied'
  | 'layer-moved'
  | 'layer-deleted'
  | 'layer-cleared'
  | 'layer-pasted'
  | 'layer-renamed'
  | 'layout'
  | 'macros'
  | 'config'
  | 'language'
  | 'name'
  | 'opened';

interface Change {
  readonly kind: ChangeKind;
  /** Where it happened, to be shown when it is undone. */
  readonly layer: number;
}

/** One side of a dial. */
export interface Dial {
  readonly encoder: number;
  readonly turn: Turn;
}

export interface Editor {
  /** `<tree>/<keyboard>`; null before a keymap is open. */
  readonly id: string | null;
  readonly history: histories.History<EditedKeymap, Change> | null;
  readonly layer: number;
  /** The key that has, or last had, the focus. */
  readonly cursor: number;
  /** Where a selection by Shift began. */
  readonly anchor: number;
  readonly selected: ReadonlySet<number>;
  /** Chosen instead of keys. */
  readonly dial: Dial | null;
  /** A layer that was copied, over keyboards. */
  readonly copied: readonly string[] | null;
}

const NOTHING: ReadonlySet<number> = new Set();

export const useEditor = create<Editor>()(() => ({
  id: null,
  history: null,
  layer: 0,
  cursor: 0,
  anchor: 0,
  selected: NOTHING,
  dial: null,
  copied: null,
}));

export function openKeymap(id: string, keymap: EditedKeymap): void {
  useEditor.setState({
    id,
    history: histories.startHistory(keymap),
    layer: 0,
    cursor: 0,
    anchor: 0,
    selected: new Set([0]),
    dial: null,
  });
}

export const currentKeymap = (): EditedKeymap | null =>
  useEditor.getState().history?.present ?? null;

/** Makes a change that can be undone. Changes that return the keymap as it is are none. */
export function change(
  kind: ChangeKind,
  how: (keymap: EditedKeymap) => EditedKeymap,
  options: { readonly layer?: number; readonly merge?: boolean } = {},
): void {
  const { history, layer } = useEditor.getState();
  if (history === null) return;
  const merge = options.merge === true && history.past?.label.kind === kind;
  const next = histories.record(history, how(history.present), { kind, layer }, merge);
  show(next, options.layer ?? layer);
}

export function undo(): ChangeKind | null {
  const { history } = useEditor.getState();
  const label = history?.past?.label;
  if (history === null || label === undefined) return null;
  show(histories.undo(history), label.layer);
  return label.kind;
}

export function redo(): ChangeKind | null {
  const { history } = useEditor.getState();
  const label = history?.future?.label;
  if (history === null || label === undefined) return null;
  show(histories.redo(history), label.layer);
  return label.kind;
}

/** Keeps the place within what there is: layers and keys may have gone. */
function show(history: NonNullable<Editor['history']>, layer: number): void {
  const { cursor, selected } = useEditor.getState();
  const { layers } = history.present.document;
  const shown = Math.min(layer, layers.length - 1);
  const keys = layers[shown]?.length ?? 0;
  const left = [...selected].filter((index) => index < keys);
  useEditor.setState({
    history,
    layer: shown,
    cursor: Math.min(cursor, Math.max(0, keys - 1)),
    ...(left.length === selected.size ? {} : { selected: new Set(left) }),
  });
}

export function showLayer(layer: number): void {
  const count = currentKeymap()?.document.layers.length ?? 0;
  if (layer >= 0 && layer < count) useEditor.setState({ layer });
}

/** @param how `only` this key, from the anchor `to` this key, or this key `too` (or not any more) */
export function selectKey(
  keys: readonly LayoutKey[],
  index: number,
  how: 'only' | 'to' | 'too' = 'only',
): void {
  const { anchor, selected } = useEditor.getState();
  if (how === 'only') {
    useEditor.setState({ cursor: index, anchor: index, selected: new Set([index]), dial: null });
  } else if (how === 'to') {
    useEditor.setState({
      cursor: index,
      selected: new Set(keysBetween(keys, anchor, index)),
      dial: null,
    });
  } else {
    const next = new Set(selected);
    if (!next.delete(index)) next.add(index);
    useEditor.setState({ cursor: index, anchor: index, selected: next, dial: null });
  }
}

export function selectAll(): void {
  const { layer } = useEditor.getState();
  const keys = currentKeymap()?.document.layers[layer]?.length ?? 0;
  useEditor.setState({ selected: new Set(Array.from({ length: keys }, (_, index) => index)) });
}

export function selectDial(dial: Dial): void {
  useEditor.setState({ dial, selected: NOTHING });
}

/** Gives the selected keys, or the chosen side of a dial, a keycode. */
export function assign(keycode: string): void {
  const { layer, selected, dial } = useEditor.getState();
  if (dial !== null) {
    change('encoder', (keymap) => setEncoder(keymap, { layer, ...dial }, keycode));
    return;
  }
  const changes = new Map([...selected].map((index) => [index, keycode]));
  change(changes.size === 1 ? 'key' : 'keys', (keymap) => setKeys(keymap, layer, changes));
}

/** The same, and on to the next key in the order of the layer when there is just one: for typing along. */
export function assignAndAdvance(keycode: string): void {
  const { selected, dial } = useEditor.getState();
  assign(keycode);
  if (dial !== null || selected.size !== 1) return;
  const { layer, cursor } = useEditor.getState();
  const keys = currentKeymap()?.document.layers[layer]?.length ?? 0;
  if (cursor + 1 >= keys) return;
  const next = cursor + 1;
  useEditor.setState({ cursor: next, anchor: next, selected: new Set([next]) });
}

export function clearSelected(): void {
  assign(emptyKey(useEditor.getState().layer));
}

/** The keycodes of the selected keys, in the order of the layer. */
export function selectedKeycodes(): readonly string[] {
  const { layer, selected } = useEditor.getState();
  const keycodes = currentKeymap()?.document.layers[layer] ?? [];
  return [...selected].sort((a, b) => a - b).map((index) => keycodes[index] ?? '');
}

/** Pastes keycodes over the selected keys; over those from the cursor on when only one is selected. */
export function pasteKeycodes(keycodes: readonly string[]): void {
  const { layer, selected, cursor } = useEditor.getState();
  if (keycodes.length === 0) return;
  const places =
    selected.size > 1
      ? [...selected].sort((a, b) => a - b)
      : keycodes.map((_, offset) => cursor + offset);
  const changes = new Map(
    places.map((index, at) => [index, keycodes[at % keycodes.length] ?? ''] as const),
  );
  change(changes.size === 1 ? 'key' : 'keys', (keymap) => setKeys(keymap, layer, changes));
}
