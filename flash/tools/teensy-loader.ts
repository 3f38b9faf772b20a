/**
 * teensy_loader_cli for HalfKay, and hid_bootloader_cli, which was made from it, for LUFA's and QMK's HID loader.
 * Neither loader can be read back. Words: from the sources of 2.2 and 2.3, and of LUFA 210130. The two say the same for
 * a device that is not there and one that may not be opened, and cannot tell two devices apart.
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
  [/Unable to open device/, failed('no-device')],
  [/unable to open|Unable to claim interface/, failed('no-access')],
  [/error reading intel hex file|HEX parse error/, failed('usage')],
  [/Unknown MCU|No MCU specified|Unknown option|Unknown flag/, failed('usage')],
  [/error writing to Teensy/, failed('write-failed')],
  [/^Programming\.*$/, done('written')],
  [/^Booting/, done('restarted')],
];

const BYTES = /^Read ".*": (\d+) bytes/;

/** @param blockSize bytes that each dot stands for. */
function createReader(blockSize: number): OutputReader {
  let bytes = 0;
  return readLines({
    line(text): readonly Evidence[] {
      const size = BYTES.exec(text)?.[1];
      if (size !== undefined) bytes = Number(size);
      // Without a single dot, nothing was sent.
      if (text === 'Programming') return [];
      return matchLine(PATTERNS, text);
    },
    partial(text): readonly Evidence[] {
      const dots = /^Programming(\.*)$/.exec(text)?.[1]?.length;
      if (dots === undefined) return [];
      const share = bytes === 0 ? 0 : (dots * blockSize) / bytes;
      return [stage('write'), progress(share)];
    },
  });
}

/** The block of the AVR parts; on ARM the bar is only quicker at its end. */
export const createTeensyReader = (): OutputReader => createReader(128);

/** A Teensy erases its whole flash at the first block. */
const SILENCE_MS = 20_000;

function command(
  tool: 'teensyLoader' | 'hidBootloader',
  args: readonly string[],
  more: Pick<ToolCommand, 'stage' | 'changes' | 'exitCodeTells'>,
): ToolCommand {
  return { tool, args, silenceMs: SILENCE_MS, createReader: createTeensyReader, ...more };
}

/** @param mcu the loader's own name: `TEENSY2`. */
export function teensyWrite(mcu: string, file: string): ToolCommand {
  return command('teensyLoader', [`--mcu=${mcu}`, '-v', file], {
    stage: 'write',
    changes: true,
    exitCodeTells: false,
  });
}

export function teensyBoot(mcu: string): ToolCommand {
  return command('teensyLoader', [`--mcu=${mcu}`, '-b', '-v'], {
    stage: 'restart',
    changes: false,
    exitCodeTells: true,
  });
}

/** @param mcu QMK's name of the chip. */
export function hidBootloaderWrite(mcu: string, file: string): ToolCommand {
  return command('hidBootloader', [`-mmcu=${mcu}`, '-v', file], {
    stage: 'write',
    changes: true,
    exitCodeTells: false,
  });
}
