/** What the tests of admission share: a sound keymap, its keyboard and tree, and how to catch a refusal. */
import type { KeyboardInfo, TreeFacts } from '../../../../core/catalogue/contract.ts';
import { KilnError } from '../../../../core/errors.ts';
import {
  type AdmittedKeymap,
  admitForKeyboard,
  admitKeymap,
} from '../../../../core/keymap/admit.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A keymap of two layers of three keys, with members replaced or added. */
export function keymapWith(members: Record<string, unknown> = {}): Record<string, JsonValue> {
  return {
    version: 1,
    notes: '',
    documentation: 'A keymap.',
    keyboard: 'pad/rev1',
    keymap: 'mine',
    layout: 'LAYOUT_ortho_1x3',
    layers: [
      ['KC_A', 'LT(1, KC_B)', 'MO(1)'],
      ['_______', 'KC_TRNS', 'QK_BOOT'],
    ],
    ...(members as Record<string, JsonValue>),
  };
}

export const jsonWith = (members?: Record<string, unknown>): Uint8Array =>
  bytesOf(JSON.stringify(keymapWith(members)));

const keysOf = (count: number) => Array.from({ length: count }, (_, x) => ({ x, y: 0 }));

export const INFO: KeyboardInfo = {
  keyboard_folder: 'pad/rev1',
  layouts: {
    LAYOUT_ortho_1x3: { layout: keysOf(3) },
    LAYOUT_ortho_1x4: { layout: keysOf(4) },
  },
  layout_aliases: { LAYOUT: 'LAYOUT_ortho_1x3', LAYOUT_gone: 'LAYOUT_nowhere' },
  encoder: { rotary: [{ pin_a: 'B0', pin_b: 'B1' }] },
};

export const FACTS: TreeFacts = {
  hostLanguages: new Set(['german', 'us_international']),
  converters: new Set(['elite_pi']),
  modules: new Set(['qmk/hello_world', 'someone/else']),
  features: new Set(['rgblight', 'encoder_map', 'mousekey', 'lto']),
  keycodes: new Set(['KC_A', 'KC_B', 'KC_TRNS', '_______', 'KC_NO', 'QK_BOOT', 'DE_UDIA', 'RESET']),
};

export function admit(members?: Record<string, unknown>): AdmittedKeymap {
  return admitForKeyboard(admitKeymap(jsonWith(members)), 'pad/rev1', INFO, FACTS);
}

export interface Refused {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly member?: unknown;
  readonly index?: unknown;
  readonly rule?: unknown;
}

/** Runs what has to end in a `KilnError`; any other end fails the test. */
export function refusalOf(run: () => unknown): Refused {
  try {
    run();
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    const { code, status, message, details } = error;
    return { code, status, message, ...details };
  }
  throw new Error('Nothing was refused.');
}

/** The rule by which a keymap with these members is refused, or null. */
export function ruleAgainst(members: Record<string, unknown>): unknown {
  try {
    admit(members);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    return error.details?.rule ?? error.code;
  }
  return null;
}
