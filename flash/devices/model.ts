/** Attached devices as the system shows them: nothing of keyboards or bootloaders is known here. */

/** Whether this process may read and write a device node. `unknown` where the platform has no such question. */
export type Access = 'ok' | 'denied' | 'unknown';

export interface DeviceNode {
  /** `/dev/ttyACM0`, `/dev/hidraw3`, `COM4`. */
  readonly path: string;
  readonly access: Access;
}

export interface HidInterface extends DeviceNode {
  readonly usagePage: number;
  readonly usage: number;
}

export interface Volume {
  /** Where it is mounted; null when it is not. */
  readonly mount: string | null;
  /** The block device, `/dev/sda1`; null where the platform does not say. */
  readonly device: string | null;
  readonly readOnly: boolean;
  /** What its `INFO_UF2.TXT` says; null for a volume without one. */
  readonly uf2: { readonly model: string; readonly boardId: string } | null;
}

export interface UsbFacts {
  /** The kernel's path of the port, `1-2.3`; on other systems whatever names the place. */
  readonly path: string;
  /** As libusb counts, by which tools address one of several; null where the system does not say. */
  readonly bus: number | null;
  readonly address: number | null;
  /** Four lower-case hexadecimal digits each. */
  readonly vid: string;
  readonly pid: string;
  readonly revision: string;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly serial: string | null;
  /** What tools open; null where there is none. */
  readonly node: DeviceNode | null;
  /** The driver that Windows gave it, empty for none; null elsewhere. */
  readonly driver: string | null;
}

export interface AttachedDevice {
  /** The place: it stays the same when a keyboard goes over into its bootloader. `usb-1-2.3`, or `volume-…`. */
  readonly id: string;
  /** Another one for each time that something is plugged in or starts anew in that place. */
  readonly instance: string;
  readonly usb: UsbFacts | null;
  readonly ports: readonly DeviceNode[];
  readonly hid: readonly HidInterface[];
  readonly volumes: readonly Volume[];
}

/** Where devices are looked at. */
export interface DeviceScanner {
  /** @throws KilnError `devices.unavailable` */
  scan(): Promise<readonly AttachedDevice[]>;
}

/** What the rest of the flash code knows of the outside: who is attached, now and later. */
export interface DeviceSource {
  /** The last scan. */
  list(): readonly AttachedDevice[];
  /** Called after each change, with the new list. */
  watch(listener: (devices: readonly AttachedDevice[]) => void): () => void;
  /**
   * Opens a serial port at 1200 baud and closes it, which tells Arduino's kin to go over into their bootloader.
   * @throws KilnError `flash.permission`, `devices.unavailable`
   */
  touch(port: string): Promise<void>;
}
