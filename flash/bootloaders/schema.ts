/** The shape of the bootloader table: what a flasher has to know of each bootloader and programmer. */
import { z } from 'zod';

/** Where facts of the table come from. Two lists that say the same are two sources. */
export const SOURCES = {
  firmware:
    'QMK firmware: lib/python/qmk/constants.py, flashers.py, platforms/*/{bootloader,flash}.mk',
  udev: 'qmk_udev 50-qmk.rules, and util/udev/50-qmk.rules of QMK firmware',
  toolbox: 'QMK Toolbox: Usb/UsbListener.cs, Usb/Bootloader/*.cs, Resources/drivers.txt',
  cli: 'qmk_cli: subcommands/console.py',
  protocol:
    'The protocol’s own document (USB DFU 1.1, ST AN3156, AVR109, Microsoft UF2, PJRC HalfKay)',
  issues: 'Reports of users at qmk_firmware and qmk_toolbox',
} as const;

const id = z.string().regex(/^[0-9a-f]{4}$/, 'four lower-case hexadecimal digits');
const source = z.enum(Object.keys(SOURCES) as [keyof typeof SOURCES, ...(keyof typeof SOURCES)[]]);
const mcu = z.string().regex(/^[A-Za-z0-9]+$/);

/** One way in which the bootloader may show up on USB. */
const usbIdSchema = z.strictObject({
  vid: id,
  pid: id,
  label: z.string().min(1),
  /** bcdDevice that it must have. QMK’s own loaders write Ψ (U+0936) there. */
  revision: id.optional(),
  /** bcdDevice that it must not have. */
  notRevision: id.optional(),
  /** Text that the product string must hold, where the id is shared with other devices. */
  product: z.string().min(1).optional(),
  /** The chips that have this id; absent where it does not tell. */
  mcus: z.array(mcu).min(1).optional(),
  sources: z.array(source).min(1),
});
export type BootloaderUsbId = z.infer<typeof usbIdSchema>;

const address = z.int().min(0).max(0xffff_ffff);

/** Which tool writes, and what its command line needs beside device and file. */
const flasherSchema = z.discriminatedUnion('tool', [
  z.strictObject({ tool: z.literal('dfu-programmer') }),
  z.strictObject({
    tool: z.literal('avrdude'),
    programmer: z.enum(['avr109', 'usbasp', 'usbtiny', 'avrisp']),
  }),
  z.strictObject({
    tool: z.literal('dfu-util'),
    alt: z.int().min(0),
    /** DfuSe: where the image goes; null for plain DFU, which has no addresses. */
    address: address.nullable(),
    /** Whether the loader hands the flash out again, so that it can be compared. */
    readsBack: z.boolean(),
    /** Plain DFU: reset of the bus after the download (`-R`). */
    reset: z.boolean(),
  }),
  z.strictObject({ tool: z.literal('teensy_loader_cli') }),
  z.strictObject({ tool: z.literal('hid_bootloader_cli') }),
  z.strictObject({ tool: z.literal('bootloadHID') }),
  z.strictObject({ tool: z.literal('wb32-dfu-updater_cli'), address }),
  z.strictObject({ tool: z.literal('mdloader') }),
  /** Our own copy to a UF2 volume. */
  z.strictObject({ tool: z.literal('uf2-copy') }),
  /** Our own copy over `FLASH.BIN`. */
  z.strictObject({ tool: z.literal('flash-bin-copy') }),
  /** Known, but nothing that Kiln runs can write it; why, for people. */
  z.strictObject({ tool: z.literal('none'), reason: z.string().min(1) }),
]);

export const bootloaderSchema = z.strictObject({
  /** QMK’s `bootloader` value where it has one, else our own word. */
  key: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string().min(1),
  role: z.enum(['bootloader', 'programmer']),
  /** What the operating system makes of it, and so where a flasher finds it. */
  appears: z.enum(['usb', 'serial', 'hid', 'volume']),
  ids: z.array(usbIdSchema),
  /** QMK’s names of the chips that it runs on (`processor` of a keyboard). */
  mcus: z.array(mcu).min(1),
  /** Image formats that its tool takes, the preferred one first. */
  formats: z.array(z.enum(['hex', 'bin', 'uf2'])).min(1),
  flasher: flasherSchema,
  /** Bytes at the end of the flash that it takes for itself, by chip (`*` for all others); 0 where it lies in ROM. */
  size: z.record(z.string(), z.int().min(0)),
  /** Bytes before the image, where the loader lies in front of it. */
  offset: z.int().min(0),
  /** Whether what was written is compared: by the tool, by our own reading, or not at all. */
  verify: z.enum(['tool', 'read-back', 'none']),
  /** How the keyboard starts afterwards. */
  restart: z.enum(['by-itself', 'by-command', 'by-hand']),
  /** Seconds until it leaves by itself; null when it stays. */
  windowSeconds: z.int().positive().nullable(),
  /** Whether the running firmware can jump into it (QK_BOOT, boot magic). */
  softwareEntry: z.boolean(),
  /** How a person gets into it, best way first. */
  enter: z.array(z.string().min(1)).min(1),
  /** How it is left without flashing. */
  leave: z.enum(['command', 'wait', 'replug', 'reset-button']),
  /** Whether the EEPROM (settings, hand of a split) can be written from here, and what that costs. */
  eeprom: z.enum(['tool', 'tool-erases-firmware', 'cleared-on-entry', 'not-from-here']),
  /** Serial ports that ModemManager has to keep away from. */
  modemManagerIgnore: z.boolean(),
  /** Whether the device node needs an own rule on Linux; mass storage does not. */
  needsUdevRule: z.boolean(),
  windowsDriver: z.enum(['WinUSB', 'libusbK', 'libusb0', 'usbser', 'HidUsb', 'USBSTOR', 'none']),
  /** Never chosen by itself, for what has this id may be something else. */
  onlyOnRequest: z.boolean(),
  /** What a person has to know before writing. */
  warning: z.string().min(1).optional(),
  /** Where the facts that are not ids come from. */
  sources: z.strictObject({
    flasher: z.array(source).min(1),
    size: z.array(source),
    quirks: z.array(source),
  }),
  /**
   * What was shown of it in this project, for docs/bootloaders.md; a test holds it to what there is. `lab`: in
   * test/usb-lab; `fixture`: by files made up; `stand-in`: whole runs with a script in the tool’s place; `parser`: only
   * the tool’s output and our command line; `no`: never run.
   */
  proof: z.strictObject({
    detected: z.enum(['lab', 'fixture']),
    flashed: z.enum(['lab', 'stand-in', 'parser', 'no']),
  }),
});
export type Bootloader = z.infer<typeof bootloaderSchema>;

export const mcuSchema = z.strictObject({
  /** As QMK’s `processor` spells it. */
  name: mcu,
  /** First address of its flash. */
  start: address,
  /** Bytes of flash; of families with several sizes the largest, so that nothing that could fit is refused. */
  flashBytes: z.int().positive(),
  /** Bytes of EEPROM; 0 where it is emulated. */
  eepromBytes: z.int().min(0),
  /** What avrdude calls it. */
  avrdude: z.string().optional(),
  /** What teensy_loader_cli calls it. */
  teensy: z.string().optional(),
  /** The UF2 families that its images may carry; empty where UF2 is not used. */
  uf2Families: z.array(address),
});
export type Mcu = z.infer<typeof mcuSchema>;
