/** Boards on a bus of files, as a service of its own process sees them: their ports and volumes are real ones. */
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Sysfs } from '../fixtures/flash/sysfs.ts';
import { Avr109 } from './avr109.ts';
import { openPtyPort, type PtyPort } from './pty-port.ts';

const CATERINA = { vid: '2341', pid: '0036', product: 'Arduino Leonardo' };

/** Real boards take a third of a second. */
const ENUMERATION_MS = 400;

/** What a board shows while its firmware runs. */
export interface Firmware {
  readonly vid: string;
  readonly pid: string;
  readonly product: string;
}

/** A Pro Micro at a place: Caterina on a pseudo terminal, which leaves for the firmware once it is told to. */
export class BusProMicro {
  readonly device = new Avr109({});
  readonly #sysfs: Sysfs;
  readonly #path: string;
  readonly #firmware: Firmware;
  #port: PtyPort | null = null;
  #address = 1;
  #leaving: Promise<void> | null = null;

  constructor(sysfs: Sysfs, path: string, firmware: Firmware) {
    this.#sysfs = sysfs;
    this.#path = path;
    this.#firmware = firmware;
  }

  /** Runs its firmware: a keyboard with no port that could be touched. */
  plugIn(): void {
    this.#address += 1;
    this.#sysfs.plug({ path: this.#path, address: this.#address, ...this.#firmware });
  }

  /** A person pressed its reset button. */
  async enterBootloader(): Promise<void> {
    this.unplug();
    this.device.left = false;
    const port = await openPtyPort({
      receive: (bytes) => {
        const answer = this.device.receive(bytes);
        if (this.device.left) this.#leaving ??= this.#leave();
        return answer;
      },
    });
    this.#port = port;
    this.#address += 1;
    const tty = `ttyACM${this.#path.replace(/\D/g, '')}`;
    this.#sysfs.plug({ path: this.#path, address: this.#address, tty, ...CATERINA });
    const node = join(this.#sysfs.places.dev, tty);
    rmSync(node);
    symlinkSync(port.path, node);
  }

  async #leave(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ENUMERATION_MS));
    this.unplug();
    await this.#port?.vanish();
    await new Promise((resolve) => setTimeout(resolve, ENUMERATION_MS));
    this.plugIn();
    this.#leaving = null;
  }

  unplug(): void {
    this.#sysfs.unplug(this.#path);
  }

  async close(): Promise<void> {
    await this.#leaving;
    await this.#port?.vanish();
  }
}
