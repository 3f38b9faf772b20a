/**
 * dfu-programmer: Atmel's DFU (FLIP) and its copies by LUFA and QMK. Words: from the sources of 0.6.1 and 1.1.0.
 * 0.6 has no `--force` and another way to the EEPROM; 1.0 and later have both. It ends with an error where the device
 * leaves before its last answer, after all was compared.
 */
import {
  done,
  type Evidence,
  failed,
  type LinePatterns,
  matchLine,
  type OutputReader,
  progress,
  readLines,
  stage,
  type ToolCommand,
} from './contract.ts';

const PATTERNS: LinePatterns = [
  [/no device present/, failed('no-device')],
  [/can't init libusb/, failed('no-access')],
  [/Unsupported target/, failed('usage')],
  [/write protected|security bit|Erase the device to clear/i, failed('locked')],
  [/did not validate/, failed('verify-failed')],
  [
    /Bootloader and code overlap|outside target memory|creating the memory image/,
    failed('image-refused'),
  ],
  [/has no eeprom/, failed('image-refused')],
  [
    /Error while (?:flashing|programming)|Program Error|Memory access error/,
    failed('write-failed'),
  ],
  [/Error while reading back|Device is unresponsive/, failed('device-lost')],
  [/^Usage: dfu-programmer/, failed('usage')],
  [/^Erasing flash\.\.\.\s+Success/, done('erased')],
  [/^Erasing flash/, stage('erase')],
  [/^Chip already blank/, done('erased')],
  [/Programming 0x/, stage('write')],
  [/^Validating\.\.\.\s+Success/, done('verified')],
  [/^Validating/, stage('verify')],
  // The last line of a good end; both versions compare before they print it.
  [/^\d+ bytes used \(/, done('verified')],
  [/^0x[0-9A-F]+ bytes written into/, done('verified')],
];

/** 1.x: `[>>>>>>>>`, 32 marks in all. */
const BAR = /^(?:0% +100% +)?\[(>*)/;

export function createDfuProgrammerReader(): OutputReader {
  return readLines({
    line: (text) => matchLine(PATTERNS, text),
    partial(text): readonly Evidence[] {
      const bar = BAR.exec(text);
      const full = bar?.[1]?.length ?? 0;
      return full === 0 ? [] : [progress(full / 32)];
    },
  });
}

export interface DfuProgrammerTarget {
  /** QMK's name of the chip in lower case, which is dfu-programmer's too. */
  readonly mcu: string;
  /** The USB bus and address of the very device; null where they are not known. */
  readonly at: { readonly bus: number; readonly address: number } | null;
  /** What `dfu-programmer --version` prints: `dfu-programmer 0.6.1`. */
  readonly version: string;
}

/** Erasing a whole chip and looking whether it is blank says nothing meanwhile. */
const SILENCE_MS = 30_000;

/** From 0.7 on; a 1.x is no 0.x with a small number. */
function knowsForce(version: string): boolean {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  return major > 0 || minor >= 7;
}

function command(
  { mcu, at }: DfuProgrammerTarget,
  args: readonly string[],
  more: Pick<ToolCommand, 'stage' | 'changes' | 'exitCodeTells'>,
): ToolCommand {
  const target = at === null ? mcu : `${mcu}:${at.bus},${at.address}`;
  return {
    tool: 'dfuProgrammer',
    args: [target, ...args],
    silenceMs: SILENCE_MS,
    createReader: createDfuProgrammerReader,
    ...more,
  };
}

export function dfuProgrammerErase(target: DfuProgrammerTarget): ToolCommand {
  const force = knowsForce(target.version) ? ['--force'] : [];
  // 0.6 erases without a word; the comparison after writing tells whether it did.
  return command(target, ['erase', ...force], {
    stage: 'erase',
    changes: true,
    exitCodeTells: true,
  });
}

export function dfuProgrammerFlash(target: DfuProgrammerTarget, file: string): ToolCommand {
  const force = knowsForce(target.version) ? ['--force'] : [];
  return command(target, ['flash', ...force, file], {
    stage: 'write',
    changes: true,
    exitCodeTells: false,
  });
}

export function dfuProgrammerEeprom(target: DfuProgrammerTarget, file: string): ToolCommand {
  const args = knowsForce(target.version)
    ? ['flash', '--force', '--eeprom', file]
    : ['flash-eeprom', file];
  return command(target, args, { stage: 'write', changes: true, exitCodeTells: false });
}

export function dfuProgrammerReset(target: DfuProgrammerTarget): ToolCommand {
  return command(target, ['reset'], { stage: 'restart', changes: false, exitCodeTells: true });
}
