/** What a flash run is asked for. */
import type { KeyboardFacts } from '../image/check-image.ts';
import type { Hand } from '../image/eeprom-image.ts';
import type { FirmwareImage } from '../image/firmware-image.ts';
import type { FlashAction } from './plan.ts';

/** What somebody asks for. */
export interface FlashRequest {
  readonly action: FlashAction;
  readonly hand: Hand | null;
  readonly image: FirmwareImage | null;
  /** The keyboard that the image was built for, when a job built it. */
  readonly builtFor: KeyboardFacts | null;
  /** The keyboard that a person says it is; `usb` is what it shows while its firmware runs. */
  readonly keyboard: (KeyboardFacts & { readonly usb: UsbId | null }) | null;
  /** The device's `id` or `instance`; null to take the only one that fits, or to wait for it. */
  readonly device: string | null;
  readonly bootloader: string | null;
  /** Overrides what is known of the chip. */
  readonly mcu: string | null;
  /** What a person typed to flash in spite of a mismatch. */
  readonly confirmation: string | null;
  /** How long to wait for the bootloader. */
  readonly waitMs: number;
}

interface UsbId {
  readonly vid: string;
  readonly pid: string;
}
