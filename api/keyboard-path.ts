/** What a path below `/v1/keyboards/` asks for. Fixed endings win over keyboards of such names. */

/** A keyboard’s name: one to six segments. */
const KEYBOARD = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+){0,5}$/;
const KEYBOARD_MAX = 128;
/** A keymap’s folder. */
const KEYMAP = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/;

const KEYMAP_ENDING =
  /^(?<keyboard>.+)\/keymaps\/(?<keymap>[^/]+)(?<file>\/readme|\/keymap\.json)?$/s;
const ENDINGS = {
  'info.json': 'info',
  readme: 'readme',
  'readme.md': 'readme',
  build_log: 'build-log',
} as const;

export type KeyboardPath =
  /** Several keyboards at one address, separated by commas. */
  | { readonly part: 'infos'; readonly keyboards: readonly string[] }
  | { readonly part: 'info' | 'readme' | 'build-log'; readonly keyboard: string }
  /** `keymap` is any text without a slash. */
  | {
      readonly part: 'keymap' | 'keymap-readme';
      readonly keyboard: string;
      readonly keymap: string;
    }
  /** `path` as a catalogue knows it, below `/v1/`. */
  | { readonly part: 'keymap-file'; readonly path: string };

function isKeyboard(text: string): boolean {
  return text.length <= KEYBOARD_MAX && KEYBOARD.test(text);
}

/** @returns null when a path below `/v1/keyboards/` names nothing that there could be. */
export function parseKeyboardPath(path: string): KeyboardPath | null {
  const ending = KEYMAP_ENDING.exec(path)?.groups;
  if (ending !== undefined) return parseKeymapPath(path, ending);
  const slash = path.lastIndexOf('/');
  const last = path.slice(slash + 1);
  if (slash > 0 && Object.hasOwn(ENDINGS, last)) {
    const keyboard = path.slice(0, slash);
    return isKeyboard(keyboard) ? { part: ENDINGS[last as keyof typeof ENDINGS], keyboard } : null;
  }
  const keyboards = path.split(',');
  return keyboards.every(isKeyboard) ? { part: 'infos', keyboards: [...new Set(keyboards)] } : null;
}

function parseKeymapPath(
  path: string,
  { keyboard = '', keymap = '', file }: Record<string, string | undefined>,
): KeyboardPath | null {
  if (!isKeyboard(keyboard)) return null;
  if (file === '/readme') return { part: 'keymap-readme', keyboard, keymap };
  if (file === undefined) return { part: 'keymap', keyboard, keymap };
  return KEYMAP.test(keymap) ? { part: 'keymap-file', path: `keyboards/${path}` } : null;
}
