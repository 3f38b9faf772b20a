/** The keycodes of a firmware tree, as its constants list them: names, labels, groups, search. */
import { KEYCODE_CALLS } from '../../../core/keymap/keycode-names.ts';

/** `keycodes_<version>.json`, as far as it is read here. */
export interface KeycodeConstants {
  readonly keycodes: Readonly<
    Record<
      string,
      {
        readonly key: string;
        readonly group?: string;
        readonly label?: string;
        readonly aliases?: readonly string[];
      }
    >
  >;
}

/** `keycodes_<language>_<version>.json`. */
export interface LanguageConstants {
  readonly aliases: Readonly<Record<string, { readonly key: string; readonly label?: string }>>;
}

export interface CatalogueKeycode {
  /** As it is put into a keymap: the short name that QMK's own keymaps use. */
  readonly name: string;
  /** The full name. */
  readonly key: string;
  readonly aliases: readonly string[];
  /** What is printed on a cap; the name's own words where the tree has no label. */
  readonly label: string;
  readonly group: string;
  /** Lower case, for the search. */
  readonly text: string;
}

export interface KeycodeCatalogue {
  readonly all: readonly CatalogueKeycode[];
  /** By every name that it has. */
  readonly byName: ReadonlyMap<string, CatalogueKeycode>;
  /** Families of names (`KC_`) of which the tree lists all: another name of these is most likely a mistake. */
  readonly families: ReadonlySet<string>;
  /** What the host's language makes of a keycode, by the names of both; empty without a language. */
  readonly hostLabels: ReadonlyMap<string, string>;
  /** Names of the host's language, such as `DE_ODIA`. */
  readonly hostKeycodes: readonly CatalogueKeycode[];
}

/** What a person may type for keycodes whose own words say it otherwise. */
const SYNONYMS: Readonly<Record<string, string>> = {
  KC_TRANSPARENT: 'transparent fall through pass',
  KC_NO: 'nothing none empty disabled',
  KC_ENTER: 'return',
  KC_ESCAPE: 'escape',
  KC_SPACE: 'space bar',
  KC_BACKSPACE: 'delete back',
  KC_DELETE: 'forward delete',
  KC_LEFT_GUI: 'windows command super meta',
  KC_RIGHT_GUI: 'windows command super meta',
  KC_LEFT_ALT: 'option',
  KC_RIGHT_ALT: 'option altgr',
  KC_LEFT: 'arrow cursor',
  KC_RIGHT: 'arrow cursor',
  KC_UP: 'arrow cursor',
  KC_DOWN: 'arrow cursor',
  KC_PRINT_SCREEN: 'screenshot',
  KC_APPLICATION: 'menu context',
  KC_MEDIA_PLAY_PAUSE: 'music',
  QK_BOOTLOADER: 'reset flash dfu bootloader',
  QK_CAPS_WORD_TOGGLE: 'caps word',
  QK_CLEAR_EEPROM: 'reset eeprom',
  KC_NONUS_BACKSLASH: 'iso less greater',
};

const LABELS: Readonly<Record<string, string>> = {
  KC_SPACE: 'Space',
  KC_APPLICATION: 'Menu',
  KC_KB_POWER: 'Power',
  KC_SYSTEM_REQUEST: 'SysRq',
  KC_NO: '',
  KC_TRANSPARENT: '',
};

export function readCatalogue(
  constants: KeycodeConstants,
  language: LanguageConstants | null = null,
): KeycodeCatalogue {
  const all = Object.values(constants.keycodes).map(catalogued);
  const byName = new Map<string, CatalogueKeycode>();
  for (const keycode of all) {
    for (const name of [keycode.key, ...keycode.aliases]) byName.set(name, keycode);
  }
  const hostLabels = new Map<string, string>();
  const hostKeycodes: CatalogueKeycode[] = [];
  for (const [alias, { key, label }] of Object.entries(language?.aliases ?? {})) {
    if (typeof key !== 'string') continue;
    const shown = (label ?? key).replace(/ \(dead\)$/, '');
    hostKeycodes.push({
      name: key,
      key,
      aliases: [],
      label: shown,
      group: 'host',
      text: `${key} ${shown}`.toLowerCase(),
    });
    hostLabels.set(key, shown);
    // `S(KC_1)` is a character of its own; a cap shows what the plain key types.
    const known = byName.get(alias);
    if (known !== undefined) {
      for (const name of [known.key, ...known.aliases]) hostLabels.set(name, shown);
    }
  }
  return { all, byName, families: familiesOf(byName.keys()), hostLabels, hostKeycodes };
}

function own(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function catalogued({
  key,
  group = 'other',
  label,
  aliases = [],
}: KeycodeConstants['keycodes'][string]): CatalogueKeycode {
  const short = aliases.find((alias) => /^[A-Z][A-Z0-9]*_[A-Z0-9]/.test(alias)) ?? key;
  const shown =
    own(LABELS, key) ?? (label === undefined || label === '' ? wordsOf(short, key) : label);
  const words = [key, ...aliases, shown, group, own(SYNONYMS, key) ?? ''].join(' ');
  return { name: short, key, aliases, label: shown, group, text: words.toLowerCase() };
}

/** `QK_MOUSE_CURSOR_UP` → `Mouse cursor up`; numbered families keep their short name, which is the better known. */
function wordsOf(short: string, key: string): string {
  if (/^(?:MC|JS|PB)_\d+$/.test(short)) return short.replace('_', ' ');
  const words = key
    .replace(/^(?:QK|KC)_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1);
}

/** Of two keycodes or more: a single name is no family, and `_______` none at all. */
function familiesOf(names: Iterable<string>): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const name of names) {
    const family = familyOf(name);
    if (family.length > 1) counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count > 1).map(([family]) => family));
}

/** Whether a name looks like one of the tree's and is none. False for names of keyboards, modules and languages. */
export function isUnknownName(
  { byName, families, hostLabels }: KeycodeCatalogue,
  name: string,
  declared: ReadonlySet<string>,
): boolean {
  if (byName.size === 0 || declared.has(name)) return false;
  if (byName.has(name) || hostLabels.has(name) || KEYCODE_CALLS.has(name)) return false;
  return families.has(familyOf(name));
}

/** Best first: names and labels that are the text, that begin with it, that have it; all words have to be found. */
export function searchKeycodes(
  { all, hostKeycodes }: KeycodeCatalogue,
  query: string,
  most = 60,
): readonly CatalogueKeycode[] {
  const text = query.trim().toLowerCase();
  if (text === '') return [];
  const words = text.split(/\s+/);
  const ranked: [number, CatalogueKeycode][] = [];
  for (const keycode of [...all, ...hostKeycodes]) {
    if (!words.every((word) => keycode.text.includes(word))) continue;
    ranked.push([rankOf(keycode, text), keycode]);
  }
  // The sort is stable: among equals the tree's own order holds, letters before rare keys.
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, keycode]) => keycode);
}

function rankOf({ label, key, aliases, text }: CatalogueKeycode, query: string): number {
  const shown = label.toLowerCase();
  const names = [key, ...aliases].flatMap((name) => {
    const lower = name.toLowerCase();
    return [lower, lower.slice(lower.indexOf('_') + 1)];
  });
  if (shown === query || names.includes(query)) return 0;
  if (shown.startsWith(query) || names.some((name) => name.startsWith(query))) return 1;
  return text.split(/[\s_]+/).some((word) => word.startsWith(query)) ? 2 : 3;
}

/** Versions as `0.0.10` after `0.0.9`. */
export function newestVersion(versions: readonly string[]): string | null {
  const numbers = (version: string) => version.split('.').map(Number);
  return versions.reduce<string | null>((best, version) => {
    if (best === null) return version;
    const [a, b] = [numbers(version), numbers(best)];
    const at = a.findIndex((part, index) => part !== (b[index] ?? 0));
    return at !== -1 && (a[at] ?? 0) > (b[at] ?? 0) ? version : best;
  }, null);
}
