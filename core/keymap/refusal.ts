/** How admission says no: one kind of error, with a place, a rule and a sentence that can be shown. */
import { KilnError } from '../errors.ts';

/** The rules of admission by stable id; clients may rely on them, so an id is never reused. */
export type RuleId =
  | 'keyboard.name'
  | 'keymap.name'
  | 'layout.name'
  | 'layout.unknown'
  | 'layers.shape'
  | 'layers.count'
  | 'layers.key-count'
  | 'keycode.type'
  | 'keycode.length'
  | 'keycode.character'
  | 'keycode.grammar'
  | 'keycode.call'
  | 'keycode.range'
  | 'keycode.nesting'
  | 'keycode.marker'
  | 'encoders.shape'
  | 'encoders.count'
  | 'macros.shape'
  | 'macros.count'
  | 'macros.fragment'
  | 'macros.text-character'
  | 'macros.text-length'
  | 'macros.text-quote'
  | 'macros.text-trigraph'
  | 'macros.text-marker'
  | 'macros.keycode'
  | 'macros.duration'
  | 'host-language.name'
  | 'host-language.unknown'
  | 'config.shape'
  | 'config.unknown'
  | 'config.device'
  | 'config.text'
  | 'config.value'
  | 'config.count'
  | 'config.feature'
  | 'modules.shape'
  | 'modules.name'
  | 'modules.unknown'
  | 'converter.name'
  | 'converter.unknown'
  | 'hand.name'
  | 'hand.unsupported'
  | 'declared-keycode.shape'
  | 'declared-keycode.name'
  | 'declared-keycode.reserved'
  | 'declared-keycode.known'
  | 'declared-keycode.twice'
  | 'branch.name'
  | 'text.length'
  | 'version.shape';

/** Where in a keymap something is: the member of its root, and the 0-based way from there inward. */
export interface Place {
  readonly member: string;
  readonly index: readonly (string | number)[];
}

/**
 * Ends admission: 422 with `{member, index, rule}`.
 *
 * @param sentence names the place, what is wrong with it, and the fix; client text only through
 *   `quoteForMessage`.
 * @throws KilnError `keymap.refused`, always
 */
export function refuse(place: Place, rule: RuleId, sentence: string): never {
  throw new KilnError('keymap.refused', sentence, {
    details: { member: place.member, index: place.index, rule },
  });
}

/** The place one step further inward. */
export function inside(place: Place, step: string | number): Place {
  return { member: place.member, index: [...place.index, step] };
}

const SHOWN_CHARACTERS = 40;
// Outside of it are control characters, non-ASCII, quotes of all kinds, the backslash and what markup
// is made of: text that passes may stand in a log line, a terminal, a header or a page as it is.
const SHOWN_AS_IS = /[ !#$%()*+,\-./0-9:;=?@A-Z[\]^_a-z{|}~]/;

/**
 * A client's text, made harmless: at most 40 of its characters, with control characters, quotes, markup and
 * non-ASCII as `\uXXXX`.
 */
export function escapeForMessage(text: string): string {
  let shown = '';
  const end = Math.min(text.length, SHOWN_CHARACTERS);
  for (let at = 0; at < end; at += 1) {
    const unit = text.charAt(at);
    shown += SHOWN_AS_IS.test(unit)
      ? unit
      : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  return text.length > end ? `${shown}…` : shown;
}

/** The same in backquotes, to stand in a sentence. */
export function quoteForMessage(text: string): string {
  return `\`${escapeForMessage(text)}\``;
}
