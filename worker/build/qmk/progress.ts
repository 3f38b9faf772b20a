/** Reads how far a QMK build is from its own progress lines. Pure. */
import type { JobProgress } from '../../../core/queue/contract.ts';

const STAGES: readonly (readonly [pattern: RegExp, stage: string])[] = [
  [/^Generating: /, 'generate'],
  [/^(?:Compiling|Assembling|Archiving): /, 'compile'],
  [/^(?:Linking|Creating load file|Creating binary|Creating UF2)/, 'link'],
  [/^Checking file size/, 'check'],
];

/**
 * Make does not say how many steps there are. Full builds of a late 2025 tree print 110 (AVR) to 230 (RP2040) lines;
 * the fraction approaches the end without reaching it, whatever the true number.
 */
const TYPICAL_STEPS = 110;

/** @returns a function that takes each cleaned line and answers with the progress when it moved. */
export function createProgressReader(): (line: string) => JobProgress | null {
  let steps = 0;
  return (line) => {
    const stage = STAGES.find(([pattern]) => pattern.test(line))?.[1];
    if (stage === undefined) return null;
    steps += 1;
    const fraction =
      stage === 'check' ? 0.98 : Math.min(0.95, 1 - Math.exp(-steps / TYPICAL_STEPS));
    return { stage, fraction: Math.round(fraction * 1000) / 1000 };
  };
}
