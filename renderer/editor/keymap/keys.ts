/** Single keys, encoders and the other members that a person changes. */
import type { JsonObject } from '../../../core/keymap/strict-json.ts';
import type { EditedKeymap, EncoderKeycodes, MacroPart } from './document.ts';
import { TRANSPARENT } from './document.ts';
import { withLayer } from './layers.ts';

/** @returns the same object when every key has that keycode already */
export function setKeys(
  keymap: EditedKeymap,
  layer: number,
  changes: ReadonlyMap<number, string>,
): EditedKeymap {
  const old = keymap.document.layers[layer];
  if (old === undefined) return keymap;
  const keycodes = [...old];
  let changed = false;
  for (const [index, keycode] of changes) {
    if (index < 0 || index >= keycodes.length || keycodes[index] === keycode) continue;
    keycodes[index] = keycode;
    changed = true;
  }
  return changed ? withLayer(keymap, layer, keycodes) : keymap;
}

export type Turn = 'ccw' | 'cw';

const UNSET: EncoderKeycodes = { ccw: TRANSPARENT, cw: TRANSPARENT };

/** Layers and encoders before it that have no entry yet get transparent ones. */
export function setEncoder(
  keymap: EditedKeymap,
  { layer, encoder, turn }: { layer: number; encoder: number; turn: Turn },
  keycode: string,
): EditedKeymap {
  const { document } = keymap;
  const encoders = [...(document.encoders ?? [])];
  while (encoders.length <= layer) encoders.push([]);
  const row = [...(encoders[layer] ?? [])];
  while (row.length <= encoder) row.push(UNSET);
  const old = row[encoder] ?? UNSET;
  if (old[turn] === keycode) return keymap;
  row[encoder] = { ...old, [turn]: keycode };
  encoders[layer] = row;
  return { ...keymap, document: { ...document, encoders } };
}

export function encoderKeycodes(
  { document }: EditedKeymap,
  layer: number,
  encoder: number,
): EncoderKeycodes {
  return document.encoders?.[layer]?.[encoder] ?? UNSET;
}

/** Sets a member of the file, or takes it out. Members that are new come last. */
export function setMember(
  keymap: EditedKeymap,
  name: 'keymap' | 'host_language' | 'macros' | 'config' | 'notes' | 'author',
  value: string | JsonObject | readonly (readonly MacroPart[])[] | undefined,
): EditedKeymap {
  const { document } = keymap;
  if (value !== undefined) return { ...keymap, document: { ...document, [name]: value } };
  const { [name]: _gone, ...rest } = document;
  return { ...keymap, document: rest as typeof document };
}

/** Sets `config.<path>`, or takes it out, with groups that become empty. */
export function setConfig(
  keymap: EditedKeymap,
  path: readonly string[],
  value: boolean | number | string | undefined,
): EditedKeymap {
  const config = withPath(keymap.document.config ?? {}, path, value);
  return setMember(keymap, 'config', Object.keys(config).length === 0 ? undefined : config);
}

function withPath(
  group: JsonObject,
  [name = '', ...inner]: readonly string[],
  value: boolean | number | string | undefined,
): JsonObject {
  const { [name]: old, ...rest } = group;
  if (inner.length === 0) return value === undefined ? rest : { ...group, [name]: value };
  const isGroup = typeof old === 'object' && old !== null && !Array.isArray(old);
  const changed = withPath(isGroup ? (old as JsonObject) : {}, inner, value);
  return Object.keys(changed).length === 0 ? rest : { ...group, [name]: changed };
}
