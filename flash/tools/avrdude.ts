/**
 * avrdude: Caterina (AVR109 over a serial port) and the USBasp family. It erases, writes and reads back in one call,
 * and checks the chip's signature before it changes anything. Words: recorded from 7.1; those of 6.3 and 8.0 from their
 * sources.
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
  [/erasing chip/i, stage('erase')],
  [/writing (?:\d+ bytes )?(?:\w+ )?(?:flash|eeprom)/i, stage('write')],
  [/\d+ bytes? of (?:flash|eeprom) written/, done('written')],
  [/verifying \w+ memory|load data flash data|reading on-chip/i, stage('verify')],
  [/\d+ bytes? of (?:flash|eeprom) verified/, done('verified')],
  [/verification (?:error|mismatch)|content mismatch/i, failed('verify-failed')],
  [
    /expected signature for|invalid device signature|doesn't match.*signature/i,
    failed('wrong-chip'),
  ],
  [/cannot open port .*(?:permission denied)/i, failed('no-access')],
  [
    /can(?:not|'t) open (?:port|device)|unable to open (?:port|programmer)/i,
    failed('port-unavailable'),
  ],
  [/could not find USB device|cannot find USB device|no usb device found/i, failed('no-device')],
  [/programmer is not responding|butterfly_recv|initialization failed/i, failed('no-device')],
  [/address .* out of range|larger than|exceeds? .*(?:flash|memory)/i, failed('image-refused')],
  [/cannot open .*file|unable to open .*input|cannot read/i, failed('usage')],
  [
    /write operation not supported|failed to write|cannot write|write error/i,
    failed('write-failed'),
  ],
];

/** `Writing | ####      ` grows by one mark for each fiftieth. */
const BAR = /^(?:Writing|Reading|Erasing) \| (#*)/;
const BAR_MARKS = 50;

export function createAvrdudeReader(): OutputReader {
  return readLines({
    line: (text) => matchLine(PATTERNS, text),
    partial(text) {
      const marks = BAR.exec(text)?.[1]?.length;
      return marks === undefined ? [] : [progress(marks / BAR_MARKS)];
    },
  });
}

export interface AvrdudeTarget {
  readonly programmer: 'avr109' | 'usbasp' | 'usbtiny' | 'avrisp';
  /** avrdude's name of the chip. */
  readonly part: string;
  /** Serial port; null for programmers on USB, of which avrdude cannot tell two apart. */
  readonly port: string | null;
}

/** Ten times what the slowest page took in the lab. */
const SILENCE_MS = 10_000;
/** It reads a configuration of half a megabyte before it says a word, which takes a busy machine seconds. */
const FIRST_WORD_MS = 30_000;

function command(target: AvrdudeTarget, rest: readonly string[]): ToolCommand {
  const port = target.port === null ? [] : ['-P', target.port];
  return {
    tool: 'avrdude',
    args: ['-p', target.part, '-c', target.programmer, ...port, ...rest],
    stage: 'write',
    changes: true,
    silenceMs: SILENCE_MS,
    firstWordMs: FIRST_WORD_MS,
    exitCodeTells: false,
    createReader: createAvrdudeReader,
  };
}

/** @param file Intel HEX, an absolute path: `:` separates the parts of `-U` only from the right. */
export function avrdudeWrite(
  target: AvrdudeTarget,
  memory: 'flash' | 'eeprom',
  file: string,
): ToolCommand {
  return command(target, ['-U', `${memory}:w:${file}:i`]);
}
