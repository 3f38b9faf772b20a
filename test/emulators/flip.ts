/**
 * Atmel's DFU bootloader, FLIP's protocol: DFU 1.0 with commands in the data (Atmel's doc7618, and the commands that
 * LUFA's Bootloaders/DFU/BootloaderDFU.c documents). An ATmega32U4 by default.
 */
import {
  type Answer,
  DONE,
  interfaceDescriptor,
  type Mishap,
  type Setup,
  StrictFlash,
  UsbDevice,
} from './usb-device.ts';

export interface FlipOptions extends Mishap {
  readonly pid?: number;
  /** U+0936 marks QMK's own. */
  readonly revision?: number;
  /** The security bit: until the chip is erased nothing may be read or written. */
  readonly locked?: boolean;
}

const FLASH = 32 * 1024;
const BOOT_START = 28 * 1024;
const CONTROL_PACKET = 32;
/** After the data: the DFU suffix. */
const SUFFIX = 16;

const State = { idle: 2, downloadIdle: 5, uploadIdle: 9, error: 10 } as const;
const Status = { ok: 0, write: 3, checkErased: 5, address: 8 } as const;

export class FlipDevice extends UsbDevice {
  readonly flash: StrictFlash;
  readonly eeprom = new Uint8Array(1024).fill(0x5a);
  erasures = 0;
  #locked: boolean;
  #state: number = State.idle;
  #status: number = Status.ok;
  #answer: Buffer = Buffer.alloc(0);
  #isResetting = false;

  constructor({ pid = 0x2ff4, revision = 0, locked = false, ...mishap }: FlipOptions = {}) {
    super(
      {
        vid: 0x03eb,
        pid,
        revision,
        manufacturer: 'ATMEL',
        product: 'ATm32U4DFU',
        serial: '1.0.0',
        controlPacket: CONTROL_PACKET,
        interfaces: 1,
        body: interfaceDescriptor(0, 0, [0xfe, 1, 0]),
      },
      mishap,
    );
    this.flash = new StrictFlash(FLASH, this.violations);
    this.#locked = locked;
  }

  protected classRequest({ request, length }: Setup, data: Buffer): Answer {
    switch (request) {
      case 1:
        return this.#download(data);
      case 2:
        this.#state = State.uploadIdle;
        return this.#answer.subarray(0, length);
      case 3:
        return Buffer.from([this.#status, 0, 0, 0, this.#state, 0]);
      case 4:
        this.#status = Status.ok;
        this.#state = State.idle;
        return DONE;
      case 5:
        return Buffer.from([this.#state]);
      case 6:
        this.#state = State.idle;
        return DONE;
      default:
        return null;
    }
  }

  #download(data: Buffer): Answer {
    this.#status = Status.ok;
    this.#state = State.downloadIdle;
    if (data.length === 0) {
      // Only now does it start the firmware.
      this.left = this.#isResetting;
      return DONE;
    }
    const [group, command = 0, value = 0] = data;
    switch (group) {
      case 0x01:
        return this.#program(data);
      case 0x03:
        return this.#display(command, data);
      case 0x04:
        if (command === 0x00 && value === 0xff) return this.#erase();
        if (command === 0x03) this.#isResetting = true;
        return DONE;
      case 0x05:
        return this.#identify(command, value);
      case 0x06:
        if (value !== 0 || data[3] !== 0) this.violations.push('chose a page that is not there');
        return DONE;
      default:
        this.violations.push(`an unknown command group ${group}`);
        return this.#fail(Status.write);
    }
  }

  #fail(status: number): Answer {
    this.#status = status;
    this.#state = State.error;
    return DONE;
  }

  #erase(): Answer {
    this.beginWork();
    this.flash.erase(0, BOOT_START);
    this.#locked = false;
    this.erasures += 1;
    return DONE;
  }

  #program(data: Buffer): Answer {
    this.beginWork();
    if (this.#locked) return this.#fail(Status.write);
    const start = data.readUInt16BE(2);
    const end = data.readUInt16BE(4);
    const filler = CONTROL_PACKET + (start % CONTROL_PACKET);
    const bytes = data.subarray(filler, filler + end - start + 1);
    if (bytes.length !== end - start + 1 || data.length !== filler + bytes.length + SUFFIX) {
      this.violations.push(`a block of ${data.length} bytes for ${start} to ${end}`);
    }
    if (data[1] === 0x01) {
      this.eeprom.set(bytes, start);
      return DONE;
    }
    if (end >= BOOT_START) {
      this.violations.push(`wrote into the bootloader, at ${start}`);
      return this.#fail(Status.address);
    }
    const isGood = this.flash.program(start, bytes);
    this.blocks += 1;
    return isGood ? DONE : this.#fail(Status.write);
  }

  #display(command: number, data: Buffer): Answer {
    const start = data.readUInt16BE(2);
    const end = data.readUInt16BE(4);
    if (this.#locked) return this.#fail(Status.write);
    const memory = command === 0x02 ? this.eeprom : this.flash.bytes;
    const bytes = Buffer.from(memory.subarray(start, end + 1));
    if (command !== 0x01) {
      this.#answer = bytes;
      return DONE;
    }
    const full = bytes.findIndex((byte) => byte !== 0xff);
    if (full === -1) return DONE;
    this.#answer = Buffer.from([(start + full) >> 8, (start + full) & 0xff]);
    return this.#fail(Status.checkErased);
  }

  #identify(command: number, value: number): Answer {
    const byte =
      command === 0x00
        ? ([0x20, 0x00, 0x00][value] ?? 0xff)
        : ({ 48: 0x1e, 49: 0x95, 96: 0x87, 97: 0x00 }[value] ?? 0xff);
    this.#answer = Buffer.from([byte]);
    return DONE;
  }
}
