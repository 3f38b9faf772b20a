/** What stands on a key: what it does when tapped, what when held, and in how few characters that can be said. */
import { type Keycode, type Modifier, parseKeycode } from '../../../core/keymap/keycode.ts';
import { isNoKey, isTransparent } from './document.ts';
import type { KeycodeCatalogue } from './keycode-catalogue.ts';

export interface Legend {
  readonly kind: 'key' | 'transparent' | 'none' | 'layer' | 'typed' | 'invalid';
  /** What a tap does, longest wording first: each is to be tried in the room that there is. */
  readonly tap: readonly string[];
  /** What holding does, in the same way; empty when it does nothing else. */
  readonly hold: readonly string[];
  /** The layer that it leads to; keys are tinted by it. */
  readonly layer: number | null;
  /** For screen readers and tooltips: never shortened. */
  readonly spokenTap: string;
  readonly spokenHold: string;
}

/** Names of single keys that fit a small cap. The last is a symbol where one is known well enough. */
const SHORT = new Map<string, readonly string[]>(
  Object.entries({
    Backspace: ['Bksp', '⌫'],
    Delete: ['Del', '⌦'],
    Enter: ['⏎'],
    Return: ['⏎'],
    Space: ['␣'],
    Escape: ['Esc'],
    Tab: ['⇥'],
    'Caps Lock': ['Caps', '⇪'],
    'Num Lock': ['Num'],
    'Scroll Lock': ['ScrLk'],
    'Print Screen': ['PrtSc'],
    Insert: ['Ins'],
    'Page Up': ['PgUp', '⇞'],
    'Page Down': ['PgDn', '⇟'],
    Home: ['⇱'],
    End: ['⇲'],
    Up: ['↑'],
    Down: ['↓'],
    Left: ['←'],
    Right: ['→'],
    'Left Shift': ['Shift', '⇧'],
    'Right Shift': ['Shift', '⇧'],
    'Left Control': ['Ctrl', '⌃'],
    'Right Control': ['Ctrl', '⌃'],
    'Left Alt': ['Alt', '⌥'],
    'Right Alt': ['AltGr', 'Alt', '⌥'],
    'Left GUI': ['GUI', '◆'],
    'Right GUI': ['GUI', '◆'],
    'Volume Up': ['Vol+', '♪+'],
    'Volume Down': ['Vol−', '♪−'],
    Mute: ['🔇'],
    'Brightness Up': ['Bri+', '☀+'],
    'Brightness Down': ['Bri−', '☀−'],
    'Play/Pause': ['Play', '⏯'],
    Next: ['⏭'],
    Previous: ['⏮'],
    Bootloader: ['Boot'],
  }),
);

const MODIFIER_LABELS: Readonly<Record<string, string>> = {
  CTL: 'Ctrl',
  SFT: 'Shift',
  ALT: 'Alt',
  GUI: 'GUI',
  OPT: 'Alt',
  CMD: 'GUI',
  WIN: 'GUI',
  C: 'Ctrl',
  S: 'Shift',
  A: 'Alt',
  G: 'GUI',
};
const SYMBOLS: Readonly<Record<string, string>> = {
  Ctrl: '⌃',
  Shift: '⇧',
  Alt: '⌥',
  AltGr: '⌥',
  GUI: '◆',
  Hyper: '✦',
  Meh: '✧',
};

/** `LCTL`, `LCA`, `HYPR` → the modifiers' labels. */
function modifiersOfCall(call: string): readonly string[] {
  const name = call.replace(/_T$/, '');
  if (name === 'HYPR' || name === 'ALL') return ['Hyper'];
  if (name === 'MEH') return ['Meh'];
  if (name === 'ALGR' || name === 'RALT') return ['AltGr'];
  if (name === 'SH') return ['Swap'];
  if (name === 'C_S') return ['Ctrl', 'Shift'];
  if (/^S(?:AGR|GUI|CMD|WIN)$/.test(name)) return ['Shift', name === 'SAGR' ? 'AltGr' : 'GUI'];
  const plain = MODIFIER_LABELS[name.replace(/^[LR](?=.{3}$)/, '')];
  if (plain !== undefined) return [plain];
  // LCA, RCSG and their like: a side, then a letter for each.
  return name
    .slice(1)
    .split('')
    .map((letter) => MODIFIER_LABELS[letter] ?? letter);
}

function modifierLabel(modifier: Modifier): string {
  if (modifier.kind === 'number') return modifier.text;
  const name = modifier.name.replace(/^(?:MOD|KC)_/, '');
  if (name === 'MEH') return 'Meh';
  if (name === 'HYPR') return 'Hyper';
  if (name === 'RALT') return 'AltGr';
  return MODIFIER_LABELS[name.slice(1)] ?? name;
}

/** `Ctrl+Shift`, then `⌃⇧`. */
function wordings(modifiers: readonly string[]): readonly string[] {
  const symbols = modifiers.map((name) => SYMBOLS[name] ?? name).join('');
  const words = modifiers.join('+');
  return words === symbols ? [words] : [words, symbols];
}

const EMPTY: Legend = {
  kind: 'none',
  tap: [],
  hold: [],
  layer: null,
  spokenTap: '',
  spokenHold: '',
};

/** @param nameOfLayer what a person calls a layer; its number without a name */
export function legendOf(
  keycode: string,
  catalogue: KeycodeCatalogue,
  nameOfLayer: (layer: number) => string,
): Legend {
  if (isTransparent(keycode)) return { ...EMPTY, kind: 'transparent' };
  if (isNoKey(keycode)) return EMPTY;
  const { keycode: parsed } = parseKeycode(keycode);
  if (parsed === null) {
    return { ...EMPTY, kind: 'invalid', tap: [keycode, '?'], spokenTap: keycode };
  }
  return legendOfParsed(parsed, catalogue, nameOfLayer);
}

function legendOfParsed(
  keycode: Keycode,
  catalogue: KeycodeCatalogue,
  nameOfLayer: (layer: number) => string,
): Legend {
  const inner = (nested: Keycode) => legendOfParsed(nested, catalogue, nameOfLayer);
  const layerWords = (layer: number) => {
    const name = nameOfLayer(layer);
    return name === String(layer) ? [String(layer)] : [name, String(layer)];
  };
  switch (keycode.kind) {
    case 'number':
      return { ...EMPTY, kind: 'typed', tap: [keycode.text], spokenTap: keycode.text };
    case 'name':
      return legendOfName(keycode.name, catalogue);
    case 'any':
      return { ...inner(keycode.keycode) };
    case 'layer': {
      const words = layerWords(keycode.layer);
      return {
        ...EMPTY,
        kind: 'layer',
        tap: [...words.map((word) => `${keycode.call} ${word}`), `${keycode.call}${keycode.layer}`],
        layer: keycode.layer,
        spokenTap: `${keycode.call} ${nameOfLayer(keycode.layer)}`,
      };
    }
    case 'layer-tap':
      return {
        ...inner(keycode.tap),
        kind: 'layer',
        hold: layerWords(keycode.layer),
        layer: keycode.layer,
        spokenHold: nameOfLayer(keycode.layer),
      };
    case 'layer-mods': {
      const mods = keycode.mods.map(modifierLabel);
      return {
        ...EMPTY,
        kind: 'layer',
        tap: layerWords(keycode.layer).map((word) => `LM ${word}`),
        hold: wordings(mods),
        layer: keycode.layer,
        spokenTap: `LM ${nameOfLayer(keycode.layer)}`,
        spokenHold: mods.join('+'),
      };
    }
    case 'one-shot-mods': {
      const mods = keycode.mods.map(modifierLabel);
      const [words = '', symbols = words] = wordings(mods);
      return {
        ...EMPTY,
        kind: 'key',
        tap: [`OS ${words}`, `1${symbols}`],
        spokenTap: `one shot ${words}`,
      };
    }
    case 'mod-tap': {
      const mods = keycode.mods.map(modifierLabel);
      return { ...inner(keycode.tap), hold: wordings(mods), spokenHold: mods.join('+') };
    }
    case 'call': {
      const mods = modifiersOfCall(keycode.call);
      const tap = inner(keycode.keycode);
      if (keycode.call.endsWith('_T')) {
        return { ...tap, hold: wordings(mods), spokenHold: mods.join('+') };
      }
      return withModifiers(tap, mods);
    }
    case 'number-call':
      return {
        ...EMPTY,
        kind: 'typed',
        tap: [`${keycode.call} ${keycode.number.text}`, `${keycode.call}${keycode.number.text}`],
        spokenTap: `${keycode.call} ${keycode.number.text}`,
      };
    case 'unicode-pair':
      return {
        ...EMPTY,
        kind: 'typed',
        tap: [`UP ${keycode.first.text},${keycode.second.text}`, 'UP'],
        spokenTap: `UP ${keycode.first.text}, ${keycode.second.text}`,
      };
  }
}

const SHIFTED = new Map(
  Array.from('1!2@3#4$5%6^7&8*9(0)-_=+[{]}\\|;:\'"`~,<.>/?'.matchAll(/(.)(.)/g), ([, a, b]) => [
    a,
    b,
  ]),
);

function withModifiers(tap: Legend, modifiers: readonly string[]): Legend {
  const [words = '', symbols = words] = wordings(modifiers);
  const base = tap.tap.at(-1) ?? '';
  const spokenTap = `${words}+${tap.spokenTap}`;
  const shifted = modifiers.join() === 'Shift' ? SHIFTED.get(tap.tap[0] ?? '') : undefined;
  if (shifted !== undefined) return { ...tap, tap: [shifted], spokenTap };
  return { ...tap, tap: [`${words}+${tap.tap[0] ?? ''}`, `${symbols}${base}`], spokenTap };
}

function legendOfName(name: string, { byName, hostLabels }: KeycodeCatalogue): Legend {
  if (isTransparent(name)) return { ...EMPTY, kind: 'transparent' };
  if (isNoKey(name)) return EMPTY;
  const host = hostLabels.get(name);
  if (host !== undefined && host !== '') {
    return {
      ...EMPTY,
      kind: 'key',
      tap: host === 'Spacebar' ? ['Space', '␣'] : [host],
      spokenTap: host,
    };
  }
  const known = byName.get(name);
  if (known === undefined) {
    // A keycode of the keyboard or of a module: its own name, without what only tells where it comes from.
    const short = name.replace(/^[A-Z]{2,3}_/, '');
    return {
      ...EMPTY,
      kind: 'typed',
      tap: short === name ? [name] : [name, short],
      spokenTap: name,
    };
  }
  const { label } = known;
  const tail = known.name.replace(/^[A-Z]+_/, '');
  const isKeypad = /^KC_KP_/.test(known.key);
  const tap = isKeypad
    ? [`Num ${label}`, label]
    : [
        label,
        ...(SHORT.get(label) ?? []),
        ...(label.length > 4 && tail.length < label.length ? [tail] : []),
      ];
  return { ...EMPTY, kind: 'key', tap, spokenTap: isKeypad ? `Num ${label}` : label };
}
