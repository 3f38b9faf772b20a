/**
 * The bootloader in the ROM of STM32 chips: DFU 1.1 (USB-IF) with ST's commands (application note AN3156), as a device
 * whose flash is 64 pages of 2 KiB.
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

export interface DfuSeOptions extends Mishap {
  /** Read protection of level 1: nothing may be read, erased or written. */
  readonly locked?: boolean;
  readonly serial?: string;
}

const START = 0x0800_0000;
const PAGE = 2048;
const PAGES = 64;

const State = {
  idle: 2,
  downloadBusy: 4,
  downloadIdle: 5,
  manifest: 7,
  uploadIdle: 9,
  error: 10,
} as const;
const Status = { ok: 0, target: 1, prog: 6, address: 8, vendor: 11, stalled: 15 } as const;
const Request = { download: 1, upload: 2, status: 3, clear: 4, state: 5, abort: 6 } as const;
const Command = { setAddress: 0x21, erase: 0x41 } as const;

const FUNCTIONAL = Buffer.from([9, 0x21, 0x0b, 0xff, 0, PAGE & 0xff, PAGE >> 8, 0x1a, 0x01]);

export class DfuSeDevice extends UsbDevice {
  readonly flash: StrictFlash;
  /** Addresses of the pages that were erased. */
  readonly erased: number[] = [];
  readonly #locked: boolean;
  #state: number = State.idle;
  #status: number = Status.ok;
  #address = START;
  /** A command is carried out when the host asks for the status, as AN3156 says. */
  #pending: (() => number) | null = null;
  #isLeaving = false;

  constructor({ locked = false, serial = '357F366E3234', ...mishap }: DfuSeOptions = {}) {
    super(
      {
        vid: 0x0483,
        pid: 0xdf11,
        revision: 0x2200,
        manufacturer: 'STMicroelectronics',
        product: 'STM32  BOOTLOADER',
        serial,
        interfaces: 1,
        body: Buffer.concat([interfaceDescriptor(0, 0, [0xfe, 1, 2], 4), FUNCTIONAL]),
        strings: [`@Internal Flash  /0x08000000/${String(PAGES).padStart(3, '0')}*0002Kg`],
      },
      mishap,
    );
    this.flash = new StrictFlash(PAGE * PAGES, this.violations);
    this.#locked = locked;
  }

  protected classRequest({ request, value, length }: Setup, data: Buffer): Answer {
    switch (request) {
      case Request.download:
        return this.#download(value, data);
      case Request.upload:
        return this.#upload(value, length);
      case Request.status:
        return this.#tellStatus();
      case Request.clear:
        this.#status = Status.ok;
        this.#state = State.idle;
        return DONE;
      case Request.state:
        return Buffer.from([this.#state]);
      case Request.abort:
        this.#state = State.idle;
        return DONE;
      default:
        return null;
    }
  }

  #refuse(status: number): null {
    this.#state = State.error;
    this.#status = status;
    return null;
  }

  #download(block: number, data: Buffer): Answer {
    if (this.#state !== State.idle && this.#state !== State.downloadIdle) {
      this.violations.push(`a download in state ${this.#state}`);
      return this.#refuse(Status.stalled);
    }
    if (data.length === 0) {
      this.#isLeaving = true;
      this.#state = State.downloadBusy;
      return DONE;
    }
    this.#pending = block === 0 ? () => this.#command(data) : () => this.#program(block, data);
    this.#state = State.downloadBusy;
    return DONE;
  }

  #command(data: Buffer): number {
    const [command] = data;
    const hasAddress = data.length === 5;
    if (command === Command.setAddress && hasAddress) {
      this.#address = data.readUInt32LE(1);
      return Status.ok;
    }
    if (command !== Command.erase) {
      this.violations.push(`an unknown command ${command}`);
      return Status.target;
    }
    this.beginWork();
    if (this.#locked) return Status.vendor;
    const at = hasAddress ? data.readUInt32LE(1) - START : 0;
    if (hasAddress && at % PAGE !== 0) this.violations.push(`an erase within a page, at ${at}`);
    if (at < 0 || at >= PAGE * PAGES) return Status.address;
    if (hasAddress) this.erased.push(at + START);
    this.flash.erase(at, hasAddress ? at + PAGE : PAGE * PAGES);
    return Status.ok;
  }

  #program(block: number, data: Buffer): number {
    this.beginWork();
    if (this.#locked) return Status.vendor;
    if (block < 2 || data.length > PAGE)
      this.violations.push(`block ${block} of ${data.length} bytes`);
    const at = this.#address + (block - 2) * PAGE - START;
    if (at < 0 || at + data.length > PAGE * PAGES) return Status.address;
    const isGood = this.flash.program(at, data);
    this.blocks += 1;
    return isGood ? Status.ok : Status.prog;
  }

  #upload(block: number, length: number): Answer {
    if (this.#state !== State.idle && this.#state !== State.uploadIdle)
      return this.#refuse(Status.stalled);
    if (block === 0) return Buffer.from([0, Command.setAddress, Command.erase]);
    if (this.#locked) return this.#refuse(Status.vendor);
    const at = this.#address + (block - 2) * PAGE - START;
    this.#state = State.uploadIdle;
    return Buffer.from(this.flash.bytes.subarray(at, at + length));
  }

  #tellStatus(): Buffer {
    const pending = this.#pending;
    this.#pending = null;
    if (this.#isLeaving) {
      this.#state = State.manifest;
      this.left = true;
    } else if (pending !== null) {
      const status = pending();
      this.#status = status;
      this.#state = status === Status.ok ? State.downloadBusy : State.error;
      const told = Buffer.from([status, 0, 0, 0, this.#state, 0]);
      if (status === Status.ok) this.#state = State.downloadIdle;
      return told;
    }
    return Buffer.from([this.#status, 0, 0, 0, this.#state, 0]);
  }
}
