/** `config`: the settings of a keymap, checked against the closed lists of `config-rules.ts`. */
import { CONFIG_RULES, type ConfigRule, reasonAgainst } from './config-rules.ts';
import { escapeForMessage, inside, type Place, quoteForMessage, refuse } from './refusal.ts';
import { isObject, type JsonObject, type JsonValue } from './strict-json.ts';

/** Settings by name, nested as QMK nests them; made anew, in the order of the rules. */
export interface KeymapConfig {
  readonly [name: string]: boolean | number | string | KeymapConfig;
}

/**
 * @returns the settings; whether the tree has the features that it names is not checked here
 * @throws KilnError `keymap.refused`
 */
export function admitConfig(value: JsonValue): KeymapConfig {
  return admitGroup(value, CONFIG_RULES, []);
}

/** Names of `config.features`, for the check against a tree. */
export function featuresOf(config: KeymapConfig | undefined): string[] {
  const features = config?.features;
  return typeof features === 'object' ? Object.keys(features) : [];
}

const FEATURE_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const EFFECT_NAME = /^[a-z][a-z0-9_]{0,39}$/;

function admitValue(
  value: JsonValue,
  rule: ConfigRule,
  path: readonly string[],
): KeymapConfig[string] {
  switch (rule.kind) {
    case 'group':
      return admitGroup(value, rule.members, path);
    case 'switches':
      return admitSwitches(value, rule, path);
    case 'flag':
      if (typeof value === 'boolean') return value;
      return refuseValue(path, 'has to be true or false');
    case 'integer': {
      const { least, most } = rule;
      const isInteger = typeof value === 'number' && Number.isInteger(value);
      if (isInteger && value >= least && value <= most) return value;
      return refuseValue(path, `has to be a whole number from ${least} to ${most}`);
    }
    case 'word':
      if (typeof value === 'string' && rule.words.includes(value)) return value;
      return refuseValue(path, `has to be one of ${rule.words.join(', ')}`);
    case 'effect':
      if (typeof value === 'string' && EFFECT_NAME.test(value)) return value;
      return refuseValue(path, 'has to be the name of an effect, such as "rainbow_swirl"');
  }
}

function admitGroup(
  value: JsonValue,
  rules: Readonly<Record<string, ConfigRule>>,
  path: readonly string[],
): KeymapConfig {
  const members = readObject(value, path);
  for (const name of Object.keys(members)) {
    if (!Object.hasOwn(rules, name)) refuseName([...path, name]);
  }
  const settings: Record<string, KeymapConfig[string]> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member !== undefined) settings[name] = admitValue(member, rule, [...path, name]);
  }
  return settings;
}

function admitSwitches(
  value: JsonValue,
  rule: Extract<ConfigRule, { kind: 'switches' }>,
  path: readonly string[],
): KeymapConfig {
  const members = readObject(value, path);
  const names = Object.keys(members);
  if (names.length > rule.most) {
    const sentence = `${nameOf(path)} has ${names.length} entries; at most ${rule.most} are accepted.`;
    refuse(placeOf(path), 'config.count', sentence);
  }
  const pattern = rule.of === 'features' ? FEATURE_NAME : EFFECT_NAME;
  const switches: Record<string, boolean> = {};
  for (const name of names.sort()) {
    const inner = [...path, name];
    if (!pattern.test(name)) {
      const sentence = `${quoteForMessage(name)} in ${nameOf(path)} is not a name; names look like rgb_matrix.`;
      refuse(inside(placeOf(path), escapeForMessage(name)), 'config.value', sentence);
    }
    if (rule.of === 'features' && name === 'lto') {
      const sentence =
        'config.features.lto is not a feature of the keyboard; set config.build.lto.';
      refuse(placeOf(inner), 'config.feature', sentence);
    }
    const on = members[name];
    if (typeof on !== 'boolean') refuseValue(inner, 'has to be true or false');
    switches[name] = on;
  }
  return switches;
}

function readObject(value: JsonValue, path: readonly string[]): JsonObject {
  if (isObject(value)) return value;
  refuse(placeOf(path), 'config.shape', `${nameOf(path)} has to be an object.`);
}

function refuseName(path: readonly string[]): never {
  const name = path.at(-1) ?? '';
  const parent = path.slice(0, -1);
  const quoted = quoteForMessage(name);
  const place = inside(placeOf(parent), escapeForMessage(name));
  switch (reasonAgainst(path)) {
    case 'device': {
      const sentence = `${quoted} in ${nameOf(parent)} changes which device the image is for; take it out, or build for another keyboard.`;
      return refuse(place, 'config.device', sentence);
    }
    case 'text': {
      const sentence = `${quoted} in ${nameOf(parent)} is free text of the keyboard; take it out of the keymap.`;
      return refuse(place, 'config.text', sentence);
    }
    case 'unknown': {
      const sentence = `${quoted} in ${nameOf(parent)} is not a setting that a keymap can change; take it out.`;
      return refuse(place, 'config.unknown', sentence);
    }
  }
}

function refuseValue(path: readonly string[], what: string): never {
  refuse(placeOf(path), 'config.value', `${nameOf(path)} ${what}.`);
}

/** Only for paths whose names are known or follow a pattern: they are shown as they are. */
function nameOf(path: readonly string[]): string {
  return ['config', ...path].join('.');
}

function placeOf(path: readonly string[]): Place {
  return { member: 'config', index: path };
}
