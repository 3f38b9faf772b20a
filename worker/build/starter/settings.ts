/** The timings that keyboard.json and a keymap's `config` may set. */
import type { StarterProblem } from './problem.ts';

export interface StarterSettings {
  /** ms; a dual-role key that is down this long is held */
  readonly tappingTerm: number;
  /** A key pressed and released within a dual-role key makes it held. */
  readonly permissiveHold: boolean;
  /** Any key pressed while a dual-role key is down makes it held. */
  readonly holdOnOtherKeyPress: boolean;
  /** ms */
  readonly debounce: number;
}

const DEFAULT_TAPPING_TERM = 200;
const DEFAULT_DEBOUNCE = 5;

/** The least and the most of an integer, or a switch. */
type Rule = readonly [number, number] | 'switch';

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['tapping.term', [1, 2000]],
  ['tapping.permissive_hold', 'switch'],
  ['tapping.hold_on_other_key_press', 'switch'],
  ['debounce', [0, 50]],
]);

function reasonAgainst(path: string, value: unknown): string | null {
  const rule = RULES.get(path);
  if (rule === undefined) {
    return `is not a setting of the starter firmware, which has only ${[...RULES.keys()].join(', ')}`;
  }
  if (rule === 'switch') return typeof value === 'boolean' ? null : 'has to be true or false';
  const [least, most] = rule;
  const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return fits ? null : `has to be an integer from ${least} to ${most}`;
}

/** Every value in an object of objects, with its dotted path; an empty object has none. */
function* leaves(value: unknown, path: string): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield [path, value];
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    yield* leaves(inner, path === '' ? name : `${path}.${name}`);
  }
}

/**
 * Reads settings, later sources over earlier ones.
 *
 * @param sources where each comes from, as the messages shall name it, and its members
 */
export function readSettings(
  sources: readonly { readonly name: string; readonly members: unknown }[],
): { readonly settings: StarterSettings; readonly problems: StarterProblem[] } {
  const values = new Map<string, unknown>();
  const problems: StarterProblem[] = [];
  for (const { name, members } of sources) {
    for (const [path, value] of leaves(members ?? {}, '')) {
      const reason = reasonAgainst(path, value);
      const member = path === '' ? name : `${name}.${path}`;
      if (reason === null) values.set(path, value);
      else problems.push({ member, message: `\`${member}\` ${reason}.` });
    }
  }
  const settings: StarterSettings = {
    tappingTerm: Number(values.get('tapping.term') ?? DEFAULT_TAPPING_TERM),
    permissiveHold: values.get('tapping.permissive_hold') === true,
    holdOnOtherKeyPress: values.get('tapping.hold_on_other_key_press') === true,
    debounce: Number(values.get('debounce') ?? DEFAULT_DEBOUNCE),
  };
  return { settings, problems };
}
