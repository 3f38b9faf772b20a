/**
 * A keymap as QMK's `keymap.json` has it, and what a person edits. The document is the file: members that the
 * editor does not know stay in it, in their place, so that opening and saving loses nothing.
 */
import { isObject, type JsonObject, type JsonValue } from '../../../core/keymap/strict-json.ts';

export interface EncoderKeycodes {
  readonly ccw: string;
  readonly cw: string;
}

export type Layer = readonly string[];

export interface KeymapDocument {
  readonly keyboard: string;
  readonly keymap: string;
  readonly layout: string;
  readonly layers: readonly Layer[];
  readonly encoders?: readonly (readonly EncoderKeycodes[])[];
  readonly macros?: readonly (readonly MacroPart[])[];
  readonly config?: JsonObject;
  readonly host_language?: string;
  readonly [member: string]: unknown;
}

/** A text to type, keys to press, a pause in milliseconds, or a beep. */
export type MacroPart =
  | string
  | { readonly action: 'tap' | 'down' | 'up'; readonly keycodes: readonly string[] }
  | { readonly action: 'delay'; readonly duration: number }
  | { readonly action: 'beep' };

/** What undo brings back: the file, and what Kiln remembers beside it. */
export interface EditedKeymap {
  readonly document: KeymapDocument;
  /** By layer; `keymap.json` has no place for them. Empty for a layer without a name. */
  readonly layerNames: readonly string[];
}

/** Nothing happens. */
export const NO_KEY = 'KC_NO';
/** The key of the next active layer below. */
export const TRANSPARENT = 'KC_TRNS';

const TRANSPARENT_NAMES: ReadonlySet<string> = new Set(['KC_TRNS', 'KC_TRANSPARENT', '_______']);
const NO_KEY_NAMES: ReadonlySet<string> = new Set(['KC_NO', 'XXXXXXX']);

export const isTransparent = (keycode: string): boolean => TRANSPARENT_NAMES.has(keycode.trim());
export const isNoKey = (keycode: string): boolean => NO_KEY_NAMES.has(keycode.trim());

/** What an empty key of a layer holds: nothing on the lowest, what lies below on the others. */
export const emptyKey = (layer: number): string => (layer === 0 ? NO_KEY : TRANSPARENT);

export function emptyLayer(layer: number, keys: number): Layer {
  return new Array<string>(keys).fill(emptyKey(layer));
}

/** A keymap to begin with where the tree has none to offer. */
export function blankDocument(keyboard: string, layout: string, keys: number): KeymapDocument {
  return { version: 1, keyboard, keymap: 'mine', layout, layers: [emptyLayer(0, keys)] };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** Whether a value has the members that make it a keymap file, with the types that the editor relies on. */
export function isKeymapDocument(value: unknown): value is KeymapDocument {
  if (!isObject(value as JsonValue)) return false;
  const { keyboard, layout, layers, encoders, macros, config } = value as JsonObject;
  return (
    typeof keyboard === 'string' &&
    typeof layout === 'string' &&
    Array.isArray(layers) &&
    layers.length > 0 &&
    layers.every(isTexts) &&
    (encoders === undefined || isEncoders(encoders)) &&
    (macros === undefined || (Array.isArray(macros) && macros.every(Array.isArray))) &&
    (config === undefined || isObject(config))
  );
}

function isEncoders(value: JsonValue): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (layer) =>
        Array.isArray(layer) &&
        layer.every(
          (entry: JsonValue) =>
            isObject(entry) && typeof entry.cw === 'string' && typeof entry.ccw === 'string',
        ),
    )
  );
}

/** `mine`, and whatever a file calls itself if that may be a keymap's name. */
export function keymapName({ keymap }: Partial<KeymapDocument>): string {
  const isName = typeof keymap === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/.test(keymap);
  return isName ? keymap : 'mine';
}

/**
 * The file's text: JSON indented by four spaces as QMK writes it, a drawn row of keys a line.
 * @param rowStarts positions in a layer at which a row of the drawing begins
 */
export function printDocument(
  document: KeymapDocument,
  rowStarts: ReadonlySet<number> = new Set(),
): string {
  const members = Object.entries(document).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text =
      name === 'layers'
        ? `[\n${document.layers.map((layer) => printLayer(layer, rowStarts)).join(',\n')}\n    ]`
        : JSON.stringify(value, null, 4).replaceAll('\n', '\n    ');
    return [`    ${JSON.stringify(name)}: ${text}`];
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

function printLayer(layer: Layer, rowStarts: ReadonlySet<number>): string {
  const lines: string[] = [];
  let line: string[] = [];
  for (const [index, keycode] of layer.entries()) {
    if (rowStarts.has(index) && line.length > 0) {
      lines.push(line.join(', '));
      line = [];
    }
    line.push(JSON.stringify(keycode));
  }
  if (line.length > 0) lines.push(line.join(', '));
  return `        [\n${lines.map((text) => `            ${text}`).join(',\n')}\n        ]`;
}
