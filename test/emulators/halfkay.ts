/**
 * HalfKay, the Teensy's bootloader, as PJRC's published command line loader speaks to it: each report is a block of 128
 * bytes behind its address, the first one erases the chip, and the address 0xffff starts the firmware. A Teensy 2.0.
 */
import { HidDevice } from './hid.ts';
import { type Answer, DONE, type Mishap, StrictFlash } from './usb-device.ts';

export interface HalfKayOptions extends Mishap {
  readonly serial?: string;
}

const FLASH = 32 * 1024;
const BOOT_START = FLASH - 512;
const BLOCK = 128;
const START_FIRMWARE = 0xffff;

/** Usage page FF9C, usage 1B: by it PJRC's loaders know the ATmega32U4. */
const REPORT = Buffer.from('069cff091ba1010a1900150026ff0075089582810200c0', 'hex');

export class HalfKayDevice extends HidDevice {
  readonly flash: StrictFlash;

  constructor({ serial = '000D5A11', ...mishap }: HalfKayOptions = {}) {
    const identity = { vid: 0x16c0, pid: 0x0478, manufacturer: 'PJRC', product: 'HalfKay', serial };
    super(identity, REPORT, mishap);
    this.flash = new StrictFlash(FLASH, this.violations);
  }

  protected override setReport(data: Buffer): Answer {
    if (data.length !== BLOCK + 2) {
      this.violations.push(`a report of ${data.length} bytes`);
      return null;
    }
    const address = data.readUInt16LE(0);
    if (address === START_FIRMWARE) {
      this.left = true;
      return DONE;
    }
    this.beginWork();
    if (address === 0) this.flash.erase(0, BOOT_START);
    if (address % BLOCK !== 0) this.violations.push(`a block in a page, at ${address}`);
    if (address + BLOCK > BOOT_START) {
      this.violations.push(`wrote into the bootloader, at ${address}`);
      return null;
    }
    this.flash.program(address, data.subarray(2));
    this.blocks += 1;
    return DONE;
  }
}
