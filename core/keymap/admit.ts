/**
 * Admission: from a client's bytes to a keymap that is safe to build. First everything that can be told from
 * the keymap alone (`admitKeymap`), then what takes the keyboard and the firmware tree (`admitForKeyboard`).
 * Nothing is written, started or looked up on the way.
 */
import type { KeyboardInfo, TreeFacts } from '../catalogue/contract.ts';
import { KilnError } from '../errors.ts';
import { admitConfig, featuresOf, type KeymapConfig } from './config.ts';
import { admitDeclaredKeycodes, type DeclaredKeycode, namesOf } from './declared-keycodes.ts';
import {
  admitEncoders,
  admitLayers,
  checkDipSwitches,
  type EncoderKeycodes,
  nameKey,
  refuseKeycode,
  type ShapedLayer,
} from './layers.ts';
import { admitMacros, type MacroFragment } from './macros.ts';
import {
  admitBranch,
  admitConverter,
  admitHand,
  admitHostLanguage,
  admitKeyboardName,
  admitKeymapName,
  admitLayoutName,
  admitModules,
  checkDescriptions,
  type Hand,
} from './members.ts';
import { quoteForMessage, refuse } from './refusal.ts';
import { isObject, type JsonObject, type JsonValue, parseStrictJson } from './strict-json.ts';

/** The optional members that a build reads; absent when the keymap has none, or an empty one. */
interface OptionalMembers {
  readonly encoders?: readonly (readonly EncoderKeycodes[])[];
  readonly macros?: readonly (readonly MacroFragment[])[];
  readonly hostLanguage?: string;
  readonly config?: KeymapConfig;
  readonly modules?: readonly string[];
  readonly converter?: string;
  /** Which half of a split keyboard the firmware is for; where its hand lies in the settings. */
  readonly hand?: Hand;
  readonly declaredKeycodes?: readonly DeclaredKeycode[];
}

/** A keymap that is sound by itself; not yet held against a keyboard. */
export interface ShapedKeymap extends OptionalMembers {
  /** As the client wrote it: a name of the right form, perhaps an alias, perhaps of no keyboard at all. */
  readonly keyboard: string;
  readonly keymap: string;
  readonly layout: string;
  readonly layers: readonly ShapedLayer[];
  /** A plain name, for the caller to look up among its trees; null for none. Never reaches a build. */
  readonly branch: string | null;
}

/** A keymap that a build may be started with. */
export interface AdmittedKeymap extends OptionalMembers {
  /** As the tree builds it. */
  readonly keyboard: string;
  readonly keymap: string;
  /** A layout macro of the keyboard, aliases resolved. */
  readonly layout: string;
  /** Canonical keycodes, as many in each layer as the layout has keys. */
  readonly layers: readonly (readonly string[])[];
}

const REQUIRED = ['keyboard', 'keymap', 'layout', 'layers'] as const;

/**
 * Checks a keymap without a tree. Unknown members are dropped.
 *
 * @param input the bytes of a request or a file; or a value that is known to be plain JSON
 * @throws KilnError `request.too-large`, `request.invalid-json`, `request.invalid` (a required member is
 *   missing), `keymap.refused` with `{member, index, rule}`
 */
export function admitKeymap(input: Uint8Array | JsonValue): ShapedKeymap {
  const value = input instanceof Uint8Array ? parseStrictJson(input) : (input as JsonValue);
  const members = readRoot(value);
  const shaped: ShapedKeymap = {
    keyboard: admitKeyboardName(members.keyboard),
    keymap: admitKeymapName(members.keymap),
    layout: admitLayoutName(members.layout),
    branch: admitBranch(members.branch),
    layers: admitLayers(members.layers),
    ...admitOptional(members),
  };
  checkUnused(members);
  return shaped;
}

/** Members that no build reads today are held to their rules all the same, so that a later one may. */
function checkUnused(members: JsonObject): void {
  const { encoder_map, dip_switch_map } = members;
  if (encoder_map !== undefined) admitEncoders(encoder_map, 'encoder_map');
  if (dip_switch_map !== undefined) checkDipSwitches(dip_switch_map);
  checkDescriptions(members);
}

/** The checks that the QMK API makes, in its order and with its words. */
function readRoot(value: JsonValue): JsonObject {
  if (isFalsy(value)) {
    throw new KilnError('request.invalid-json', 'Invalid JSON data!');
  }
  // A copy without a prototype, for values that did not come from our own reader.
  const members: JsonObject = Object.assign(Object.create(null), isObject(value) ? value : {});
  const missing = REQUIRED.filter((name) =>
    name === 'keyboard' || name === 'keymap'
      ? typeof members[name] !== 'string'
      : members[name] === undefined,
  );
  const { keyboard, keymap } = members;
  if (typeof keyboard === 'string' && typeof keymap === 'string') {
    // Upstream looks at both names before it misses a layout.
    if (keyboard.includes('.')) admitKeyboardName(keyboard);
    if (keymap.includes('/')) admitKeymapName(keymap);
  }
  if (missing.length > 0) {
    throw new KilnError('request.invalid', `Invalid or missing keys: ${missing.join(', ')}`, {
      remedy: 'Send a whole keymap, as QMK Configurator exports it.',
      details: { missing },
    });
  }
  return members;
}

/** What Python, in which the QMK API is written, takes for false. */
function isFalsy(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return !value;
}

function admitOptional(members: JsonObject): OptionalMembers {
  const { encoders, macros, host_language, modules, converter, hand } = members;
  const config = members.config === undefined ? {} : admitConfig(members.config);
  const names = modules === undefined ? [] : admitModules(modules);
  const keycodes = members.keycodes;
  const declared = keycodes === undefined ? [] : admitDeclaredKeycodes(keycodes);
  return {
    ...(encoders === undefined ? {} : { encoders: admitEncoders(encoders, 'encoders') }),
    ...(macros === undefined ? {} : { macros: admitMacros(macros) }),
    ...(host_language === undefined ? {} : { hostLanguage: admitHostLanguage(host_language) }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(names.length === 0 ? {} : { modules: names }),
    ...(converter === undefined ? {} : { converter: admitConverter(converter) }),
    ...(hand === undefined ? {} : { hand: admitHand(hand) }),
    ...(declared.length === 0 ? {} : { declaredKeycodes: declared }),
  };
}

/**
 * Holds a keymap against the keyboard and tree that are to build it.
 *
 * @param keyboardName the keyboard's resolved name; replaces the client's
 * @throws KilnError `keymap.refused`
 */
export function admitForKeyboard(
  shaped: ShapedKeymap,
  keyboardName: string,
  info: KeyboardInfo,
  facts: TreeFacts,
): AdmittedKeymap {
  const { branch: _branch, layers, ...rest } = shaped;
  const layout = resolveLayout(shaped.layout, keyboardName, info);
  const keys = info.layouts[layout]?.layout.length ?? 0;
  checkNames(shaped, facts);
  checkEncoderCount(shaped, keyboardName, info);
  checkHand(shaped, keyboardName, info);
  return {
    ...rest,
    keyboard: keyboardName,
    layout,
    layers: layers.map((layer, number) => {
      checkKeyCount(layer, number, keys, `${layout} of ${keyboardName}`);
      return layer.keycodes;
    }),
  };
}

/** QMK's make takes the hand into the firmware on ChibiOS alone (platforms/chibios/flash.mk); elsewhere flashing sets it. */
function checkHand({ hand, converter }: ShapedKeymap, keyboard: string, info: KeyboardInfo): void {
  if (hand === undefined) return;
  // All processors that there are converters for have ChibiOS.
  const isChibios = converter !== undefined || info.platform_key === 'chibios';
  if (info.split?.enabled === true && isChibios) return;
  const sentence = `${keyboard} is no split keyboard whose firmware holds its hand; take hand out, and set it when you flash.`;
  refuse({ member: 'hand', index: [] }, 'hand.unsupported', sentence);
}

function resolveLayout(layout: string, keyboard: string, info: KeyboardInfo): string {
  if (Object.hasOwn(info.layouts, layout)) return layout;
  const aliases = info.layout_aliases ?? {};
  const target = Object.hasOwn(aliases, layout) ? aliases[layout] : undefined;
  if (target !== undefined && Object.hasOwn(info.layouts, target)) return target;
  const known = Object.keys(info.layouts).slice(0, 8).join(', ');
  const sentence = `${keyboard} has no layout ${quoteForMessage(layout)}; it has ${known || 'none at all'}.`;
  refuse({ member: 'layout', index: [] }, 'layout.unknown', sentence);
}

function checkKeyCount(layer: ShapedLayer, number: number, keys: number, layout: string): void {
  const { keycodes, joined } = layer;
  if (keycodes.length === keys) return;
  if (joined !== null) {
    // There was no entry too many, so the cut keycode is just a wrong one.
    const place = { member: 'layers', index: [number, joined.at] };
    refuseKeycode(joined.text, joined.problem, place, nameKey(number, joined.at));
  }
  const sentence = `Layer ${number} has ${keycodes.length} keycodes, but ${layout} has ${keys} keys; give it ${keys}, KC_NO for those without a use.`;
  refuse({ member: 'layers', index: [number] }, 'layers.key-count', sentence);
}

function checkNames(shaped: ShapedKeymap, facts: TreeFacts): void {
  const { hostLanguage, converter, modules = [], declaredKeycodes = [] } = shaped;
  if (hostLanguage !== undefined && !facts.hostLanguages.has(hostLanguage)) {
    const sentence = `The firmware tree has no host language ${quoteForMessage(hostLanguage)}; take host_language out, or build with a tree that has it.`;
    refuse({ member: 'host_language', index: [] }, 'host-language.unknown', sentence);
  }
  if (converter !== undefined && !facts.converters.has(converter)) {
    const sentence = `The firmware tree has no converter ${quoteForMessage(converter)}; take converter out, or build with a tree that has it.`;
    refuse({ member: 'converter', index: [] }, 'converter.unknown', sentence);
  }
  for (const [index, name] of modules.entries()) {
    if (facts.modules.has(name)) continue;
    const sentence = `The firmware tree has no module ${quoteForMessage(name)}; take it out, or build with a tree that has it.`;
    refuse({ member: 'modules', index: [index] }, 'modules.unknown', sentence);
  }
  for (const name of featuresOf(shaped.config)) {
    if (facts.features.has(name)) continue;
    const sentence = `The firmware tree has no feature ${quoteForMessage(name)}; take it out of config.features.`;
    refuse({ member: 'config', index: ['features', name] }, 'config.feature', sentence);
  }
  for (const { name, place } of namesOf(declaredKeycodes)) {
    if (!facts.keycodes.has(name)) continue;
    const sentence = `The declared keycode ${quoteForMessage(name)} is one that the firmware tree has already; rename it.`;
    refuse(place, 'declared-keycode.known', sentence);
  }
}

function checkEncoderCount(shaped: ShapedKeymap, keyboard: string, info: KeyboardInfo): void {
  const count = encoderCount(info);
  if (count === null) return;
  for (const [number, layer] of (shaped.encoders ?? []).entries()) {
    if (layer.length <= count) continue;
    const sentence = `Layer ${number} of encoders has ${layer.length} encoders, but ${keyboard} has ${count}; take the others out.`;
    refuse({ member: 'encoders', index: [number] }, 'encoders.count', sentence);
  }
}

/** @returns null where the keyboard's metadata does not list its encoders, such as for a driver of its own */
function encoderCount(info: KeyboardInfo): number | null {
  const left = rotaryOf(info.encoder);
  if (left === null) return null;
  const split = asRecord(info.split);
  if (split?.enabled !== true) return left;
  // The right half has the same encoders as the left, unless it says otherwise.
  return left + (rotaryOf(asRecord(split.encoder)?.right) ?? left);
}

function rotaryOf(encoder: unknown): number | null {
  const rotary = asRecord(encoder)?.rotary;
  return Array.isArray(rotary) ? rotary.length : null;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
