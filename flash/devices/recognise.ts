/** What an attached device is, what can be done with it, and if nothing can, why. Pure. */
import { type BootloaderMatch, findBootloader, matchBootloader } from '../bootloaders/find.ts';
import { findMcu } from '../bootloaders/mcus.ts';
import type { Bootloader } from '../bootloaders/schema.ts';
import type { AttachedDevice, HidInterface } from './model.ts';

/** A keyboard that a firmware tree knows under a USB id. */
export interface KnownKeyboard {
  readonly tree: string;
  readonly name: string;
}

/** @returns every keyboard of that id: many share one. */
export type KeyboardLookup = (vid: string, pid: string) => readonly KnownKeyboard[];

export type DeviceKind = 'keyboard' | 'bootloader' | 'other';

export type DeviceAction = 'flash' | 'clear-eeprom' | 'set-hand' | 'exit' | 'touch' | 'console';

/** Why something cannot be done, and what to do about it. */
export interface DeviceProblem {
  readonly code:
    | 'no-permission'
    | 'port-missing'
    | 'not-mounted'
    | 'read-only'
    | 'wrong-driver'
    | 'not-flashable'
    | 'shared-id'
    | 'in-firmware';
  readonly message: string;
  readonly remedy: string;
}

export interface RecognisedDevice {
  readonly id: string;
  readonly instance: string;
  readonly kind: DeviceKind;
  /** For people: the keyboard's or bootloader's name, or what the device calls itself. */
  readonly title: string;
  readonly bootloader: Bootloader | null;
  /** QMK's name of its chip; null when it does not tell. */
  readonly mcu: string | null;
  readonly keyboards: readonly KnownKeyboard[];
  readonly can: readonly DeviceAction[];
  readonly problems: readonly DeviceProblem[];
  readonly attached: AttachedDevice;
}

/** QMK's debug console and raw HID: `CONSOLE_USAGE_*` and `RAW_USAGE_*` of its tmk_core/protocol/usb_descriptor.c. */
const CONSOLE = { usagePage: 0xff31, usage: 0x0074 };
const RAW_HID = { usagePage: 0xff60, usage: 0x0061 };
const KEYBOARD = { usagePage: 0x0001, usage: 0x0006 };

const has = (device: AttachedDevice, wanted: Pick<HidInterface, 'usagePage' | 'usage'>) =>
  device.hid.some(
    ({ usagePage, usage }) => usagePage === wanted.usagePage && usage === wanted.usage,
  );

/** Its console interfaces. */
export function consolesOf({ hid }: AttachedDevice): readonly HidInterface[] {
  return hid.filter(
    ({ usagePage, usage }) => usagePage === CONSOLE.usagePage && usage === CONSOLE.usage,
  );
}

/** Boards of UF2 loaders whose `Board-ID` starts with these. */
const UF2_BOARDS: readonly (readonly [board: RegExp, key: string, mcu: string | null])[] = [
  [/^RPI-RP2$/i, 'rp2040', 'RP2040'],
  [/STM32F411/i, 'tinyuf2', 'STM32F411'],
  [/STM32F401/i, 'tinyuf2', 'STM32F401'],
  [/STM32F405/i, 'tinyuf2', 'STM32F405'],
  [/STM32F303/i, 'tinyuf2', 'STM32F303'],
  [/STM32F103/i, 'uf2boot', 'STM32F103'],
];

interface Match {
  readonly bootloader: Bootloader;
  readonly mcu: string | null;
}

/** By its volume: `INFO_UF2.TXT` says more than any USB id. */
function matchUf2({ volumes }: AttachedDevice): Match | null {
  const uf2 = volumes.find((volume) => volume.uf2 !== null)?.uf2;
  if (uf2 === null || uf2 === undefined) return null;
  const text = `${uf2.boardId} ${uf2.model}`;
  const board = UF2_BOARDS.find(([pattern]) => pattern.test(uf2.boardId) || pattern.test(text));
  const bootloader = findBootloader(board?.[1] ?? 'tinyuf2');
  return bootloader === null ? null : { bootloader, mcu: board?.[2] ?? null };
}

function matchUsb({ usb }: AttachedDevice): Match | null {
  if (usb === null) return null;
  const match: BootloaderMatch | null = matchBootloader(usb);
  if (match === null) return null;
  const { bootloader, id } = match;
  const mcus = id.mcus ?? (bootloader.mcus.length === 1 ? bootloader.mcus : []);
  // Of several chips with one id, any has the same limits; the first stands for them.
  return { bootloader, mcu: mcus[0] ?? null };
}

function titleOf({ usb, volumes }: AttachedDevice): string {
  const words = [usb?.manufacturer, usb?.product].filter((word) => word != null);
  if (words.length > 0) return words.join(' ');
  const model = volumes.find(({ uf2 }) => uf2 !== null)?.uf2?.model;
  return model ?? (usb === null ? 'Unknown device' : `USB device ${usb.vid}:${usb.pid}`);
}

/** @param keyboards who has that USB id, by the catalogues of all trees. */
export function recognise(
  device: AttachedDevice,
  keyboards: KeyboardLookup,
  platform: NodeJS.Platform = process.platform,
): RecognisedDevice {
  const base = { id: device.id, instance: device.instance, attached: device };
  const match = matchUf2(device) ?? matchUsb(device);
  if (match !== null) {
    const { bootloader, mcu } = match;
    const problems = bootloaderProblems(device, bootloader, platform);
    return {
      ...base,
      kind: 'bootloader',
      title: bootloader.name,
      bootloader,
      mcu: mcu === null ? null : (findMcu(mcu)?.name ?? mcu),
      keyboards: [],
      can: problems.some(({ code }) => code !== 'shared-id') ? [] : actionsOf(bootloader),
      problems,
    };
  }
  const known = device.usb === null ? [] : keyboards(device.usb.vid, device.usb.pid);
  const isQmk = has(device, CONSOLE) || has(device, RAW_HID);
  const isKeyboard = known.length > 0 || isQmk || (has(device, KEYBOARD) && device.usb !== null);
  const consoles = consolesOf(device);
  return {
    ...base,
    kind: isKeyboard ? 'keyboard' : 'other',
    title: titleOf(device),
    bootloader: null,
    mcu: null,
    keyboards: known,
    can: [
      ...(device.ports.some(({ access }) => access !== 'denied') ? (['touch'] as const) : []),
      ...(consoles.some(({ access }) => access !== 'denied') ? (['console'] as const) : []),
    ],
    problems: isKeyboard ? keyboardProblems(consoles) : [],
  };
}

function actionsOf({ eeprom, leave, flasher }: Bootloader): readonly DeviceAction[] {
  const writesEeprom = eeprom === 'tool' || eeprom === 'tool-erases-firmware';
  return [
    ...(flasher.tool === 'none' ? [] : (['flash'] as const)),
    ...(writesEeprom ? (['clear-eeprom', 'set-hand'] as const) : []),
    ...(leave === 'command' ? (['exit'] as const) : []),
  ];
}

const PERMISSION_REMEDY = 'Install the rules with: kiln udev install, then plug it in again.';

function denied(path: string): DeviceProblem {
  return {
    code: 'no-permission',
    message: `Your account may not open ${path}.`,
    remedy: PERMISSION_REMEDY,
  };
}

function keyboardProblems(consoles: readonly HidInterface[]): DeviceProblem[] {
  const closed = consoles.find(({ access }) => access === 'denied');
  return [
    {
      code: 'in-firmware',
      message: 'It runs its firmware, in which it cannot be flashed.',
      remedy: 'Press the key that is mapped to QK_BOOT, or its reset button; Kiln waits for that.',
    },
    ...(closed === undefined ? [] : [denied(closed.path)]),
  ];
}

/** Windows' name of each driver that may sit on a bootloader. */
function driverProblem(driver: string | null, bootloader: Bootloader): DeviceProblem[] {
  const wanted = bootloader.windowsDriver;
  if (driver === null || wanted === 'none' || driver.toLowerCase() === wanted.toLowerCase()) {
    return [];
  }
  const builtIn = ['usbser', 'HidUsb', 'USBSTOR'].includes(wanted);
  return [
    {
      code: 'wrong-driver',
      message:
        driver === ''
          ? `Windows has no driver for it; flashing needs ${wanted}.`
          : `Windows gave it the driver ${driver}; flashing needs ${wanted}.`,
      remedy: builtIn
        ? `In the Device Manager choose “Uninstall device” with “Delete the driver software”, then plug it in again: Windows has ${wanted} built in.`
        : `While it shows as “${bootloader.name}”, choose ${wanted} for it in Zadig. Never do so while it is a keyboard.`,
    },
  ];
}

function bootloaderProblems(
  device: AttachedDevice,
  bootloader: Bootloader,
  platform: NodeJS.Platform,
): DeviceProblem[] {
  const problems: DeviceProblem[] = [];
  const { flasher, appears } = bootloader;
  if (flasher.tool === 'none') {
    problems.push({
      code: 'not-flashable',
      message: flasher.reason,
      remedy: 'Look into docs/flashing.md for what can be done with each bootloader.',
    });
  }
  if (bootloader.onlyOnRequest) {
    problems.push({
      code: 'shared-id',
      message: 'Other devices have the same USB id, so Kiln never chooses it by itself.',
      remedy: 'Choose it by name if you know that it is one.',
    });
  }
  if (platform === 'win32') {
    problems.push(...driverProblem(device.usb?.driver ?? null, bootloader));
  }
  if (appears === 'serial') problems.push(...portProblems(device));
  else if (appears === 'volume') problems.push(...volumeProblems(device));
  else {
    const nodes = [device.usb?.node, ...device.hid].filter((node) => node != null);
    const closed = nodes.find(({ access }) => access === 'denied');
    if (closed !== undefined) problems.push(denied(closed.path));
  }
  return problems;
}

function portProblems({ ports }: AttachedDevice): DeviceProblem[] {
  const [port] = ports;
  if (port === undefined) {
    return [
      {
        code: 'port-missing',
        message: 'Its serial port is not there (yet).',
        remedy:
          'It comes within a second. If it does not, restart the computer: after an update the kernel may lack its driver (cdc_acm).',
      },
    ];
  }
  return port.access === 'denied' ? [denied(port.path)] : [];
}

function volumeProblems({ volumes }: AttachedDevice): DeviceProblem[] {
  const mounted = volumes.find(({ mount }) => mount !== null);
  if (mounted === undefined) {
    return [
      {
        code: 'not-mounted',
        message: 'Its volume is not mounted (yet).',
        remedy: 'Open it in the file manager; Kiln tries to mount it by itself when it flashes.',
      },
    ];
  }
  if (!mounted.readOnly) return [];
  return [
    {
      code: 'read-only',
      message: `Its volume ${mounted.mount} is mounted for reading only.`,
      remedy: 'Unplug the keyboard, plug it in again and enter the bootloader anew.',
    },
  ];
}
