/**
 * The RP2040's BOOTSEL mode: a disk (USB mass storage, bulk-only transport 1.0; SCSI's SBC and SPC) with one FAT16
 * volume, where every sector that is a UF2 block (github.com/microsoft/uf2) goes to the flash. It leaves as soon as it
 * has all blocks of a file.
 */

import { blankVolume, SECTOR, VOLUME_SECTORS } from './fat16.ts';
import {
  type Answer,
  DONE,
  endpointDescriptor,
  interfaceDescriptor,
  type Mishap,
  type Setup,
  UsbDevice,
} from './usb-device.ts';

export interface Uf2DiskOptions extends Mishap {
  readonly flashBytes?: number;
}

const RP2040 = 0xe48b_ff56;
const START = 0x1000_0000;
const ERASE_UNIT = 4096;
const PAGE = 256;

const INFO = 'UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n';

const COMMAND_SIGNATURE = 0x4342_5355;
const STATUS_SIGNATURE = 0x5342_5355;

interface Transfer {
  readonly tag: number;
  /** What is left to be sent. */
  output: Buffer;
  /** Where what comes is to be written; null for nothing to come. */
  readonly writeAt: number | null;
  /** Bytes that are still to come. */
  missing: number;
  readonly failed: boolean;
}

export class Uf2DiskDevice extends UsbDevice {
  readonly flash: { readonly bytes: Uint8Array };
  readonly #sectors: Map<number, Buffer>;
  readonly #erased = new Set<number>();
  readonly #seen = new Set<number>();
  #transfer: Transfer | null = null;
  #input = Buffer.alloc(0);
  #sense = 0;

  constructor({ flashBytes = 2 * 1024 * 1024, ...mishap }: Uf2DiskOptions = {}) {
    super(
      {
        vid: 0x2e8a,
        pid: 0x0003,
        manufacturer: 'Raspberry Pi',
        product: 'RP2 Boot',
        serial: 'E0C9125B0D9B',
        interfaces: 1,
        body: Buffer.concat([
          interfaceDescriptor(0, 2, [8, 6, 0x50]),
          endpointDescriptor(0x81, 2, 64),
          endpointDescriptor(0x02, 2, 64),
        ]),
      },
      mishap,
    );
    this.flash = { bytes: new Uint8Array(flashBytes).fill(0x5a) };
    this.#sectors = blankVolume('RPI-RP2', 'INFO_UF2TXT', INFO);
  }

  protected classRequest({ request }: Setup): Answer {
    if (request === 0xfe) return Buffer.from([0]);
    if (request !== 0xff) return null;
    this.#transfer = null;
    return DONE;
  }

  override receive(_endpoint: number, bytes: Buffer): boolean {
    const transfer = this.#transfer;
    if (transfer === null) return this.#begin(bytes);
    transfer.missing -= bytes.length;
    this.#input = Buffer.concat([this.#input, bytes]);
    while (this.#input.length >= SECTOR && transfer.writeAt !== null && !this.pulled) {
      const sector = this.#input.subarray(0, SECTOR);
      this.#input = this.#input.subarray(SECTOR);
      this.#write(this.#next(), sector);
    }
    return true;
  }

  #at = 0;

  #next(): number {
    this.#at += 1;
    return this.#at - 1;
  }

  override send(_endpoint: number, length: number): Buffer | null {
    const transfer = this.#transfer;
    if (transfer === null || transfer.missing > 0) return null;
    if (transfer.output.length > 0) {
      const bytes = transfer.output.subarray(0, length);
      transfer.output = transfer.output.subarray(bytes.length);
      return bytes;
    }
    this.#transfer = null;
    const status = Buffer.alloc(13);
    status.writeUInt32LE(STATUS_SIGNATURE, 0);
    status.writeUInt32LE(transfer.tag, 4);
    status[12] = transfer.failed ? 1 : 0;
    return status;
  }

  #begin(wrapper: Buffer): boolean {
    if (wrapper.length !== 31 || wrapper.readUInt32LE(0) !== COMMAND_SIGNATURE) {
      this.violations.push(`a command wrapper of ${wrapper.length} bytes`);
      return false;
    }
    const tag = wrapper.readUInt32LE(4);
    const expected = wrapper.readUInt32LE(8);
    const toHost = (wrapper.readUInt8(12) & 0x80) !== 0;
    const command = wrapper.subarray(15);
    const isWrite = command[0] === 0x2a;
    const answer = isWrite ? DONE : this.#answer(command);
    if (isWrite) this.#at = command.readUInt32BE(2);
    this.#input = Buffer.alloc(0);
    // A refused command sends as much as was asked for, of nothing: simpler than to stall, and as lawful.
    const output = answer === null && toHost ? Buffer.alloc(expected) : (answer ?? Buffer.alloc(0));
    this.#transfer = {
      tag,
      output: toHost ? output.subarray(0, expected) : Buffer.alloc(0),
      writeAt: isWrite ? this.#at : null,
      missing: toHost ? 0 : expected,
      failed: answer === null,
    };
    return true;
  }

  #answer(command: Buffer): Answer {
    switch (command[0]) {
      case 0x00: // Test unit ready
      case 0x1b: // Start, stop
      case 0x1e: // Prevent removal
      case 0x35: // Synchronize the cache
        return DONE;
      case 0x03:
        return this.#tellSense();
      case 0x12:
        return this.#inquiry(command);
      case 0x1a:
        return Buffer.from([3, 0, 0, 0]);
      case 0x23:
        return Buffer.from([0, 0, 0, 8, ...uint32(VOLUME_SECTORS), 2, 0, SECTOR >> 8, 0]);
      case 0x25:
        return Buffer.from([...uint32(VOLUME_SECTORS - 1), ...uint32(SECTOR)]);
      case 0x28:
        return this.#read(command.readUInt32BE(2), command.readUInt16BE(7));
      default:
        this.#sense = 5;
        return null;
    }
  }

  #tellSense(): Buffer {
    const bytes = Buffer.alloc(18);
    bytes[0] = 0x70;
    bytes[2] = this.#sense;
    bytes[7] = 10;
    // Invalid command.
    bytes[12] = this.#sense === 5 ? 0x20 : 0;
    this.#sense = 0;
    return bytes;
  }

  #inquiry(command: Buffer): Answer {
    if (command[1] === 1) {
      this.#sense = 5;
      return null;
    }
    return Buffer.concat([
      Buffer.from([0, 0x80, 2, 2, 31, 0, 0, 0]),
      Buffer.from('RPI     RP2             3   '),
    ]);
  }

  #read(first: number, count: number): Buffer {
    const blank = Buffer.alloc(SECTOR);
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    return Buffer.concat(numbers.map((number) => this.#sectors.get(number) ?? blank));
  }

  #write(number: number, sector: Buffer): void {
    this.#sectors.set(number, Buffer.from(sector));
    if (isUf2Block(sector)) this.#program(sector);
  }

  #program(block: Buffer): void {
    const flags = block.readUInt32LE(8);
    const address = block.readUInt32LE(12);
    const size = block.readUInt32LE(16);
    const number = block.readUInt32LE(20);
    const count = block.readUInt32LE(24);
    // Blocks of other families, and those that are not for the flash, are passed over.
    if ((flags & 1) !== 0 || (flags & 0x2000) === 0 || block.readUInt32LE(28) !== RP2040) return;
    const at = address - START;
    if (size !== PAGE || at % PAGE !== 0 || at < 0 || at + size > this.flash.bytes.length) {
      this.violations.push(`a block of ${size} bytes at 0x${address.toString(16)}`);
      return;
    }
    this.beginWork();
    // The host may write a sector twice.
    if (!this.#seen.has(number)) {
      this.#seen.add(number);
      this.blocks += 1;
      this.#eraseAround(at);
      this.flash.bytes.set(block.subarray(32, 32 + size), at);
    }
    if (this.#seen.size === count) this.left = true;
  }

  #eraseAround(at: number): void {
    const start = at - (at % ERASE_UNIT);
    if (this.#erased.has(start)) return;
    this.#erased.add(start);
    this.flash.bytes.fill(0xff, start, start + ERASE_UNIT);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function isUf2Block(sector: Buffer): boolean {
  return (
    sector.readUInt32LE(0) === 0x0a32_4655 &&
    sector.readUInt32LE(4) === 0x9e5d_5157 &&
    sector.readUInt32LE(508) === 0x0ab1_6f30
  );
}
