/**
 * Three tools for few keyboards, none of which Debian has: bootloadHID (PS2AVRGB), wb32-dfu-updater_cli (WB32) and
 * mdloader (first Drop boards). None compares what it wrote. Words: from their sources (bootloadHID 2012-12-08,
 * wb32-dfu-updater 1.0, mdloader 1.06).
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

const BOOTLOAD_HID: LinePatterns = [
  [/Error opening HIDBoot device/, failed('no-device')],
  [/Uploading \d+ .*bytes/, stage('write')],
  [/exceeds|too large|Data \(.*\) exceeds/, failed('image-refused')],
  [/Error uploading data block/, failed('write-failed')],
  [/error opening|Error in .*hex/i, failed('usage')],
];

/** `0x00080 ... 0x00100`, over and over in one line; the last of all is the end of the image. */
const BLOCK = /^0x([0-9a-f]+) \.\.\. 0x([0-9a-f]+)/i;
const UPLOADING = /Uploading (\d+) .*bytes starting at (\d+)/;

export function createBootloadHidReader(): OutputReader {
  let end = 0;
  const block = (text: string): readonly Evidence[] => {
    const to = BLOCK.exec(text)?.[2];
    if (to === undefined || end === 0) return [];
    const reached = Number.parseInt(to, 16);
    return reached >= end ? [progress(1), done('written')] : [progress(reached / end)];
  };
  return readLines({
    line(text) {
      const [, size, start] = UPLOADING.exec(text) ?? [];
      if (size !== undefined) end = Number(size) + Number(start);
      return [...matchLine(BOOTLOAD_HID, text), ...block(text)];
    },
    partial: block,
  });
}

export function bootloadHidWrite(file: string): ToolCommand {
  return {
    tool: 'bootloadHid',
    // -r: leave afterwards.
    args: ['-r', file],
    stage: 'write',
    changes: true,
    silenceMs: 15_000,
    exitCodeTells: false,
    createReader: createBootloadHidReader,
  };
}

export function bootloadHidLeave(): ToolCommand {
  return {
    ...bootloadHidWrite(''),
    args: ['-r'],
    stage: 'restart',
    changes: false,
    exitCodeTells: true,
  };
}

const WB32: LinePatterns = [
  [/No DFU capable USB device/, failed('no-device')],
  [/LIBUSB_ERROR_ACCESS|Cannot open device|Cannot Claim/, failed('no-access')],
  [/More than one DFU capable/, failed('several-devices')],
  [/out of flash address range|Unknown Chip/, failed('image-refused')],
  [/read protection mode/, failed('locked')],
  [/^Writing \.\.\./, stage('write')],
  [/^Download completed!/, done('written')],
  [/^Reset device completed!/, done('restarted')],
];

export const createWb32Reader = (): OutputReader =>
  readLines({ line: (text) => matchLine(WB32, text) });

const WB32_COMMON = {
  tool: 'wb32Updater',
  // It shows no progress: a whole image may pass in silence.
  silenceMs: 60_000,
  createReader: createWb32Reader,
} as const;

export function wb32Write(address: number, format: string, file: string): ToolCommand {
  const at = format === 'bin' ? ['-s', `0x${address.toString(16).padStart(8, '0')}`] : [];
  return {
    ...WB32_COMMON,
    args: ['-t', ...at, '-D', file],
    stage: 'write',
    changes: true,
    exitCodeTells: false,
  };
}

export function wb32Reset(): ToolCommand {
  return { ...WB32_COMMON, args: ['-R'], stage: 'restart', changes: false, exitCodeTells: true };
}

const MDLOADER: LinePatterns = [
  [/Could not open port|Could not configure port/, failed('port-unavailable')],
  [/Could not communicate with device|Could not find a valid device/, failed('no-device')],
  [/Could not find matching device ID/, failed('wrong-chip')],
  [
    /write to bootloader section|outside memory bounds|Could not parse file/,
    failed('image-refused'),
  ],
  [/applet file|Applet .*(?:error|empty|too small|not found)/i, failed('usage')],
  [/Failed write|failed write|Sent bytes != written/, failed('write-failed')],
  [/Writing firmware\.\.\..*Complete!|^Complete!/, done('written')],
  [/^Writing firmware/, stage('write')],
];

export const createMdloaderReader = (): OutputReader =>
  readLines({ line: (text) => matchLine(MDLOADER, text) });

const MDLOADER_COMMON = {
  tool: 'mdloader',
  // The part of it that runs on the chip.
  beside: ['applet-mdflash.bin'],
  silenceMs: 60_000,
  createReader: createMdloaderReader,
} as const;

/** With the port given, it opens no other one. */
export function mdloaderWrite(port: string, file: string): ToolCommand {
  return {
    ...MDLOADER_COMMON,
    args: ['-p', port, '-D', file, '--restart'],
    stage: 'write',
    changes: true,
    exitCodeTells: false,
  };
}

export function mdloaderRestart(port: string): ToolCommand {
  return {
    ...MDLOADER_COMMON,
    args: ['-p', port, '--restart'],
    stage: 'restart',
    changes: false,
    exitCodeTells: true,
  };
}
