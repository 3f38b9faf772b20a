/**
 * The AVR109 bootloader of a Pro Micro (Caterina): Atmel's application note AVR109, and the commands that LUFA's
 * Bootloaders/CDC/BootloaderCDC.c documents. Bytes in, bytes out.
 */

export interface Avr109Options {
  /** Bytes of flash, and where the loader itself begins. */
  readonly flashBytes?: number;
  readonly bootStart?: number;
  readonly pageBytes?: number;
  readonly eepromBytes?: number;
  /** As the data sheet prints it: 1E 95 87. */
  readonly signature?: readonly [number, number, number];
  /** Flips the lowest bit of this flash address in everything that is read back. */
  readonly badCell?: number;
}

const ESCAPE = 0x1b;
const CR = 0x0d;

/** How many bytes follow a command's letter; block writes bring their length with them. */
const ARGUMENTS: Readonly<Record<string, number>> = { T: 1, A: 2, g: 3, B: 3, x: 1, y: 1 };

export class Avr109 {
  readonly flash: Uint8Array;
  readonly eeprom: Uint8Array;
  /** What a real chip would not have forgiven. */
  readonly violations: string[] = [];
  /** Letters of the commands that came, in order. */
  readonly commands: string[] = [];
  /** Blocks written to the flash so far. */
  pagesWritten = 0;
  erased = false;
  /** It was told to leave and start the firmware. */
  left = false;
  readonly #options: Required<Omit<Avr109Options, 'badCell'>> & { badCell: number };
  #waiting = Buffer.alloc(0);
  #address = 0;
  #programming = false;

  constructor(options: Avr109Options = {}) {
    this.#options = {
      flashBytes: 32 * 1024,
      bootStart: 28 * 1024,
      pageBytes: 128,
      eepromBytes: 1024,
      signature: [0x1e, 0x95, 0x87],
      badCell: -1,
      ...options,
    };
    this.flash = new Uint8Array(this.#options.flashBytes).fill(0xff);
    this.eeprom = new Uint8Array(this.#options.eepromBytes).fill(0xff);
  }

  /** Takes bytes of the host. @returns what the device answers. */
  receive(bytes: Uint8Array): Buffer {
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    const answers: Buffer[] = [];
    for (;;) {
      const length = this.#lengthOfNext();
      if (length === null || this.#waiting.length < length) return Buffer.concat(answers);
      const message = this.#waiting.subarray(0, length);
      this.#waiting = this.#waiting.subarray(length);
      answers.push(this.#answer(message));
    }
  }

  #lengthOfNext(): number | null {
    const first = this.#waiting[0];
    if (first === undefined) return null;
    const letter = String.fromCharCode(first);
    const length = 1 + (ARGUMENTS[letter] ?? 0);
    if (letter !== 'B' || this.#waiting.length < length) return length;
    return length + this.#waiting.readUInt16BE(1);
  }

  #answer(message: Buffer): Buffer {
    const first = message[0] ?? 0;
    if (first === ESCAPE) return Buffer.alloc(0);
    const letter = String.fromCharCode(first);
    this.commands.push(letter);
    switch (letter) {
      case 'S':
        return Buffer.from('CATERIN');
      case 'V':
        return Buffer.from('10');
      case 'p':
        return Buffer.from('S');
      case 'a':
        return Buffer.from('Y');
      case 'b':
        return Buffer.from([0x59, this.#options.pageBytes >> 8, this.#options.pageBytes & 0xff]);
      case 't':
        return Buffer.from([0x44, 0]);
      case 's':
        return Buffer.from([...this.#options.signature].reverse());
      case 'P':
        this.#programming = true;
        return Buffer.from([CR]);
      case 'L':
        this.#programming = false;
        return Buffer.from([CR]);
      case 'E':
        this.left = true;
        return Buffer.from([CR]);
      case 'T':
      case 'x':
      case 'y':
        return Buffer.from([CR]);
      case 'A':
        this.#address = message.readUInt16BE(1);
        return Buffer.from([CR]);
      case 'e':
        return this.#erase();
      case 'B':
        return this.#writeBlock(message);
      case 'g':
        return this.#readBlock(message);
      default:
        return Buffer.from('?');
    }
  }

  #erase(): Buffer {
    if (!this.#programming) this.violations.push('erased outside of programming mode');
    this.flash.fill(0xff, 0, this.#options.bootStart);
    this.erased = true;
    return Buffer.from([CR]);
  }

  #writeBlock(message: Buffer): Buffer {
    const size = message.readUInt16BE(1);
    const memory = String.fromCharCode(message[3] ?? 0);
    const data = message.subarray(4);
    if (!this.#programming) this.violations.push('wrote outside of programming mode');
    if (memory === 'E') {
      // The EEPROM is addressed by bytes.
      if (this.#address + size > this.eeprom.length) this.violations.push('wrote past the EEPROM');
      this.eeprom.set(data.subarray(0, this.eeprom.length - this.#address), this.#address);
      this.#address += size;
      return Buffer.from([CR]);
    }
    // The flash by words of two.
    const at = this.#address * 2;
    if (size > this.#options.pageBytes) this.violations.push(`a block of ${size} bytes`);
    if (at % this.#options.pageBytes !== 0) this.violations.push(`a block in a page, at ${at}`);
    if (at + size > this.#options.bootStart) {
      this.violations.push(`wrote into the bootloader, at ${at}`);
      return Buffer.from('?');
    }
    for (const [index, byte] of data.entries()) {
      const cell = this.flash[at + index] ?? 0xff;
      // A page is erased before it is written; a cell can only lose bits.
      if (cell !== 0xff) this.violations.push(`cell ${at + index} was not erased`);
      this.flash[at + index] = byte;
    }
    this.pagesWritten += 1;
    this.#address += size / 2;
    return Buffer.from([CR]);
  }

  #readBlock(message: Buffer): Buffer {
    const size = message.readUInt16BE(1);
    if (String.fromCharCode(message[3] ?? 0) === 'E') {
      const bytes = Buffer.from(this.eeprom.subarray(this.#address, this.#address + size));
      this.#address += size;
      return bytes;
    }
    const at = this.#address * 2;
    const bytes = Buffer.from(this.flash.subarray(at, at + size));
    const bad = this.#options.badCell - at;
    if (bad >= 0 && bad < size) bytes[bad] = (bytes[bad] ?? 0) ^ 1;
    this.#address += size / 2;
    return bytes;
  }
}
