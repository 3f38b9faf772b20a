/** Devices with a serial port over USB (CDC-ACM, USB-IF's PSTN120): Caterina with AVR109 inside, and firmware. */
import { Avr109, type Avr109Options } from './avr109.ts';
import {
  type Answer,
  DONE,
  endpointDescriptor,
  interfaceDescriptor,
  type Mishap,
  type Setup,
  UsbDevice,
  type UsbIdentity,
} from './usb-device.ts';

const SET_LINE_CODING = 0x20;
const GET_LINE_CODING = 0x21;
const SET_CONTROL_LINES = 0x22;
const TOUCH_BAUD = 1200;

/** Header, call management, abstract control, union of interfaces 0 and 1. */
const FUNCTIONAL = Buffer.from('0524001001' + '0524010001' + '04240206' + '0524060001', 'hex');

abstract class SerialDevice extends UsbDevice {
  #coding = Buffer.from([0, 0xe1, 0, 0, 0, 0, 8]);
  #waiting = Buffer.alloc(0);

  constructor(identity: UsbIdentity, mishap: Mishap = {}, violations: string[] = []) {
    const body = Buffer.concat([
      interfaceDescriptor(0, 1, [2, 2, 1]),
      FUNCTIONAL,
      endpointDescriptor(0x82, 3, 16),
      interfaceDescriptor(1, 2, [0x0a, 0, 0]),
      endpointDescriptor(0x04, 2, 64),
      endpointDescriptor(0x83, 2, 64),
    ]);
    super({ ...identity, deviceClass: [2, 0, 0], interfaces: 2, body }, mishap, violations);
  }

  protected classRequest({ request, value }: Setup, data: Buffer): Answer {
    if (request === SET_LINE_CODING) this.#coding = Buffer.from(data);
    else if (request === GET_LINE_CODING) return this.#coding;
    else if (request === SET_CONTROL_LINES) {
      this.linesChanged(this.#coding.readUInt32LE(0), (value & 1) === 1);
    } else return null;
    return DONE;
  }

  override receive(_endpoint: number, bytes: Buffer): boolean {
    this.#waiting = Buffer.concat([this.#waiting, this.answer(bytes)]);
    return true;
  }

  override send(endpoint: number, length: number): Buffer | null {
    if (endpoint !== 3 || this.#waiting.length === 0) return null;
    const bytes = this.#waiting.subarray(0, length);
    this.#waiting = this.#waiting.subarray(bytes.length);
    return bytes;
  }

  protected linesChanged(_baud: number, _isReady: boolean): void {
    // Only firmware minds.
  }

  protected abstract answer(bytes: Buffer): Buffer;
}

export interface CaterinaOptions extends Mishap, Avr109Options {}

export class CaterinaDevice extends SerialDevice {
  readonly core: Avr109;

  constructor({ pulledAtBlock, ...options }: CaterinaOptions = {}) {
    const core = new Avr109(options);
    super(
      { vid: 0x2341, pid: 0x0036, manufacturer: 'Arduino LLC', product: 'Arduino Leonardo' },
      pulledAtBlock === undefined ? {} : { pulledAtBlock },
      core.violations,
    );
    this.core = core;
    // Other firmware, so that a write without an erase shows.
    core.flash.fill(0x5a, 0, options.bootStart ?? 28 * 1024);
  }

  get flash(): { readonly bytes: Uint8Array } {
    return { bytes: this.core.flash };
  }

  get eeprom(): Uint8Array {
    return this.core.eeprom;
  }

  protected answer(bytes: Buffer): Buffer {
    const answer = this.core.receive(bytes);
    if (this.core.erased) this.beginWork();
    this.blocks = this.core.pagesWritten;
    this.left = this.core.left;
    return answer;
  }
}

/** Firmware with a serial port, which goes over into its bootloader when the port is closed at 1200 baud. */
export class TouchableKeyboard extends SerialDevice {
  protected answer(): Buffer {
    return Buffer.alloc(0);
  }

  protected override linesChanged(baud: number, isReady: boolean): void {
    if (baud === TOUCH_BAUD && !isReady) this.left = true;
  }
}
