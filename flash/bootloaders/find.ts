/** Looks things up in the bootloader table. */
import { findMcu } from './mcus.ts';
import type { Bootloader, BootloaderUsbId } from './schema.ts';
import { BOOTLOADERS } from './table.ts';

/** What a USB device says of itself; ids as four lower-case hexadecimal digits. */
export interface UsbIdentity {
  readonly vid: string;
  readonly pid: string;
  /** bcdDevice, four hexadecimal digits. */
  readonly revision: string;
  readonly product: string | null;
}

export interface BootloaderMatch {
  readonly bootloader: Bootloader;
  readonly id: BootloaderUsbId;
}

/** The entry of that key. @returns null for a key that the table does not have (`custom`, `unknown`). */
export function findBootloader(key: string): Bootloader | null {
  return BOOTLOADERS.find((bootloader) => bootloader.key === key) ?? null;
}

function fits(id: BootloaderUsbId, device: UsbIdentity): boolean {
  if (id.vid !== device.vid || id.pid !== device.pid) return false;
  if (id.revision !== undefined && id.revision !== device.revision) return false;
  if (id.notRevision !== undefined && id.notRevision === device.revision) return false;
  return id.product === undefined || (device.product ?? '').includes(id.product);
}

/** @returns the bootloader that a USB device is; null when it is none that is known. */
export function matchBootloader(device: UsbIdentity): BootloaderMatch | null {
  for (const bootloader of BOOTLOADERS) {
    const id = bootloader.ids.find((one) => fits(one, device));
    if (id !== undefined) return { bootloader, id };
  }
  return null;
}

/** Bytes that a bootloader keeps for itself at the end of a chip's flash. */
export function bootloaderSize(bootloader: Bootloader, mcu: string): number {
  const key = Object.keys(bootloader.size).find((name) => name.toLowerCase() === mcu.toLowerCase());
  return bootloader.size[key ?? '*'] ?? 0;
}

/** The part of a chip's flash that an image may fill. */
export interface FlashRange {
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
}

/** @returns null for a chip that is not in the table. */
export function flashRange(bootloader: Bootloader, mcu: string): FlashRange | null {
  const chip = findMcu(mcu);
  if (chip === null) return null;
  return {
    start: chip.start + bootloader.offset,
    end: chip.start + chip.flashBytes - bootloaderSize(bootloader, mcu),
  };
}

/** Loaders that one cannot tell apart by their ids, or that take the same image in the same way. */
const ALIKE: readonly (readonly string[])[] = [
  ['atmel-dfu', 'lufa-dfu', 'qmk-dfu'],
  ['qmk-hid', 'lufa-hid'],
  // The same keyboard is sold with either chip, and QMK builds for the STM32.
  ['stm32-dfu', 'apm32-dfu'],
];

/** Whether a keyboard whose metadata names `key` may show up as that bootloader. */
export function isCompatible(found: Bootloader, key: string): boolean {
  return found.key === key || ALIKE.some((keys) => keys.includes(found.key) && keys.includes(key));
}
