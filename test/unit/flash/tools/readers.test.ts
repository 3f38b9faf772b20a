/** Tools' output: recorded where test/fixtures/flash/logs has it, else transcribed from the tools' sources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAvrdudeReader } from '../../../../flash/tools/avrdude.ts';
import type { Evidence, OutputReader } from '../../../../flash/tools/contract.ts';
import { createDfuProgrammerReader } from '../../../../flash/tools/dfu-programmer.ts';
import { createDfuUtilReader, dfuSeRead } from '../../../../flash/tools/dfu-util.ts';
import {
  createBootloadHidReader,
  createMdloaderReader,
  createWb32Reader,
} from '../../../../flash/tools/rare-tools.ts';
import { createTeensyReader } from '../../../../flash/tools/teensy-loader.ts';

const LOGS = join(import.meta.dirname, '../../../fixtures/flash/logs');
const recorded = (name: string) => readFileSync(join(LOGS, name), 'utf8');

/** What a whole output shows, read in pieces of so many characters; progress left out. */
function shown(reader: OutputReader, text: string, piece = 7): readonly string[] {
  const evidence: Evidence[] = [];
  for (let at = 0; at < text.length; at += piece) {
    evidence.push(...reader.read(text.slice(at, at + piece)));
  }
  evidence.push(...reader.read('\n'));
  return evidence.flatMap((one) => {
    if (one.type === 'progress') return [];
    return [one.type === 'stage' ? one.stage : one.type === 'done' ? one.what : one.failure];
  });
}

function fractions(reader: OutputReader, text: string): readonly number[] {
  return [...text].flatMap((letter) =>
    reader.read(letter).flatMap((one) => (one.type === 'progress' ? [one.fraction] : [])),
  );
}

describe('avrdude 7.1, recorded', () => {
  it.each([
    ['good', ['erase', 'write', 'written', 'verify', 'verified']],
    ['mismatch', ['erase', 'write', 'written', 'verify', 'verify-failed', 'verify-failed']],
    ['wrong-chip', ['wrong-chip']],
    ['no-port', ['port-unavailable', 'port-unavailable']],
  ])('with the outcome %s', (name, wanted) => {
    const text = recorded(`avrdude-7.1-${name}.txt`);
    for (const piece of [1, 7, 4096]) {
      expect(shown(createAvrdudeReader(), text, piece)).toEqual(wanted);
    }
  });

  it('shows progress from its bars', () => {
    const seen = fractions(createAvrdudeReader(), recorded('avrdude-7.1-good.txt'));
    expect(seen.length).toBeGreaterThan(50);
    expect(seen).toContain(0.5);
    expect(Math.max(...seen)).toBe(1);
  });
});

describe('avrdude of other versions, transcribed', () => {
  it.each([
    ['avrdude: 22172 bytes of flash verified', ['verified']],
    ['avrdude: verification error, first mismatch at byte 0x0000', ['verify-failed']],
    ['avrdude: ser_open(): can\'t open device "/dev/ttyACM0": No such file', ['port-unavailable']],
    ['avrdude OS error: cannot open port /dev/ttyACM0: Permission denied', ['no-access']],
    ['1 byte of eeprom verified', ['verified']],
    ['avrdude: error: could not find USB device with vid=0x16c0 pid=0x5dc', ['no-device']],
  ])('%s', (line, wanted) => {
    expect(shown(createAvrdudeReader(), line)).toEqual(wanted);
  });
});

describe('dfu-programmer', () => {
  it('0.6.1 without a device, recorded', () => {
    const text = recorded('dfu-programmer-0.6.1-no-device.txt');
    expect(shown(createDfuProgrammerReader(), text)).toEqual(['no-device']);
  });

  it.each([
    ['0.6.1, good', 'Validating...\n22172 bytes used (77.33%)\n', ['verify', 'verified']],
    [
      '0.6.1, not erased',
      'Validating...\nFlash did not validate. Did you erase first?\n',
      ['verify', 'verify-failed'],
    ],
    ['0.6.1, locked', 'Error while flashing.\n', ['write-failed']],
    ['0.6.1, too big', 'Bootloader and code overlap.\n', ['image-refused']],
    [
      '1.1.0, erase',
      'Erasing flash...  Success\nChecking memory from 0x0 to 0x6FFF...  Empty.\n',
      ['erased'],
    ],
    [
      '1.1.0, flash',
      'Checking memory from 0x0 to 0x57FF...  Empty.\n0%                            100%  Programming 0x5700 bytes...\n[>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>]  Success\n0%                            100%  Reading 0x7000 bytes...\n[>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>]  Success\nValidating...  Success\n0x5700 bytes written into 0x7000 bytes memory (77.68%).\n',
      ['write', 'verified', 'verified'],
    ],
    [
      '1.1.0, wrong',
      'Validating...  FAIL\nMemory did not validate. Did you erase?\n',
      ['verify', 'verify-failed'],
    ],
    ['usage', 'Usage: dfu-programmer target[:usb-bus,usb-addr] command\n', ['usage']],
  ])('%s, transcribed', (_, text, wanted) => {
    expect(shown(createDfuProgrammerReader(), text)).toEqual(wanted);
  });
});

describe('dfu-util', () => {
  it('0.11 without a device, recorded', () => {
    const text = recorded('dfu-util-0.11-no-device.txt');
    expect(shown(createDfuUtilReader(), text)).toEqual(['no-device']);
  });

  const DOWNLOAD = [
    'Downloading element to address = 0x08000000, size = 68840',
    '\rErase   \t[                         ]   0%            0 bytes\rErase   \t[=========================] 100%        68840 bytes',
    'Erase    done.',
    '\rDownload\t[====                     ]  19%        13312 bytes\rDownload\t[=========================] 100%        68840 bytes',
    'Download done.',
    'File downloaded successfully',
  ].join('\n');

  it('0.11, a DfuSe download, transcribed', () => {
    const seen = shown(createDfuUtilReader(), DOWNLOAD);
    expect(seen.filter((one, index) => one !== seen[index - 1])).toEqual([
      'write',
      'erase',
      'erased',
      'write',
      'written',
    ]);
    expect(fractions(createDfuUtilReader(), DOWNLOAD)).toContain(0.19);
  });

  it.each([
    ['Cannot open DFU device 0483:df11 found on devnum 5 (LIBUSB_ERROR_ACCESS)', ['no-access']],
    ["More than one DFU capable USB device found! Try `--list'", ['several-devices']],
    ['Last page at 0x08020000 is not writeable', ['image-refused']],
    ['Error: File ID 0483:df11 does not match device (314b:0106 or 314b:0106)', ['wrong-chip']],
    ['Error during download get_status (LIBUSB_ERROR_NO_DEVICE)', ['device-lost']],
  ])('%s, transcribed', (line, wanted) => {
    expect(shown(createDfuUtilReader(), line)).toEqual(wanted);
  });

  it('that has read the flash has shown nothing yet: the comparison is ours', () => {
    const command = dfuSeRead(
      { vid: '0483', pid: 'df11', path: '1-1', alt: 0 },
      0x0800_0000,
      9,
      'f',
    );
    const text = '\rUpload\t\t[=========================] 100%      68840 bytes\nUpload done.\n';
    expect(shown(command.createReader(), text)).not.toContain('verified');
  });
});

describe('teensy_loader_cli', () => {
  it('2.2 without a device, recorded', () => {
    const text = recorded('teensy_loader_cli-2.2-no-device.txt');
    expect(shown(createTeensyReader(), text)).toContain('no-device');
  });

  it('2.2, good, transcribed', () => {
    const text = `Teensy Loader, Command Line, Version 2.2\nRead "image.hex": 1280 bytes, 4.0% usage\nFound HalfKay Bootloader\nProgramming..........\nBooting\n`;
    const seen = shown(createTeensyReader(), text);
    expect(seen.filter((one, index) => one !== seen[index - 1])).toEqual([
      'write',
      'written',
      'restarted',
    ]);
    expect(fractions(createTeensyReader(), text).at(-1)).toBe(1);
  });

  it('that sent not one block has written nothing', () => {
    expect(shown(createTeensyReader(), 'Programming\nBooting\n')).not.toContain('written');
  });
});

describe('the rare tools, transcribed', () => {
  it('bootloadHID has written when its last block was sent', () => {
    const start = 'Page size   = 128 (0x80)\nUploading 256 (0x100) bytes starting at 0 (0x0)\n';
    const half = `${start}\r0x00000 ... 0x00080`;
    expect(shown(createBootloadHidReader(), half)).toEqual(['write']);
    expect(shown(createBootloadHidReader(), `${half}\r0x00080 ... 0x00100\n`)).toContain('written');
    const none = 'Error opening HIDBoot device: The specified device was not found\n';
    expect(shown(createBootloadHidReader(), none)).toEqual(['no-device']);
  });

  it('wb32-dfu-updater_cli has written when it says so', () => {
    const text = 'Start Download ...\nWriting ...\nOK\nDownload completed!\n';
    expect(shown(createWb32Reader(), text)).toEqual(['write', 'written']);
    expect(shown(createWb32Reader(), 'No DFU capable USB device available\n')).toEqual([
      'no-device',
    ]);
  });

  it('mdloader has written when it says so', () => {
    expect(shown(createMdloaderReader(), 'Writing firmware... Complete!\n')).toEqual(['written']);
    expect(shown(createMdloaderReader(), 'Error: Could not open port! (Correct port?)\n')).toEqual([
      'port-unavailable',
    ]);
  });
});

describe('any output at all', () => {
  const readers = {
    avrdude: createAvrdudeReader,
    dfuProgrammer: createDfuProgrammerReader,
    dfuUtil: createDfuUtilReader,
    teensy: createTeensyReader,
    bootloadHid: createBootloadHidReader,
    wb32: createWb32Reader,
    mdloader: createMdloaderReader,
  };

  it.each(Object.entries(readers))(
    'is read by the reader of %s, whose progress stays within 0 and 1',
    (_, create) => {
      const words = fc.constantFrom(
        'Writing | ',
        '####',
        'Programming',
        '....',
        'Download\t[=',
        ']  150%',
        '\r',
        '\n',
        '0x00 ... 0xff',
        'Read "x": 0 bytes,',
        '[>>>>',
      );
      fc.assert(
        fc.property(
          fc.array(fc.oneof(words, fc.string({ maxLength: 30 })), { maxLength: 40 }),
          (pieces) => {
            const reader = create();
            for (const piece of pieces) {
              for (const one of reader.read(piece)) {
                if (one.type !== 'progress') continue;
                expect(one.fraction).toBeGreaterThanOrEqual(0);
                expect(one.fraction).toBeLessThanOrEqual(1);
              }
            }
          },
        ),
      );
    },
  );
});
