/**
 * What every emulated USB device has: descriptors, the standard requests of USB 2.0 chapter 9, and a flash that is held
 * to what a real one would take. No I/O: a transport hands requests in and takes the answers.
 */

/** The eight bytes that begin a control transfer. */
export interface Setup {
  readonly type: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** `null` refuses the request, which USB calls a stall. */
export type Answer = Buffer | null;

export const DONE: Answer = Buffer.alloc(0);

export interface UsbIdentity {
  readonly vid: number;
  readonly pid: number;
  readonly revision?: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial?: string;
}

export interface UsbShape extends UsbIdentity {
  /** Interfaces, endpoints and whatever the class puts between them, in order, without the configuration's head. */
  readonly body: Buffer;
  readonly interfaces: number;
  /** Class, subclass and protocol of the device itself. */
  readonly deviceClass?: readonly [number, number, number];
  readonly controlPacket?: number;
  /** Strings from index 4 on. */
  readonly strings?: readonly string[];
}

export interface Mishap {
  /** The cable is pulled once so many blocks were written; 0: as soon as the tool begins its work. */
  readonly pulledAtBlock?: number;
}

const STANDARD = 0x00;
const GET_DESCRIPTOR = 6;

export function readSetup(bytes: Buffer): Setup {
  return {
    type: bytes.readUInt8(0),
    request: bytes.readUInt8(1),
    value: bytes.readUInt16LE(2),
    index: bytes.readUInt16LE(4),
    length: bytes.readUInt16LE(6),
  };
}

export const interfaceDescriptor = (
  number: number,
  endpoints: number,
  [main, sub, protocol]: readonly [number, number, number],
  string = 0,
): Buffer => Buffer.from([9, 4, number, 0, endpoints, main, sub, protocol, string]);

/** @param kind 2: bulk, 3: interrupt. */
export const endpointDescriptor = (address: number, kind: 2 | 3, packet: number): Buffer =>
  Buffer.from([7, 5, address, kind, packet & 0xff, packet >> 8, kind === 3 ? 10 : 0]);

export abstract class UsbDevice {
  /** What a real chip would not have forgiven. */
  readonly violations: string[];
  /** Blocks of firmware that came so far. */
  blocks = 0;
  /** It was told to start its firmware. */
  left = false;
  readonly #shape: UsbShape;
  readonly #pulledAtBlock: number;
  #isAtWork = false;

  constructor(shape: UsbShape, mishap: Mishap = {}, violations: string[] = []) {
    this.#shape = shape;
    this.#pulledAtBlock = mishap.pulledAtBlock ?? Number.POSITIVE_INFINITY;
    this.violations = violations;
  }

  /** The cable is out: nothing is answered any more. */
  get pulled(): boolean {
    return this.#isAtWork && this.blocks >= this.#pulledAtBlock;
  }

  /** The tool has begun to change something. */
  protected beginWork(): void {
    this.#isAtWork = true;
  }

  /** Answers a control transfer. `data` is what the host sent with it. */
  control(setup: Setup, data: Buffer): Answer {
    const kind = setup.type & 0x60;
    const answer = kind === STANDARD ? this.#standard(setup) : this.classRequest(setup, data);
    return answer === null ? null : answer.subarray(0, setup.length);
  }

  /** Takes what the host sent to a bulk endpoint. @returns whether it is taken; else it stalls. */
  receive(_endpoint: number, _bytes: Buffer): boolean {
    return false;
  }

  /** @returns what there is to send; null for nothing yet. */
  send(_endpoint: number, _length: number): Buffer | null {
    return null;
  }

  protected abstract classRequest(setup: Setup, data: Buffer): Answer;

  /** Descriptors of an interface: HID's report, for one. */
  protected classDescriptor(_kind: number): Answer {
    return null;
  }

  #standard(setup: Setup): Answer {
    if (setup.request === GET_DESCRIPTOR) return this.#descriptor(setup);
    const isStatus = setup.request === 0;
    if (isStatus) return Buffer.from([0, 0]);
    const isConfiguration = setup.request === 8 || setup.request === 10;
    if (isConfiguration) return Buffer.from([setup.request === 8 ? 1 : 0]);
    // Set address, configuration and interface; clear and set feature.
    return [1, 3, 5, 9, 11].includes(setup.request) ? DONE : null;
  }

  #descriptor({ value }: Setup): Answer {
    const kind = value >> 8;
    const index = value & 0xff;
    if (kind === 1) return this.#deviceDescriptor();
    if (kind === 2) return this.#configuration();
    if (kind === 3) return this.#string(index);
    return kind >= 0x20 ? this.classDescriptor(kind) : null;
  }

  #deviceDescriptor(): Buffer {
    const {
      vid,
      pid,
      revision = 0x0100,
      deviceClass = [0, 0, 0],
      controlPacket = 64,
    } = this.#shape;
    const bytes = Buffer.from([
      18,
      1,
      0,
      2,
      ...deviceClass,
      controlPacket,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      2,
      3,
      1,
    ]);
    bytes.writeUInt16LE(vid, 8);
    bytes.writeUInt16LE(pid, 10);
    bytes.writeUInt16LE(revision, 12);
    if (this.#shape.serial === undefined) bytes[16] = 0;
    return bytes;
  }

  #configuration(): Buffer {
    const { body, interfaces } = this.#shape;
    const head = Buffer.from([9, 2, 0, 0, interfaces, 1, 0, 0x80, 50]);
    head.writeUInt16LE(head.length + body.length, 2);
    return Buffer.concat([head, body]);
  }

  #string(index: number): Answer {
    if (index === 0) return Buffer.from([4, 3, 0x09, 0x04]);
    const { manufacturer, product, serial = '', strings = [] } = this.#shape;
    const text = [manufacturer, product, serial, ...strings][index - 1];
    if (text === undefined) return null;
    const bytes = Buffer.from(text, 'utf16le');
    return Buffer.concat([Buffer.from([bytes.length + 2, 3]), bytes]);
  }
}

/** A flash that loses bits only by programming and gets them back only by erasing. */
export class StrictFlash {
  readonly bytes: Uint8Array;
  readonly #violations: string[];

  /** It begins with other firmware in it, so that a write without an erase shows. */
  constructor(size: number, violations: string[]) {
    this.bytes = new Uint8Array(size).fill(0x5a);
    this.#violations = violations;
  }

  erase(start: number, end: number): void {
    this.bytes.fill(0xff, start, end);
  }

  /** @returns whether all of it could be programmed. */
  program(at: number, data: Uint8Array): boolean {
    let isGood = true;
    for (const [index, byte] of data.entries()) {
      const cell = this.bytes[at + index];
      if (cell === undefined || (cell !== 0xff && cell !== byte)) isGood = false;
      else this.bytes[at + index] = byte;
    }
    if (!isGood) this.#violations.push(`programmed cells that were not erased, at ${at}`);
    return isGood;
  }
}
