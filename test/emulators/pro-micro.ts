/** A Pro Micro on an emulated bus: firmware with a serial port, Caterina behind it, and what goes wrong with them. */

import type { AttachedDevice, DeviceSource } from '../../flash/devices/model.ts';
import { touchPort } from '../../flash/devices/touch.ts';
import { Avr109, type Avr109Options } from './avr109.ts';
import { openPtyPort, type PtyPort } from './pty-port.ts';

export type Moment = 'connect' | 'erase' | 'write' | 'verify';

export interface ProMicroOptions extends Avr109Options {
  /** Whether it starts in its bootloader; otherwise it runs its firmware. */
  readonly inBootloader?: boolean;
  /** The cable is pulled then. */
  readonly pulledAt?: Moment;
  /** Whether the firmware starts after the bootloader was left; true by default. */
  readonly comesBack?: boolean;
  /** The port of its place on the bus. */
  readonly place?: string;
}

const KEYBOARD = { vid: '1209', pid: '0001', product: 'Kiln Pad 4x4' };
const CATERINA = { vid: '2341', pid: '0036', product: 'Arduino Leonardo' };

/** Real boards take a third of a second; tests need not. */
const ENUMERATION_MS = 60;

export class ProMicro implements DeviceSource {
  readonly device: Avr109;
  /** The ports that were open so far, for what was done to them. */
  readonly ports: PtyPort[] = [];
  readonly #options: ProMicroOptions;
  readonly #listeners = new Set<(devices: readonly AttachedDevice[]) => void>();
  #attached: AttachedDevice | null = null;
  #address = 1;

  private constructor(options: ProMicroOptions) {
    this.#options = options;
    this.device = new Avr109(options);
  }

  static async plugIn(options: ProMicroOptions = {}): Promise<ProMicro> {
    const board = new ProMicro(options);
    if (options.inBootloader === false) await board.startFirmware();
    else await board.enterBootloader();
    return board;
  }

  /** Takes everything away. */
  async unplug(): Promise<void> {
    this.#show(null);
    await Promise.all(this.ports.map((port) => port.vanish()));
  }

  async startFirmware(): Promise<void> {
    const port = await openPtyPort({
      receive: () => Buffer.alloc(0),
      onClose: (baud) => {
        if (baud === 1200) void this.#leave(() => this.enterBootloader());
      },
    });
    this.#appear(port, KEYBOARD);
  }

  async enterBootloader(): Promise<void> {
    this.device.left = false;
    const port = await openPtyPort({ receive: (bytes) => this.#receive(bytes) });
    this.#appear(port, CATERINA);
  }

  list(): readonly AttachedDevice[] {
    return this.#attached === null ? [] : [this.#attached];
  }

  watch(listener: (devices: readonly AttachedDevice[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  touch(port: string): Promise<void> {
    return touchPort(port);
  }

  #receive(bytes: Uint8Array): Uint8Array | null {
    const { pulledAt, comesBack = true } = this.#options;
    const answer = this.device.receive(bytes);
    const { commands, erased, pagesWritten, left } = this.device;
    const reached: Record<Moment, boolean> = {
      connect: commands.length > 0,
      erase: erased,
      write: pagesWritten > 3,
      verify: pagesWritten > 0 && commands.at(-1) === 'g',
    };
    if (pulledAt !== undefined && reached[pulledAt]) {
      this.#show(null);
      return null;
    }
    if (left) void this.#leave(comesBack ? () => this.startFirmware() : async () => undefined);
    return answer;
  }

  /** Answers first, then leaves the bus; something else comes in its place. */
  async #leave(next: () => Promise<void>): Promise<void> {
    const [port] = this.ports.slice(-1);
    await new Promise((resolve) => setTimeout(resolve, ENUMERATION_MS));
    this.#show(null);
    await port?.vanish();
    await new Promise((resolve) => setTimeout(resolve, ENUMERATION_MS));
    await next();
  }

  #appear(port: PtyPort, { vid, pid, product }: typeof KEYBOARD): void {
    this.ports.push(port);
    this.#address += 1;
    const place = this.#options.place ?? '1-1';
    const id = `usb-${place}`;
    this.#show({
      id,
      instance: `${id}#1.${this.#address}`,
      usb: {
        path: place,
        bus: 1,
        address: this.#address,
        vid,
        pid,
        revision: '0100',
        manufacturer: 'Kiln',
        product,
        serial: null,
        node: null,
        driver: null,
      },
      ports: [{ path: port.path, access: 'ok' }],
      hid: [],
      volumes: [],
    });
  }

  #show(attached: AttachedDevice | null): void {
    this.#attached = attached;
    for (const listener of this.#listeners) listener(this.list());
  }
}
