/**
 * USB/IP (the kernel's Documentation/usb/usbip_protocol.rst): carries an emulated device to the kernel of the machine
 * it runs on, through vhci-hcd. This file speaks the protocol and has no socket.
 */
import { readSetup, type UsbDevice } from './usb-device.ts';

const HEAD = 48;
const SUBMIT = 1;
const UNLINK = 2;
const SUBMITTED = 3;
const UNLINKED = 4;
const STALL = -32;
const CANCELED = -104;

interface Waiting {
  readonly endpoint: number;
  readonly sequence: number;
  readonly length: number;
}

export class UsbIpSession {
  readonly #device: UsbDevice;
  #input = Buffer.alloc(0);
  #waiting: Waiting[] = [];

  constructor(device: UsbDevice) {
    this.#device = device;
  }

  /** Takes bytes of the kernel. @returns what goes back to it. */
  receive(bytes: Buffer): Buffer {
    this.#input = Buffer.concat([this.#input, bytes]);
    const answers: Buffer[] = [];
    for (;;) {
      const length = this.#lengthOfNext();
      if (length === null || this.#input.length < length || this.#device.pulled) break;
      const message = this.#input.subarray(0, length);
      this.#input = this.#input.subarray(length);
      answers.push(...this.#answer(message));
    }
    // The cable is out: also what it was about to say is not heard.
    return this.#device.pulled ? Buffer.alloc(0) : Buffer.concat(answers);
  }

  #lengthOfNext(): number | null {
    if (this.#input.length < HEAD) return null;
    const isOut = this.#input.readUInt32BE(0) === SUBMIT && this.#input.readUInt32BE(12) === 0;
    return HEAD + (isOut ? this.#input.readUInt32BE(24) : 0);
  }

  #answer(message: Buffer): Buffer[] {
    const sequence = message.readUInt32BE(4);
    if (message.readUInt32BE(0) === UNLINK)
      return [this.#unlink(message.readUInt32BE(20), sequence)];
    const isIn = message.readUInt32BE(12) === 1;
    const endpoint = message.readUInt32BE(16);
    const length = message.readUInt32BE(24);
    const data = message.subarray(HEAD);
    if (endpoint === 0) {
      const answer = this.#device.control(readSetup(message.subarray(40, HEAD)), data);
      const sent = isIn ? (answer ?? Buffer.alloc(0)) : Buffer.alloc(0);
      const status = answer === null ? STALL : 0;
      return [reply(sequence, status, isIn ? sent.length : data.length, sent)];
    }
    if (isIn) {
      this.#waiting.push({ endpoint, sequence, length });
      return this.#serve();
    }
    const isTaken = this.#device.receive(endpoint, data);
    const taken = reply(sequence, isTaken ? 0 : STALL, isTaken ? data.length : 0);
    return [taken, ...this.#serve()];
  }

  /** Hands what the device has to say to those who wait for it, in order. */
  #serve(): Buffer[] {
    const answers: Buffer[] = [];
    this.#waiting = this.#waiting.filter(({ endpoint, sequence, length }) => {
      const bytes = this.#device.send(endpoint, length);
      if (bytes !== null) answers.push(reply(sequence, 0, bytes.length, bytes));
      return bytes === null;
    });
    return answers;
  }

  #unlink(wanted: number, sequence: number): Buffer {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((one) => one.sequence !== wanted);
    const head = Buffer.alloc(HEAD);
    head.writeUInt32BE(UNLINKED, 0);
    head.writeUInt32BE(sequence, 4);
    head.writeInt32BE(this.#waiting.length < before ? CANCELED : 0, 20);
    return head;
  }
}

function reply(
  sequence: number,
  status: number,
  length: number,
  data: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(SUBMITTED, 0);
  head.writeUInt32BE(sequence, 4);
  head.writeInt32BE(status, 20);
  head.writeUInt32BE(length, 24);
  return Buffer.concat([head, data]);
}
