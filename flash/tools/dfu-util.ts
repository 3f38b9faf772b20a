/**
 * dfu-util: DfuSe (STM32 and its copies) and plain DFU 1.1 (STM32duino, Kiibohd). Words: from the sources of 0.11.
 * `-d vid:pid` alone means a device that runs its firmware; only `,vid:pid` means one in DFU mode, and only `-p` one
 * of several that are alike. After `:leave` the device is gone before the last answer, which counts as an error there
 * (exit 74) and here not, so leaving is a step of its own.
 */
import {
  done,
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
  [/LIBUSB_ERROR_ACCESS|Permission denied/, failed('no-access')],
  [/More than one DFU capable USB device/, failed('several-devices')],
  [/No DFU capable USB device available/, failed('no-device')],
  [/is not writeable|Last page at .* not/, failed('image-refused')],
  [/File ID .* does not match device/, failed('wrong-chip')],
  [/can not be erased/, failed('locked')],
  [/Programmed memory failed verification/, failed('verify-failed')],
  [/LIBUSB_ERROR_NO_DEVICE|LIBUSB_ERROR_IO|lost device/i, failed('device-lost')],
  [/Error during (?:special command|download)|Failed to write whole chunk/, failed('write-failed')],
  [/Erase\s+done|Mass erase done/i, done('erased')],
  [/^File downloaded successfully/, done('written')],
  [/^(?:Download\s+done|Done!)/, done('written')],
  [/^Upload\s+done/, done('verified')],
  [/^Submitting leave request/, stage('restart')],
  [/^Erase\s+\[/, stage('erase')],
  [/^Upload\s+\[/, stage('verify')],
  [/^(?:Download\s+\[|Downloading)/, stage('write')],
];

/** `Download	[=====                    ]  20%        12288 bytes` */
const PERCENT = /^(?:Erase|Download|Upload)\s+\[[= ]*\]\s+(\d{1,3})%/;

function evidenceIn(line: string) {
  const percent = PERCENT.exec(line)?.[1];
  const found = matchLine(PATTERNS, line);
  return percent === undefined ? found : [...found, progress(Number(percent) / 100)];
}

/** @param uploads an upload that ended is what is compared afterwards, and by itself shows nothing. */
function createReader(uploads: boolean): OutputReader {
  return readLines({
    line: (text) => evidenceIn(text).filter((evidence) => !(uploads && evidence.type === 'done')),
    // Only the bar: half of a sentence may read like another one.
    partial: (text) => (PERCENT.test(text) ? evidenceIn(text) : []),
  });
}

export const createDfuUtilReader = (): OutputReader => createReader(false);
const createUploadReader = (): OutputReader => createReader(true);

export interface DfuUtilTarget {
  readonly vid: string;
  readonly pid: string;
  /** The kernel's path of the port, such as `1-2.3`; null where it is not known. */
  readonly path: string | null;
  readonly alt: number;
}

/** An erase of 128 KiB at once takes up to 4 s by the data sheets. */
const SILENCE_MS = 20_000;

function command(
  { vid, pid, path, alt }: DfuUtilTarget,
  args: readonly string[],
  more: Pick<ToolCommand, 'stage' | 'changes' | 'exitCodeTells' | 'createReader'>,
): ToolCommand {
  const at = path === null ? [] : ['-p', path];
  return {
    tool: 'dfuUtil',
    args: ['-a', String(alt), '-d', `,${vid}:${pid}`, ...at, ...args],
    silenceMs: SILENCE_MS,
    ...more,
  };
}

const hex = (address: number) => `0x${address.toString(16).padStart(8, '0')}`;

const WRITES = {
  stage: 'write',
  changes: true,
  exitCodeTells: false,
  createReader: createDfuUtilReader,
} as const;

/** DfuSe: erases the pages that it needs, writes, and stays. */
export function dfuSeWrite(target: DfuUtilTarget, address: number, file: string): ToolCommand {
  return command(target, ['-s', hex(address), '-D', file], { ...WRITES, stage: 'erase' });
}

/** DfuSe: reads so many bytes back into a file, which must not be there yet. */
export function dfuSeRead(
  target: DfuUtilTarget,
  address: number,
  length: number,
  file: string,
): ToolCommand {
  return command(target, ['-s', `${hex(address)}:${length}`, '-U', file], {
    stage: 'verify',
    changes: false,
    exitCodeTells: true,
    createReader: createUploadReader,
  });
}

/** DfuSe: starts what is at the address. */
export function dfuSeLeave(target: DfuUtilTarget, address: number): ToolCommand {
  return command(target, ['-s', `${hex(address)}:leave`], {
    stage: 'restart',
    changes: false,
    exitCodeTells: true,
    createReader: createDfuUtilReader,
  });
}

/** Plain DFU: the loader knows where the image goes. */
export function dfuWrite(target: DfuUtilTarget, reset: boolean, file: string): ToolCommand {
  return command(target, [...(reset ? ['-R'] : []), '-D', file], WRITES);
}

/** Plain DFU: leaves without writing. */
export function dfuDetach(target: DfuUtilTarget): ToolCommand {
  return command(target, ['-e'], {
    stage: 'restart',
    changes: false,
    exitCodeTells: true,
    createReader: createDfuUtilReader,
  });
}
