/** Macros of VIA and Vial as QMK's keymap.json has them. */
import type { MacroPart } from '../keymap/document.ts';
import type { LossCounter } from './losses.ts';

const MOST_MACROS = 32;
const KEY = /^KC_([A-Z0-9][A-Z0-9_]{0,31})$/;

function keysOf(names: readonly unknown[]): readonly string[] | null {
  const keys = names.map((name) =>
    typeof name === 'string' ? KEY.exec(name.trim())?.[1] : undefined,
  );
  return keys.length > 0 && keys.length <= 8 && keys.every((key) => key !== undefined)
    ? (keys as string[])
    : null;
}

/** Text that the firmware can type: ASCII. The rest is a loss. */
function textPart(text: string, losses: LossCounter): MacroPart[] {
  const typed = text.replace(/[^\x20-\x7e\t\n]/g, '');
  losses.add('macros', [...text].length - [...typed].length);
  return typed === '' ? [] : [typed];
}

const delayOf = (value: unknown): MacroPart[] => {
  const duration = Number(value);
  return Number.isInteger(duration) && duration >= 0
    ? [{ action: 'delay', duration: Math.min(duration, 60_000) }]
    : [];
};

/** `Hi{KC_ENT}{100}{+KC_LCTL}{-KC_LCTL}{KC_LCTL,KC_C}`; a brace of the text has a backslash before it. */
export function viaMacro(text: string, losses: LossCounter): readonly MacroPart[] {
  const parts: MacroPart[] = [];
  for (const [whole, inner] of text.matchAll(/\{([^{}]*)\}|(?:\\[{}\\]|[^{}])+|[{}]/g)) {
    if (inner === undefined) {
      parts.push(...textPart(whole.replace(/\\([{}\\])/g, '$1'), losses));
      continue;
    }
    const action = inner.startsWith('+') ? 'down' : inner.startsWith('-') ? 'up' : 'tap';
    const names = (action === 'tap' ? inner : inner.slice(1)).split(',');
    const keycodes = keysOf(names);
    if (keycodes !== null) parts.push({ action, keycodes });
    else if (/^\d+$/.test(inner)) parts.push(...delayOf(inner));
    else losses.add('macros');
  }
  return parts;
}

/** `[["text", "Hi"], ["tap", "KC_ENT"], ["delay", 100]]` */
export function vialMacro(actions: unknown, losses: LossCounter): readonly MacroPart[] {
  if (!Array.isArray(actions)) return [];
  return actions.flatMap((step): MacroPart[] => {
    if (!Array.isArray(step)) return [];
    const [action, ...rest] = step as unknown[];
    if (action === 'text' && typeof rest[0] === 'string') return textPart(rest[0], losses);
    if (action === 'delay') return delayOf(rest[0]);
    const keycodes = keysOf(rest);
    if ((action === 'tap' || action === 'down' || action === 'up') && keycodes !== null) {
      return [{ action, keycodes }];
    }
    losses.add('macros');
    return [];
  });
}

/** Without the empty ones at the end: both tools always write all that the firmware has room for. */
export function usedMacros(
  macros: readonly (readonly MacroPart[])[],
  losses: LossCounter,
): readonly (readonly MacroPart[])[] {
  const end = macros.findLastIndex((parts) => parts.length > 0) + 1;
  losses.add('macros', Math.max(0, end - MOST_MACROS));
  return macros.slice(0, Math.min(end, MOST_MACROS));
}
