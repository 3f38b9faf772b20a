/**
 * What the service says in whole sentences, in the window's language. A sentence is known by its English text, from which
 * the names and numbers in it are taken; one that the catalogue does not know stays as the service said it. Tests hold
 * the catalogue against what the service can say.
 */
import i18next from 'i18next';
import { english } from './en.ts';

/** Groups of the catalogue whose texts are the service's own. */
const GROUPS = ['enter', 'warning', 'finding', 'device', 'task', 'check', 'remedy'] as const;
type Group = (typeof GROUPS)[number];

interface Known {
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
      Object.entries(english.sentences[name])
        .map(([key, text]) => ({ key, pattern: patternOf(text) }))
        // Of two that fit, the one that says more.
        .sort((one, other) => other.pattern.source.length - one.pattern.source.length),
    ]),
  );
  return patterns.get(group) ?? [];
}

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
      told(value, group) ?? (group === 'finding' ? listed(value) : value),
    ]);
    return i18next.t(
      `sentences.${group}.${key}` as 'sentences.task.noLog',
      Object.fromEntries(blanks),
    );
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
  readonly details: unknown;
}

/** Why admission would not take a keymap: by the place and the rule that it names. */
export function sayRefusal({ message, details }: Refusal): string {
  const { rule, member, index } = (details ?? {}) as Record<string, unknown>;
  const words = typeof rule === 'string' ? sayRule(rule) : null;
  if (words === null || isEnglish()) return message;
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
