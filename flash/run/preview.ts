/** What a run would find, said before it is started: nobody should learn of a mismatch from a run that failed. Pure. */
import { findBootloader, flashRange } from '../bootloaders/find.ts';
import type { Bootloader } from '../bootloaders/schema.ts';
import type { RecognisedDevice } from '../devices/recognise.ts';
import { checkImage, type Finding, type KeyboardFacts } from '../image/check-image.ts';
import { fittingDevices } from './choose-device.ts';
import type { FlashRequest } from './request.ts';

export interface FlashPreview {
  /** The one that would be taken if the run began now; null while none or several fit. */
  readonly device: RecognisedDevice | null;
  /** Of the device, or else the one that the keyboard is known to have. */
  readonly bootloader: Bootloader | null;
  readonly mcu: string | null;
  /** Bytes that an image may fill; null where the chip is not known. */
  readonly room: number | null;
  readonly findings: readonly Finding[];
  /** The name to type for a flash in spite of a mismatch; null where nothing has to be typed. */
  readonly confirm: string | null;
}

/** The chip that metadata names, if the bootloader runs on it. */
export function processorOf(
  { keyboard, builtFor }: Pick<FlashRequest, 'keyboard' | 'builtFor'>,
  { mcus }: Bootloader,
): string | null {
  const named = keyboard?.processor ?? builtFor?.processor ?? null;
  if (named === null) return mcus.length === 1 ? (mcus[0] ?? null) : null;
  return mcus.find((mcu) => mcu.toLowerCase() === named.toLowerCase()) ?? null;
}

/** What has to be typed against a mismatch. */
export function nameToType(
  keyboard: KeyboardFacts | null,
  builtFor: KeyboardFacts | null,
  bootloader: Bootloader,
): string {
  return keyboard?.name ?? builtFor?.name ?? bootloader.name;
}

/** @param devices what is attached now */
export function previewRun(
  request: FlashRequest,
  devices: readonly RecognisedDevice[],
): FlashPreview {
  const { image, keyboard, builtFor } = request;
  const fitting = fittingDevices(devices, request);
  const device = fitting.length === 1 ? (fitting[0] ?? null) : null;
  const key = request.bootloader ?? keyboard?.bootloader ?? null;
  const bootloader = device?.bootloader ?? (key === null ? null : findBootloader(key));
  if (bootloader === null) {
    return { device, bootloader, mcu: null, room: null, findings: [], confirm: null };
  }
  const mcu = device?.mcu ?? request.mcu ?? processorOf(request, bootloader);
  const range = mcu === null ? null : flashRange(bootloader, mcu);
  const room = range === null ? null : range.end - range.start;
  const usb = device?.attached.usb ?? null;
  const mcuIsCertain = device !== null && device.mcu !== null;
  const findings =
    image === null
      ? []
      : checkImage(image, { bootloader, usb, mcu, mcuIsCertain, keyboard, builtFor });
  const asks = findings.some(({ severity }) => severity === 'mismatch');
  return {
    device,
    bootloader,
    mcu,
    room,
    findings,
    confirm: asks ? nameToType(keyboard, builtFor, bootloader) : null,
  };
}
