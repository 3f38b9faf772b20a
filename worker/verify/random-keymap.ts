/** Draws keymaps that a keyboard can take: all that keymaps may hold, in proportions that still fit into small chips. */
import type { KeyboardInfo, TreeFacts } from '../../core/catalogue/contract.ts';
import type { Random } from './random.ts';

/** What the firmware is, apart from its keys. Keymaps that share it share a build plan. */
export interface KeymapFrame {
  readonly keyboard: string;
  readonly keymap: string;
  readonly branch: string;
  readonly modules?: readonly string[];
  readonly host_language?: string;
  readonly hasMacros: boolean;
  /** Encoders of a layer; 0 for a keymap without. */
  readonly encoders: number;
}

/** In the trees' own tables, names that stand for a range, or that C does not define on every keyboard. */
const NOT_A_KEY = /RANGE|_MAX$|_MIN$|^(?:SAFE_RANGE|QK_(?:USER|KB)_\d+)$/;
const PLAIN = /^(?:KC|MS|RM|UG|BL|MI)_[A-Z0-9_]+$/;
const MODS = ['MOD_LCTL', 'MOD_LSFT', 'MOD_LALT | MOD_LGUI', 'MOD_HYPR'];

/** @param simple the starter firmware's own keys only: it has fewer than QMK. */
export function createKeycodes(facts: TreeFacts, simple: boolean) {
  const plain = [...facts.keycodes]
    .filter((name) => PLAIN.test(name) && !NOT_A_KEY.test(name))
    .sort();
  const basic = plain.filter((name) => /^KC_[A-Z0-9]{1,4}$/.test(name));
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `KC_${letter}`);
  return (random: Random, layers: number): string => {
    const layer = random.below(layers);
    const key = random.oneOf(letters);
    const forms = [
      () => random.oneOf(simple || plain.length === 0 ? letters : plain),
      () => random.oneOf(simple || basic.length === 0 ? letters : basic),
      () => random.oneOf(['KC_TRNS', 'KC_NO', '_______', 'XXXXXXX']),
      () => `${random.oneOf(['MO', 'TG', 'TO', 'DF'])}(${layer})`,
      () => `LT(${layer}, ${key})`,
      () => `${random.oneOf(['LCTL', 'LSFT', 'LALT', 'LGUI'])}_T(${key})`,
      ...(simple
        ? []
        : [
            () => `MT(${random.oneOf(MODS)}, ${key})`,
            () => `${random.oneOf(['S', 'C', 'RALT', 'HYPR'])}(${key})`,
            () => `OSM(${random.oneOf(MODS)})`,
            () => `ANY(${random.oneOf(['OSL', 'TT'])}(${layer}))`,
            () => `LM(${layer}, ${random.oneOf(MODS)})`,
          ]),
    ];
    return random.oneOf(forms)();
  };
}

const TEXTS = ['hello', 'a "b" \\c', 'tab\tline\nend', '{}[]()%$&', ' '];

function randomMacro(random: Random): unknown[] {
  const key = () => random.oneOf(['A', 'B', 'ENT', 'LCTL', 'LSFT', 'F1']);
  const fragments = [
    () => random.oneOf(TEXTS),
    () => ({ action: 'tap', keycodes: [key()] }),
    () => ({ action: 'tap', keycodes: ['LCTL', 'LSFT', 'T'] }),
    () => ({ action: random.oneOf(['down', 'up']), keycodes: [key()] }),
    () => ({ action: 'delay', duration: random.below(2000) }),
    () => ({ action: 'beep' }),
  ];
  return Array.from({ length: 1 + random.below(4) }, () => random.oneOf(fragments)());
}

function rotaryCount(part: unknown): number {
  const rotary = (part as { readonly rotary?: readonly unknown[] } | undefined)?.rotary;
  return Array.isArray(rotary) ? rotary.length : 0;
}

/** Encoders that the tree builds a map for. */
function encoderCount(info: KeyboardInfo): number {
  const features = info.features as Readonly<Record<string, unknown>> | undefined;
  if (features?.encoder !== true || features.encoder_map === false) return 0;
  const split = info.split as
    | { readonly enabled?: boolean; readonly encoder?: { readonly right?: unknown } }
    | undefined;
  const left = rotaryCount(info.encoder);
  if (split?.enabled !== true) return left;
  return left + (rotaryCount(split.encoder?.right) || left);
}

/** Draws what all keymaps of one keyboard share. */
export function randomFrame(
  random: Random,
  tree: string,
  keyboard: string,
  info: KeyboardInfo,
  facts: TreeFacts,
  simple: boolean,
): KeymapFrame {
  const frame = {
    keyboard,
    keymap: `verify_${random.below(1000)}`,
    branch: tree,
    encoders: random.chance(0.7) && !simple ? encoderCount(info) : 0,
  };
  if (simple) return { ...frame, hasMacros: false };
  const features = info.features as Readonly<Record<string, unknown>> | undefined;
  // Modules of effects build only where there are lights to show them.
  const fits = (module: string): boolean => {
    const lights = /(?:rgb|led)_matrix/.exec(module)?.[0];
    return lights === undefined || features?.[lights] === true;
  };
  const modules = [...facts.modules].filter(fits).sort();
  const languages = [...facts.hostLanguages].sort();
  return {
    ...frame,
    hasMacros: random.chance(0.4),
    ...(modules.length > 0 && random.chance(0.2) ? { modules: [random.oneOf(modules)] } : {}),
    ...(languages.length > 0 && random.chance(0.2)
      ? { host_language: random.oneOf(languages) }
      : {}),
  };
}

/** @returns the JSON of a keymap, as a client would send it. */
export function randomKeymap(
  random: Random,
  frame: KeymapFrame,
  info: KeyboardInfo,
  keycodes: (random: Random, layers: number) => string,
): string {
  const { hasMacros, encoders, ...members } = frame;
  const layout = random.oneOf(Object.keys(info.layouts).sort());
  const keys = info.layouts[layout]?.layout.length ?? 0;
  const count = 1 + random.below(4);
  const layers = Array.from({ length: count }, () =>
    Array.from({ length: keys }, () => keycodes(random, count)),
  );
  const turn = () => ({ ccw: keycodes(random, count), cw: keycodes(random, count) });
  return JSON.stringify({
    ...members,
    layout,
    layers,
    ...(encoders === 0
      ? {}
      : { encoders: layers.map(() => Array.from({ length: encoders }, turn)) }),
    ...(hasMacros
      ? { macros: Array.from({ length: 1 + random.below(3) }, () => randomMacro(random)) }
      : {}),
  });
}
