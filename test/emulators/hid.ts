/** A device with one HID interface: HID 1.11. */
import {
  type Answer,
  DONE,
  endpointDescriptor,
  interfaceDescriptor,
  type Mishap,
  type Setup,
  UsbDevice,
  type UsbIdentity,
} from './usb-device.ts';

const HID = 0x21;
const REPORT = 0x22;
const SET_REPORT = 9;

export class HidDevice extends UsbDevice {
  readonly #report: Buffer;

  constructor(identity: UsbIdentity, report: Buffer, mishap: Mishap = {}) {
    const head = Buffer.from([9, HID, 0x11, 0x01, 0, 1, REPORT, 0, 0]);
    head.writeUInt16LE(report.length, 7);
    super(
      {
        ...identity,
        interfaces: 1,
        body: Buffer.concat([
          interfaceDescriptor(0, 1, [3, 0, 0]),
          head,
          endpointDescriptor(0x81, 3, 8),
        ]),
      },
      mishap,
    );
    this.#report = report;
  }

  protected override classDescriptor(kind: number): Answer {
    return kind === REPORT ? this.#report : null;
  }

  protected classRequest({ request }: Setup, data: Buffer): Answer {
    // Set idle and set protocol are taken and forgotten.
    return request === SET_REPORT ? this.setReport(data) : DONE;
  }

  protected setReport(_data: Buffer): Answer {
    return DONE;
  }
}

/** A keyboard's report: eight modifiers, then six keys. */
const KEYBOARD_REPORT = Buffer.from(
  '05010906a101050719e029e71500250175019508810295067508150025650507190029658100c0',
  'hex',
);

/** A keyboard that runs its firmware. */
export const keyboardDevice = (identity: UsbIdentity): HidDevice =>
  new HidDevice(identity, KEYBOARD_REPORT);
