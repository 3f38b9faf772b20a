/**
 * Attached devices on Windows, as its own management (CIM) lists them through PowerShell. Written from Microsoft's
 * documentation of Win32_PnPEntity, Win32_LogicalDisk and the forms of device ids; never run there (docs/platforms.md).
 *
 * What Windows does not say in one question: which of several equal devices a serial port, a HID interface or a drive
 * belongs to. Then it belongs to none, and who flashes is asked.
 */
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import { type AskSystem, askSystem } from './ask-system.ts';
import type { AttachedDevice, DeviceScanner, HidInterface, UsbFacts, Volume } from './model.ts';
import { readUf2Info } from './uf2-info.ts';

const SCRIPT = String.raw`
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [System.Text.Encoding]::UTF8
$enum = 'HKLM:\SYSTEM\CurrentControlSet\Enum\'
$devices = Get-CimInstance Win32_PnPEntity -Filter "Present=TRUE AND (PNPDeviceID LIKE 'USB\\VID%' OR PNPDeviceID LIKE 'HID\\VID%')" |
  ForEach-Object { [pscustomobject]@{
    id = $_.PNPDeviceID; name = $_.Name; maker = $_.Manufacturer; service = $_.Service; class = $_.PNPClass
    trouble = $_.ConfigManagerErrorCode; hardware = @($_.HardwareID)
    place = (Get-ItemProperty -LiteralPath ($enum + $_.PNPDeviceID) -ErrorAction SilentlyContinue).LocationInformation
  } }
$drives = Get-CimInstance Win32_LogicalDisk -Filter 'DriveType=2' |
  ForEach-Object { [pscustomobject]@{ letter = $_.DeviceID; system = $_.FileSystem } }
ConvertTo-Json -Compress -Depth 4 @{ devices = @($devices); drives = @($drives) }
`;

const entitySchema = z.object({
  /** `USB\VID_2341&PID_8036&MI_00\6&18B8A2F&0&0000` */
  id: z.string(),
  name: z.string().nullable().default(null),
  maker: z.string().nullable().default(null),
  /** The driver's service. */
  service: z.string().nullable().default(null),
  class: z.string().nullable().default(null),
  /** 0 for none; 28 for no driver. */
  trouble: z.int().nullable().default(null),
  hardware: z.array(z.string().nullable()).default([]),
  /** `Port_#0003.Hub_#0001` */
  place: z.string().nullable().default(null),
});
type Entity = z.infer<typeof entitySchema>;

const answerSchema = z.object({
  devices: z.array(entitySchema),
  drives: z.array(z.object({ letter: z.string(), system: z.string().nullable().default(null) })),
});

const IDS = /^(USB|HID)\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})((?:&[^\\]*)?)\\(.+)$/i;
/** The device interface class of HID, in the paths by which hidapi opens. */
const HID_INTERFACE = '{4d1e55b2-f16f-11cf-88cb-001111000030}';
/** Windows’ driver for a device of several functions, each of which then has a driver of its own. */
const COMPOSITE = 'usbccgp';
const NO_DRIVER = 28;

interface Known {
  readonly entity: Entity;
  readonly bus: string;
  readonly ids: string;
  readonly isFunction: boolean;
  readonly serial: string | null;
}

function know(entity: Entity): Known[] {
  const [, bus, vid, pid, more = '', instance = ''] = IDS.exec(entity.id) ?? [];
  if (bus === undefined || vid === undefined || pid === undefined) return [];
  return [
    {
      entity,
      bus: bus.toUpperCase(),
      ids: `${vid}:${pid}`.toLowerCase(),
      isFunction: /&MI_/i.test(more),
      // One that Windows made up, for a device without, has an ampersand in it.
      serial: instance.includes('&') ? null : instance,
    },
  ];
}

/** `HID_DEVICE_UP:FF31_U:0074` among its hardware ids. */
function usagesOf({ id, hardware }: Entity): HidInterface[] {
  const path = `\\\\?\\${id.replaceAll('\\', '#').toLowerCase()}#${HID_INTERFACE}`;
  return hardware.flatMap((text) => {
    const [, page, usage] = /^HID_DEVICE_UP:([0-9A-F]{4})_U:([0-9A-F]{4})$/i.exec(text ?? '') ?? [];
    if (page === undefined || usage === undefined) return [];
    const usagePage = Number.parseInt(page, 16);
    return [{ path, access: 'unknown' as const, usagePage, usage: Number.parseInt(usage, 16) }];
  });
}

/** `USB Serial Device (COM5)` */
const portOf = ({ name, class: kind }: Entity): string | null =>
  kind === 'Ports' ? (/\((COM\d+)\)$/.exec(name ?? '')?.[1] ?? null) : null;

/** The driver that flashing has to do with: of several functions, that of the first. Empty for none at all. */
function driverOf(entity: Entity, functions: readonly Known[]): string | null {
  const one = entity.service?.toLowerCase() === COMPOSITE ? functions[0]?.entity : entity;
  if (one?.trouble === NO_DRIVER) return '';
  return one?.service ?? null;
}

function usbFacts({ entity, ids, serial }: Known, functions: readonly Known[]): UsbFacts {
  const [vid = '', pid = ''] = ids.split(':');
  const revision = entity.hardware
    .map((text) => /&REV_([0-9A-F]{4})/i.exec(text ?? '')?.[1])
    .find((found) => found !== undefined);
  return {
    path: entity.place ?? entity.id,
    // libusb counts in its own way there.
    bus: null,
    address: null,
    vid,
    pid,
    revision: (revision ?? '0000').toLowerCase(),
    manufacturer: entity.maker,
    product: entity.name,
    serial,
    node: null,
    driver: driverOf(entity, functions),
  };
}

function toDevice(whole: Known, parts: readonly Known[]): AttachedDevice {
  const functions = parts.filter(({ bus }) => bus === 'USB');
  const { entity } = whole;
  const id = `usb-${entity.place ?? entity.id}`;
  const ports = [entity, ...functions.map((one) => one.entity)].flatMap((one) => portOf(one) ?? []);
  return {
    id,
    // The device's own id, for the place is the same for all that starts there.
    instance: `${id}#${entity.id}`,
    usb: usbFacts(whole, functions),
    ports: ports.map((path) => ({ path, access: 'unknown' })),
    hid: parts.filter(({ bus }) => bus === 'HID').flatMap((one) => usagesOf(one.entity)),
    volumes: [],
  };
}

const isStorage = ({ usb }: AttachedDevice): boolean => usb?.driver?.toLowerCase() === 'usbstor';

/** A UF2 volume goes to the only device that can have it; else it stands for itself. */
function withVolumes(
  devices: readonly AttachedDevice[],
  volumes: readonly Volume[],
): readonly AttachedDevice[] {
  const [only, ...others] = devices.filter(isStorage);
  if (only !== undefined && others.length === 0 && volumes.length === 1) {
    return devices.map((device) => (device === only ? { ...device, volumes } : device));
  }
  const alone = volumes.map((volume): AttachedDevice => {
    const id = `volume-${volume.device}`;
    return { id, instance: id, usb: null, ports: [], hid: [], volumes: [volume] };
  });
  return [...devices, ...alone];
}

/** @param text what the script printed. @throws KilnError `devices.unavailable` for anything else */
export function parseWindowsDevices(text: string): {
  readonly devices: readonly AttachedDevice[];
  readonly drives: readonly string[];
} {
  let answer: z.infer<typeof answerSchema>;
  try {
    answer = answerSchema.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch (cause) {
    throw new KilnError('devices.unavailable', 'Windows’ list of devices cannot be read.', {
      cause,
    });
  }
  const known = answer.devices.flatMap(know);
  const wholes = known.filter(({ bus, isFunction }) => bus === 'USB' && !isFunction);
  const devices = wholes.map((whole) => {
    const isAlone = wholes.filter(({ ids }) => ids === whole.ids).length === 1;
    const isPart = ({ ids, bus, isFunction }: Known) =>
      ids === whole.ids && (bus === 'HID' || isFunction);
    return toDevice(whole, isAlone ? known.filter(isPart) : []);
  });
  return { devices, drives: answer.drives.map(({ letter }) => `${letter}\\`) };
}

export function createWindowsScanner(
  ask: AskSystem = askSystem,
  readInfo: typeof readUf2Info = readUf2Info,
): DeviceScanner {
  return {
    async scan() {
      const args = ['-NoProfile', '-NonInteractive', '-Command', SCRIPT];
      const { devices, drives } = parseWindowsDevices(await ask('powershell', args));
      const volumes = await Promise.all(
        drives.map(async (mount): Promise<Volume | null> => {
          const uf2 = await readInfo(mount);
          return uf2 === null ? null : { device: mount, mount, readOnly: false, uf2 };
        }),
      );
      return withVolumes(
        devices,
        volumes.filter((volume) => volume !== null),
      );
    },
  };
}
