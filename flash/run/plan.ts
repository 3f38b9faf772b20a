/** Which steps lead to what was asked for, on this very device. Pure: makes command lines and starts nothing. */
import { join } from 'node:path';
import { KilnError } from '../../core/errors.ts';
import { type ImageSegment, imageSize } from '../../core/image/contract.ts';
import { findMcu } from '../bootloaders/mcus.ts';
import type { Bootloader } from '../bootloaders/schema.ts';
import type { RecognisedDevice } from '../devices/recognise.ts';
import { placedSegments } from '../image/check-image.ts';
import { eepromImage, type Hand } from '../image/eeprom-image.ts';
import type { FirmwareImage } from '../image/firmware-image.ts';
import { type AvrdudeTarget, avrdudeWrite } from '../tools/avrdude.ts';
import type { ToolCommand } from '../tools/contract.ts';
import {
  type DfuProgrammerTarget,
  dfuProgrammerEeprom,
  dfuProgrammerErase,
  dfuProgrammerFlash,
  dfuProgrammerReset,
} from '../tools/dfu-programmer.ts';
import {
  type DfuUtilTarget,
  dfuDetach,
  dfuSeLeave,
  dfuSeRead,
  dfuSeWrite,
  dfuWrite,
} from '../tools/dfu-util.ts';
import {
  bootloadHidLeave,
  bootloadHidWrite,
  mdloaderRestart,
  mdloaderWrite,
  wb32Reset,
  wb32Write,
} from '../tools/rare-tools.ts';
import { hidBootloaderWrite, teensyBoot, teensyWrite } from '../tools/teensy-loader.ts';
import type { RunState, StepFacts } from './state.ts';

export type FlashAction = 'flash' | 'clear-eeprom' | 'set-hand' | 'exit';

export type StepWork =
  | { readonly kind: 'tool'; readonly command: ToolCommand }
  /** A tool reads the flash into a file, which is compared. */
  | {
      readonly kind: 'read-back';
      readonly command: ToolCommand;
      readonly file: string;
      readonly expected: Uint8Array;
    }
  | {
      readonly kind: 'copy';
      readonly folder: string;
      readonly name: string;
      readonly eject: boolean;
    };

export interface PlannedStep {
  readonly facts: StepFacts;
  readonly work: StepWork;
}

export interface RunPlan {
  readonly steps: readonly PlannedStep[];
  readonly comparable: boolean;
  readonly goal: RunState['goal'];
  /** Files that the tools read, by absolute path. */
  readonly files: readonly { readonly path: string; readonly content: Uint8Array | string }[];
}

export interface PlanRequest {
  readonly action: FlashAction;
  readonly hand: Hand | null;
  /** Needed to flash, and wherever clearing the EEPROM costs the firmware. */
  readonly image: FirmwareImage | null;
  readonly device: RecognisedDevice;
  readonly bootloader: Bootloader;
  readonly mcu: string | null;
  /** An empty folder of the run's own. */
  readonly folder: string;
  /** What `dfu-programmer --version` prints; of an unknown one, an old one is assumed. */
  readonly dfuProgrammerVersion: string;
}

/** @throws KilnError `flash.unsupported`, `flash.mcu-needed` */
export function planRun(request: PlanRequest): RunPlan {
  switch (request.action) {
    case 'flash':
      return planFlash(request, needImage(request));
    case 'exit':
      return planExit(request);
    case 'clear-eeprom':
    case 'set-hand':
      return planEeprom(request);
  }
}

function unsupported({ bootloader }: PlanRequest, what: string): KilnError {
  return new KilnError('flash.unsupported', `${bootloader.name} ${what}.`);
}

function needImage({ image }: PlanRequest): FirmwareImage {
  if (image !== null) return image;
  throw new KilnError('flash.unsupported', 'There is no image to write.', {
    remedy: 'Name an image, or the job that built one.',
  });
}

/** What a tool step is, from its command. */
function toolStep(command: ToolCommand, more: Partial<StepFacts> = {}): PlannedStep {
  const { stage, changes, exitCodeTells } = command;
  return {
    facts: {
      stage,
      writesFlash: changes && stage !== 'erase',
      erases: stage === 'erase',
      cancelable: false,
      exitCodeTells,
      // Leaving is answered by nobody: whether it worked shows by who comes back.
      optional: stage === 'restart',
      ...more,
    },
    work: { kind: 'tool', command },
  };
}

function planFlash(request: PlanRequest, image: FirmwareImage): RunPlan {
  const { bootloader, folder } = request;
  const file = join(folder, `image.${image.format}`);
  return {
    steps: flashSteps(request, image, file),
    comparable: bootloader.verify !== 'none',
    goal: 'firmware',
    files: [{ path: file, content: image.content }],
  };
}

function flashSteps(request: PlanRequest, image: FirmwareImage, file: string): PlannedStep[] {
  const { bootloader } = request;
  const { flasher } = bootloader;
  switch (flasher.tool) {
    case 'dfu-programmer': {
      const target = dfuProgrammerTarget(request);
      return [
        toolStep(dfuProgrammerErase(target)),
        toolStep(dfuProgrammerFlash(target, file)),
        toolStep(dfuProgrammerReset(target)),
      ];
    }
    case 'avrdude':
      return [toolStep(avrdudeWrite(avrdudeTarget(request, flasher.programmer), 'flash', file))];
    case 'dfu-util':
      return dfuUtilSteps(request, image, file);
    case 'teensy_loader_cli':
      return [toolStep(teensyWrite(teensyName(request), file))];
    case 'hid_bootloader_cli':
      return [toolStep(hidBootloaderWrite(needMcu(request), file))];
    case 'bootloadHID':
      return [toolStep(bootloadHidWrite(file))];
    case 'wb32-dfu-updater_cli':
      return [toolStep(wb32Write(flasher.address, image.format, file)), toolStep(wb32Reset())];
    case 'mdloader':
      return [toolStep(mdloaderWrite(needPort(request), file))];
    case 'uf2-copy':
      return [copyStep(request, 'NEW.UF2', false)];
    case 'flash-bin-copy':
      return [copyStep(request, 'FLASH.BIN', true)];
    case 'none':
      throw unsupported(request, `cannot be flashed by Kiln: ${flasher.reason}`);
  }
}

/** DfuSe needs its own comparison: dfu-util has none. */
function dfuUtilSteps(request: PlanRequest, image: FirmwareImage, file: string): PlannedStep[] {
  const { flasher } = request.bootloader;
  if (flasher.tool !== 'dfu-util') return [];
  const target = dfuUtilTarget(request, flasher.alt);
  if (flasher.address === null) return [toolStep(dfuWrite(target, flasher.reset, file))];
  const { address } = flasher;
  const expected = joined(placedSegments(image, request));
  const back = join(request.folder, 'read-back.bin');
  const command = dfuSeRead(target, address, imageSize([{ address, bytes: expected }]), back);
  const readBack: PlannedStep = {
    facts: { ...toolStep(command).facts, writesFlash: false, cancelable: true, optional: true },
    work: { kind: 'read-back', command, file: back, expected },
  };
  return [
    toolStep(dfuSeWrite(target, address, file), { writesFlash: true, erases: false }),
    ...(flasher.readsBack ? [readBack] : []),
    toolStep(dfuSeLeave(target, address)),
  ];
}

function joined(segments: readonly ImageSegment[]): Uint8Array {
  return Buffer.concat(segments.map(({ bytes }) => bytes));
}

function copyStep({ device }: PlanRequest, name: string, eject: boolean): PlannedStep {
  const mount = device.attached.volumes.find((volume) => volume.mount !== null)?.mount;
  if (mount == null) {
    throw new KilnError('flash.no-bootloader', 'The volume of the keyboard is not mounted.');
  }
  return {
    facts: {
      stage: 'write',
      writesFlash: true,
      erases: false,
      cancelable: false,
      exitCodeTells: false,
      optional: false,
    },
    work: { kind: 'copy', folder: mount, name, eject },
  };
}

function planExit(request: PlanRequest): RunPlan {
  const { bootloader } = request;
  if (bootloader.leave !== 'command') {
    throw unsupported(
      request,
      bootloader.leave === 'wait'
        ? 'leaves by itself after some seconds: wait for it'
        : 'cannot be left by a command: unplug the keyboard and plug it in again',
    );
  }
  return {
    steps: [toolStep(exitCommand(request))],
    comparable: false,
    goal: 'settings',
    files: [],
  };
}

function exitCommand(request: PlanRequest): ToolCommand {
  const { flasher } = request.bootloader;
  switch (flasher.tool) {
    case 'dfu-programmer':
      return dfuProgrammerReset(dfuProgrammerTarget(request));
    case 'dfu-util': {
      const target = dfuUtilTarget(request, flasher.alt);
      return flasher.address === null ? dfuDetach(target) : dfuSeLeave(target, flasher.address);
    }
    case 'teensy_loader_cli':
      return teensyBoot(teensyName(request));
    case 'bootloadHID':
      return bootloadHidLeave();
    case 'wb32-dfu-updater_cli':
      return wb32Reset();
    case 'mdloader':
      return mdloaderRestart(needPort(request));
    default:
      throw unsupported(request, 'cannot be left by a command');
  }
}

function planEeprom(request: PlanRequest): RunPlan {
  const { bootloader, folder, action } = request;
  const hand = action === 'set-hand' ? request.hand : null;
  if (action === 'set-hand' && hand === null) {
    throw new KilnError('flash.unsupported', 'Say which hand this half is for: left or right.');
  }
  const file = join(folder, 'settings.eep');
  const files = [{ path: file, content: eepromImage(hand) }];
  const inEeprom = { writesFlash: false };
  const { flasher } = bootloader;
  if (bootloader.eeprom === 'not-from-here' || bootloader.eeprom === 'cleared-on-entry') {
    throw unsupported(
      request,
      bootloader.eeprom === 'cleared-on-entry'
        ? 'cleared the settings when it was entered'
        : 'cannot reach the settings: map the key EE_CLR, or hold the boot magic key while plugging in',
    );
  }
  if (flasher.tool === 'avrdude') {
    const target = avrdudeTarget(request, flasher.programmer);
    const step = toolStep(avrdudeWrite(target, 'eeprom', file), inEeprom);
    return { steps: [step], comparable: false, goal: 'settings', files };
  }
  const target = dfuProgrammerTarget(request);
  const eeprom = toolStep(dfuProgrammerEeprom(target, file), inEeprom);
  const reset = toolStep(dfuProgrammerReset(target));
  if (bootloader.eeprom === 'tool') {
    return { steps: [eeprom, reset], comparable: false, goal: 'settings', files };
  }
  if (request.image === null) {
    throw new KilnError(
      'flash.unsupported',
      `${bootloader.name} erases the firmware when it clears the settings, so it has to be written again.`,
      { remedy: 'Name the image to write afterwards.' },
    );
  }
  const flash = planFlash(request, request.image);
  const [erase, ...rest] = flash.steps;
  const steps = erase === undefined ? rest : [erase, eeprom, ...rest];
  return { ...flash, steps, files: [...flash.files, ...files] };
}

function needMcu({ mcu, bootloader }: PlanRequest): string {
  const chip = mcu ?? (bootloader.mcus.length === 1 ? bootloader.mcus[0] : undefined);
  if (chip !== undefined) return chip;
  throw new KilnError('flash.mcu-needed', `${bootloader.name} does not tell which chip it is on.`);
}

function needPort({ device }: PlanRequest): string {
  const port = device.attached.ports[0]?.path;
  if (port !== undefined) return port;
  throw new KilnError('flash.no-bootloader', 'The serial port of the keyboard is not there.');
}

function teensyName(request: PlanRequest): string {
  const mcu = needMcu(request);
  const name = findMcu(mcu)?.teensy;
  if (name !== undefined) return name;
  throw new KilnError('flash.mcu-needed', `${mcu} is on no Teensy.`);
}

function avrdudeTarget(
  request: PlanRequest,
  programmer: AvrdudeTarget['programmer'],
): AvrdudeTarget {
  const mcu = needMcu(request);
  const isSerial = request.bootloader.appears === 'serial';
  return {
    programmer,
    part: findMcu(mcu)?.avrdude ?? mcu,
    port: isSerial ? needPort(request) : null,
  };
}

function dfuProgrammerTarget(request: PlanRequest): DfuProgrammerTarget {
  const { usb } = request.device.attached;
  return {
    mcu: needMcu(request).toLowerCase(),
    at: usb?.bus == null || usb.address === null ? null : { bus: usb.bus, address: usb.address },
    version: request.dfuProgrammerVersion,
  };
}

function dfuUtilTarget({ device, bootloader }: PlanRequest, alt: number): DfuUtilTarget {
  const { usb } = device.attached;
  const known = bootloader.ids[0];
  return {
    vid: usb?.vid ?? known?.vid ?? '',
    pid: usb?.pid ?? known?.pid ?? '',
    // Where the system does not count as libusb does, its path means nothing to dfu-util.
    path: usb?.bus == null ? null : usb.path,
    alt,
  };
}
