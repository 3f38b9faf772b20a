/**
 * How a run ends and what a person does next, each under a code: sentences here, and by the code in whatever language a
 * page speaks. Of a code's parameters, `{stage}` and `{exitCode}` stand in the sentence.
 */
import type { Stage, ToolFailure } from '../tools/contract.ts';

export const ENDINGS = {
  canceled: 'The run was canceled.',
  'no-bootloader': 'The keyboard did not show up in its bootloader in time.',
  'cut-off': 'Kiln was ended in the middle of this run.',
  'settings-done': 'Done, and the keyboard is back.',
  'settings-done-not-back': 'Done, but the keyboard did not come back by itself.',
  compared: 'The new firmware was written and compared, and the keyboard is back.',
  'compared-not-back':
    'The new firmware was written and compared, but the keyboard did not come back by itself.',
  unreadable:
    'The new firmware was written, and the keyboard is back. Its bootloader cannot be read, so nothing was compared.',
  'not-compared': 'The keyboard is back, but what was written could not be compared.',
  'still-in-bootloader':
    'The tool says that it wrote the firmware, but the keyboard stayed in its bootloader.',
  'not-back': 'The tool says that it wrote the firmware, but the keyboard did not come back.',
  'tool-silent': 'The tool stopped saying anything{stage} and was ended.',
  'tool-slow': 'The tool took too long{stage} and was ended.',
  'tool-crashed': 'The tool crashed{stage}.',
  'tool-showed-nothing':
    'The tool ended as if all were well, but showed nothing of its work{stage}.',
  'tool-gave-up': 'The tool gave up{stage} with exit code {exitCode}.',
} as const;

/** By what a tool said. */
export const FAILURES: Readonly<Record<ToolFailure, string>> = {
  'no-device': 'The tool did not find the keyboard in its bootloader.',
  'no-access': 'The tool may not open the keyboard.',
  'port-unavailable': 'The serial port of the keyboard cannot be opened.',
  'several-devices':
    'Several devices of this kind are attached, and the tool cannot tell them apart.',
  'wrong-chip': 'The keyboard has another chip than the image is for.',
  'image-refused': 'The tool refused the image: it does not fit into this chip.',
  locked: 'The chip is locked against writing.',
  'not-erased': 'The chip was not erased before writing.',
  'write-failed': 'Writing failed.',
  'verify-failed': 'What was read back from the keyboard is not what was written.',
  'device-lost': 'The keyboard left in the middle of the work.',
  usage: 'The tool did not understand what it was asked.',
};

export const NEXT_STEPS = {
  nothing: 'Nothing: the keyboard is ready.',
  replug: 'Unplug the keyboard and plug it in again, or press its reset button.',
  'try-keys':
    'Unplug the keyboard, plug it in again and try its keys; if they do not work, flash again.',
  'install-rules': 'Install the rules with: kiln udev install, then flash again.',
  unlock: 'Erase the chip with its maker’s tool: its lock can be taken off only so.',
  'unplug-others': 'Unplug all but one of them, then flash again.',
  'other-image': 'Choose the image for this keyboard, then flash again.',
  'start-again': 'Start the run again when you are ready.',
  'flash-again':
    'Put the keyboard into its bootloader and flash again; the log tells what went wrong.',
} as const;

export type EndingCode = keyof typeof ENDINGS | ToolFailure;
export type NextCode = keyof typeof NEXT_STEPS;

export interface EndingDetails {
  readonly stage: Stage | null;
  readonly exitCode: number | null;
}

/** The sentence of a code. */
export function endingOf(code: EndingCode, { stage, exitCode }: EndingDetails): string {
  const sentence: string = { ...ENDINGS, ...FAILURES }[code];
  return sentence
    .replace('{stage}', stage === null ? '' : ` (${stage})`)
    .replace('{exitCode}', String(exitCode ?? ''));
}
