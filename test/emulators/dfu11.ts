/**
 * Plain DFU (USB-IF's DFU 1.1): the host sends blocks, and the loader knows where they go. As two loaders do it: one
 * that takes an image behind itself by its alternate settings and stays until it is told to leave (STM32duino), and one
 * that leaves by itself (Kiibohd).
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

interface Loader {
  readonly vid: number;
  readonly pid: number;
  readonly maker: string;
  /** Names of its alternate settings. */
  readonly alts: readonly string[];
  /** Bytes of a page, which is a block too. */
  readonly page: number;
  readonly pages: number;
  /** Whether it starts the firmware by itself when all has come. */
  readonly leavesAlone: boolean;
}

export const LOADERS = {
  stm32duino: {
    vid: 0x1eaf,
    pid: 0x0003,
    maker: 'LeafLabs',
    alts: ['RAM is not supported', 'Flash 0x8005000', 'Flash 0x8002000'],
    page: 1024,
    pages: 120,
    leavesAlone: false,
  },
  kiibohd: {
    vid: 0x1c11,
    pid: 0xb007,
    maker: 'Kiibohd',
    alts: ['Flash'],
    page: 1024,
    pages: 252,
    leavesAlone: true,
  },
} as const satisfies Record<string, Loader>;

const State = {
  idle: 2,
  downloadSync: 3,
  downloadIdle: 5,
  manifestSync: 6,
  manifest: 7,
  error: 10,
} as const;
const Status = { ok: 0, prog: 6, address: 8, stalled: 15 } as const;
const Request = { detach: 0, download: 1, status: 3, clear: 4, state: 5, abort: 6 } as const;

/** Can download, will detach. */
const ATTRIBUTES = 0x09;

function bodyOf({ alts, page }: Loader): Buffer {
  const settings = alts.map((_, alt) => {
    const bytes = interfaceDescriptor(0, 0, [0xfe, 1, 2], 4 + alt);
    bytes[3] = alt;
    return bytes;
  });
  const functional = Buffer.from([9, 0x21, ATTRIBUTES, 0xff, 0, page & 0xff, page >> 8, 0x10, 1]);
  return Buffer.concat([...settings, functional]);
}

export class Dfu11Device extends UsbDevice {
  readonly flash: StrictFlash;
  readonly #loader: Loader;
  #state: number = State.idle;
  #status: number = Status.ok;

  constructor(loader: Loader, mishap: Mishap = {}) {
    super(
      {
        vid: loader.vid,
        pid: loader.pid,
        manufacturer: loader.maker,
        product: 'DFU',
        serial: 'LLM003',
        interfaces: 1,
        body: bodyOf(loader),
        strings: loader.alts,
      },
      mishap,
    );
    this.#loader = loader;
    this.flash = new StrictFlash(loader.page * loader.pages, this.violations);
  }

  protected classRequest({ request, value }: Setup, data: Buffer): Answer {
    switch (request) {
      case Request.detach:
        this.left = true;
        return DONE;
      case Request.download:
        return this.#download(value, data);
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

  #download(block: number, data: Buffer): Answer {
    if (this.#state !== State.idle && this.#state !== State.downloadIdle) {
      this.violations.push(`a download in state ${this.#state}`);
      this.#state = State.error;
      this.#status = Status.stalled;
      return null;
    }
    if (data.length === 0) {
      this.#state = State.manifestSync;
      return DONE;
    }
    this.beginWork();
    const { page, pages } = this.#loader;
    const at = block * page;
    if (data.length > page) this.violations.push(`a block of ${data.length} bytes`);
    if (block >= pages) {
      this.#state = State.error;
      this.#status = Status.address;
      return DONE;
    }
    this.flash.erase(at, at + page);
    this.#status = this.flash.program(at, data) ? Status.ok : Status.prog;
    this.blocks += 1;
    this.#state = this.#status === Status.ok ? State.downloadSync : State.error;
    return DONE;
  }

  #tellStatus(): Buffer {
    if (this.#state === State.downloadSync) this.#state = State.downloadIdle;
    else if (this.#state === State.manifestSync) {
      this.#state = this.#loader.leavesAlone ? State.manifest : State.idle;
      this.left = this.#loader.leavesAlone;
    }
    return Buffer.from([this.#status, 0, 0, 0, this.#state, 0]);
  }
}
