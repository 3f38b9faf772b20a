/**
 * What a flashing tool is asked and what it is taken to have said. A tool's file makes command lines and reads output;
 * it starts nothing, knows no device list and no flash run.
 */
import type { ToolName } from '../../core/toolchain/tools.ts';

export type Stage = 'erase' | 'write' | 'verify' | 'restart';

/** Why a tool could not go on, as far as its words tell. */
export type ToolFailure =
  | 'no-device'
  | 'no-access'
  | 'port-unavailable'
  | 'several-devices'
  | 'wrong-chip'
  | 'image-refused'
  | 'locked'
  | 'not-erased'
  | 'write-failed'
  | 'verify-failed'
  | 'device-lost'
  | 'usage';

/** One thing that a tool's output shows. */
export type Evidence =
  | { readonly type: 'stage'; readonly stage: Stage }
  /** Of the stage that it is in, 0 to 1. */
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'done'; readonly what: 'erased' | 'written' | 'verified' | 'restarted' }
  | { readonly type: 'failed'; readonly failure: ToolFailure };

/** Reads one run's output as it comes, in pieces of any size. Pure but for the line that has no end yet. */
export interface OutputReader {
  read(text: string): readonly Evidence[];
}

/** One call of a tool. */
export interface ToolCommand {
  readonly tool: ToolName;
  readonly args: readonly string[];
  /** Files that lie beside it and that it looks for in the folder where it runs; absent for none. */
  readonly beside?: readonly string[];
  /** What it does first. */
  readonly stage: Stage;
  /** Whether the flash or the EEPROM may be another afterwards. */
  readonly changes: boolean;
  /** It is ended when it says nothing for so long: some tools never notice that their device is gone. */
  readonly silenceMs: number;
  /** The same before its first word, for one that reads much before it speaks; as `silenceMs` when absent. */
  readonly firstWordMs?: number;
  /**
   * Whether its exit code says that the work was done where it prints nothing. Never so for a tool that writes.
   */
  readonly exitCodeTells: boolean;
  createReader(): OutputReader;
}

/** Failures that a tool meets before it has changed anything. */
export const HARMLESS: readonly ToolFailure[] = [
  'no-device',
  'no-access',
  'port-unavailable',
  'several-devices',
  'wrong-chip',
  'image-refused',
  'usage',
];

interface LineRules {
  /** A whole line, without its end. */
  line(text: string): readonly Evidence[];
  /** The line that is being written, after each piece. */
  partial?(text: string): readonly Evidence[];
}

/** A line that does not end is cut here: garbage must not fill the memory. */
const LONGEST_LINE = 16 * 1024;

/** A reader that looks at lines, which `\r` ends too, and at the line that grows. */
export function readLines({ line, partial }: LineRules): OutputReader {
  let rest = '';
  return {
    read(text) {
      const lines = (rest + text).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
      const evidence = lines.flatMap((whole) => line(whole));
      return rest === '' || partial === undefined ? evidence : [...evidence, ...partial(rest)];
    },
  };
}

/** Pairs of a pattern and what it shows; the first that fits a line counts. */
export type LinePatterns = readonly (readonly [pattern: RegExp, evidence: Evidence])[];

export function matchLine(patterns: LinePatterns, line: string): readonly Evidence[] {
  const found = patterns.find(([pattern]) => pattern.test(line));
  return found === undefined ? [] : [found[1]];
}

export const failed = (failure: ToolFailure): Evidence => ({ type: 'failed', failure });
export const done = (what: Extract<Evidence, { type: 'done' }>['what']): Evidence => ({
  type: 'done',
  what,
});
export const stage = (name: Stage): Evidence => ({ type: 'stage', stage: name });
export const progress = (fraction: number): Evidence => ({
  type: 'progress',
  fraction: Math.min(1, Math.max(0, fraction)),
});
