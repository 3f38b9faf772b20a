/**
 * What the service says in whole sentences, in the window's language. A sentence is known by its English text, from which
 * the names and numbers in it are taken; one that the catalogue does not know stays as the service said it. Tests hold
 * the catalogue against what the service can say.
 */
import i18next from 'i18next';
import { english } from './en.ts';

/** Groups of the catalogue whose texts are the service's own; the last two are of errors. */
const GROUPS = [
  'enter',
  'warning',
  'finding',
  'device',
  'task',
  'check',
  'message',
  'remedy',
] as const;
type Group = (typeof GROUPS)[number];

interface Known {
  /** Where the catalogue has the sentence. */
  readonly key: string;
  readonly pattern: RegExp;
}

const isEnglish = (): boolean => i18next.language.startsWith('en');

/** Of all groups, made when the first sentence is to be told in another language. */
let patterns: ReadonlyMap<Group, readonly Known[]> | null = null;

function knownOf(group: Group): readonly Known[] {
  patterns ??= new Map(
    GROUPS.map((name) => [
      name,
      [...textsOf(name)]
        // Of two that fit, the one that says more.
        .sort(([, one], [, other]) => fixedIn(other) - fixedIn(one))
        .map(([key, text]) => ({ key, pattern: patternOf(text) })),
    ]),
  );
  return patterns.get(group) ?? [];
}

/** Where the sentences of a group are, with their English texts. */
function textsOf(group: Group): readonly (readonly [key: string, text: string])[] {
  if (group !== 'message' && group !== 'remedy') {
    const texts = Object.entries(english.sentences[group]);
    return texts.map(([name, text]) => [`sentences.${group}.${name}`, text]);
  }
  // An error may pass on what speaks against a device or an image, and what a check found.
  const passedOn = (['device', 'finding', 'check'] as const).flatMap((other) => textsOf(other));
  return [...textsOfErrors(group), ...passedOn];
}

function textsOfErrors(group: 'message' | 'remedy'): readonly (readonly [string, string])[] {
  const { message, remedy, own } = english.errors;
  if (group === 'message') {
    return Object.entries(message).map(([name, text]) => [`errors.message.${name}`, text]);
  }
  const owned = Object.entries(own).map(([name, text]) => [`errors.own.${name}`, text] as const);
  const general = Object.entries(remedy).flatMap(([subject, texts]) =>
    Object.entries(texts).map(
      ([what, text]) => [`errors.remedy.${subject}.${what}`, text] as const,
    ),
  );
  return [...owned, ...general];
}

/** How many characters of a text are its own. */
const fixedIn = (text: string): number => text.replace(/\{\{\w+\}\}/g, '').length;

/** `{{name}}` takes any text there, by that name. */
function patternOf(text: string): RegExp {
  const parts = text.split(/\{\{(\w+)\}\}/).map((part, index) => {
    if (index % 2 === 1) return `(?<${part}>.+?)`;
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}

/** «.hex or .bin», as other languages list what one of will do. */
function listed(value: string): string {
  const list = new Intl.ListFormat(i18next.language, { type: 'disjunction' });
  return value.includes(' or ') ? list.format(value.split(/ or |, (?:or )?/)) : value;
}

/** @returns null for a sentence that the group does not have */
function told(text: string, group: Group): string | null {
  for (const { key, pattern } of knownOf(group)) {
    const found = pattern.exec(text);
    if (found === null) continue;
    // What stands in a sentence may be words of the service again.
    const blanks = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      told(value, group) ?? (key.startsWith('sentences.finding.') ? listed(value) : value),
    ]);
    return i18next.t(key as 'sentences.task.noLog', Object.fromEntries(blanks));
  }
  return null;
}

/** A sentence of the service, or several in a row, each of which is known or stays. */
export function sayIn(group: Group, text: string): string {
  if (isEnglish()) return text;
  const whole = told(text, group);
  if (whole !== null) return whole;
  return text
    .split(/(?<=\.) /)
    .map((sentence) => told(sentence, group) ?? sentence)
    .join(' ');
}

interface Refusal {
  readonly message: string;
  readonly details?: unknown;
}

interface Report extends Refusal {
  readonly remedy: string;
}

/** What an error says and what to do about it; a message that the catalogue does not know stays beside its remedy. */
export function sayError(error: Report): { readonly message: string; readonly remedy: string } {
  return { message: sayRefusal(error), remedy: sayIn('remedy', error.remedy) };
}

/** Why something was refused; a keymap, by the place and the rule that admission names. */
export function sayRefusal({ message, details }: Refusal): string {
  const { rule, member, index } = (details ?? {}) as Record<string, unknown>;
  const words = typeof rule === 'string' ? sayRule(rule) : null;
  if (isEnglish()) return message;
  if (words === null) return sayIn('message', message);
  const place = placeWords(String(member), Array.isArray(index) ? index : []);
  const quoted = /`([^`]*)`/.exec(message)?.[1];
  return quoted === undefined
    ? i18next.t('sentences.refusal', { place, rule: words })
    : i18next.t('sentences.quoted', { place, quoted, rule: words });
}

/** What a rule of admission wants; null for one that came after this window was built. */
export function sayRule(rule: string): string | null {
  const [subject = '', what = ''] = rule.split('.');
  const key = `sentences.rule.${subject}.${what}` as 'sentences.rule.keyboard.name';
  return i18next.exists(key) ? String(i18next.t(key)) : null;
}

function placeWords(member: string, index: readonly unknown[]): string {
  const [first, second] = index;
  if (member === 'layers' && first !== undefined) {
    return second === undefined
      ? i18next.t('sentences.place.layer', { layer: first })
      : i18next.t('sentences.place.key', { layer: first, key: second });
  }
  if (member === 'macros' && first !== undefined) {
    return i18next.t('sentences.place.macro', { macro: first });
  }
  if (member === 'config' && first !== undefined) {
    return i18next.t('sentences.place.setting', { setting: index.join('.') });
  }
  return member;
}
