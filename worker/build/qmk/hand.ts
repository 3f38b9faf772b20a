/** Firmware for one half of a split keyboard, as `make …:uf2-split-left` builds it (platforms/chibios/flash.mk). */
import type { CompilePayload } from '../../../core/compile/job.ts';
import { KilnError } from '../../../core/errors.ts';

/**
 * The definition with which the firmware writes the hand into its settings when it makes new ones, as a variable of make's
 * environment: the tree's makefiles only ever add to what they find in it.
 */
export function handDefinition(hand: CompilePayload['hand']): Record<string, string> {
  return hand === undefined ? {} : { OPT_DEFS: `-DINIT_EE_HANDS_${hand.toUpperCase()}` };
}

/**
 * Whether a line of a build's output says that the firmware was given its hand: the tree's own source has the compiler say so
 * (quantum/split_common/split_util.c, before 2022-11 quantum/eeconfig.c). Nothing else tells; that a keyboard keeps its hand in
 * its settings (`EE_HANDS`) is defined in C, and no metadata has it.
 */
export function saysHandTaken(line: string): boolean {
  return /pragma message: Faking EE_HANDS for (?:left|right) hand/.test(line);
}

/** What a build for a hand ends with whose firmware was not given any. */
export function handUnused({ keyboard, hand }: CompilePayload): KilnError {
  return new KilnError(
    'build.hand-unused',
    `The firmware of ${keyboard} keeps no hand in its settings, so one for the ${hand} half would be the same as any other.`,
  );
}
