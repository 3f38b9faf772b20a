/**
 * Attached devices on macOS: the registry of devices by `ioreg`, what is mounted by `mount`. Written from the
 * documentation of both and from what others printed with them; never run on a Mac (docs/platforms.md).
 */
import { type AskSystem, askSystem } from './ask-system.ts';
import type { AttachedDevice, DeviceScanner, HidInterface, UsbFacts, Volume } from './model.ts';
import { type PlistValue, parsePlist } from './plist.ts';
import { readUf2Info } from './uf2-info.ts';

/** The subtrees of all USB devices, with all properties, as a property list. */
const IOREG = ['-a', '-l', '-r', '-c', 'IOUSBHostDevice'] as const;
const CHILDREN = 'IORegistryEntryChildren';

type Node = { readonly [key: string]: PlistValue };

const isNode = (value: PlistValue | undefined): value is Node =>
  typeof value === 'object' && !Array.isArray(value);
const nodesOf = (value: PlistValue | undefined): readonly Node[] =>
  Array.isArray(value) ? value.filter(isNode) : [];
const numberAt = (node: Node, ...keys: readonly string[]): number | null =>
  keys.map((key) => node[key]).find((value) => typeof value === 'number') ?? null;
const textAt = (node: Node, ...keys: readonly string[]): string | null =>
  keys
    .map((key) => node[key])
    .find((value) => typeof value === 'string' && value !== '')
    ?.toString() ?? null;

/** Interfaces repeat their device's numbers, but have no address of their own. */
const isDevice = (node: Node): boolean =>
  numberAt(node, 'USB Address', 'kUSBAddress') !== null && numberAt(node, 'locationID') !== null;

const hex = (number: number) => number.toString(16).padStart(4, '0');

/** `20-1.2`, as libusb and dfu-util name it: the bus in the first byte, then a port in each half of one. */
export function pathOfLocation(location: number): string {
  const ports = [...(location & 0xff_ffff).toString(16).padStart(6, '0').replace(/0+$/, '')];
  return `${location >>> 24}-${ports.map((port) => Number.parseInt(port, 16)).join('.')}`;
}

function usbFacts(node: Node): UsbFacts | null {
  const [vid, pid] = [numberAt(node, 'idVendor'), numberAt(node, 'idProduct')];
  const location = numberAt(node, 'locationID');
  const address = numberAt(node, 'USB Address', 'kUSBAddress');
  if (vid === null || pid === null || location === null || address === null) return null;
  return {
    path: pathOfLocation(location),
    bus: location >>> 24,
    address,
    vid: hex(vid),
    pid: hex(pid),
    revision: hex(numberAt(node, 'bcdDevice') ?? 0),
    manufacturer: textAt(node, 'USB Vendor Name', 'kUSBVendorString'),
    product: textAt(node, 'USB Product Name', 'kUSBProductString'),
    serial: textAt(node, 'USB Serial Number', 'kUSBSerialNumberString'),
    node: null,
    driver: null,
  };
}

interface Parts {
  readonly ports: string[];
  readonly hid: HidInterface[];
  readonly disks: string[];
}

/** What a device brings, without what is plugged into it. */
function collect(node: Node, parts: Parts, inHid = false): Parts {
  const port = textAt(node, 'IOCalloutDevice');
  if (port !== null) parts.ports.push(port);
  const disk = textAt(node, 'BSD Name');
  if (disk !== null) parts.disks.push(`/dev/${disk}`);
  const pairs = nodesOf(node.DeviceUsagePairs);
  const id = numberAt(node, 'IORegistryEntryID');
  if (pairs.length > 0 && id !== null && !inHid) {
    for (const pair of pairs) {
      const [usagePage, usage] = [numberAt(pair, 'DeviceUsagePage'), numberAt(pair, 'DeviceUsage')];
      if (usagePage === null || usage === null) continue;
      // hidapi's own way to name it.
      parts.hid.push({ path: `DevSrvsID:${id}`, access: 'unknown', usagePage, usage });
    }
  }
  for (const child of nodesOf(node[CHILDREN])) {
    // What is above a device's reports shows their usages again.
    if (!isDevice(child)) collect(child, parts, inHid || pairs.length > 0);
  }
  return parts;
}

function* devicesIn(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    if (isDevice(node)) yield node;
    yield* devicesIn(nodesOf(node[CHILDREN]));
  }
}

/** `/dev/disk4s1 on /Volumes/RPI-RP2 (msdos, local, nodev, nosuid, read-only)` */
export function parseMacMounts(text: string): ReadonlyMap<string, Omit<Volume, 'uf2'>> {
  const lines = text.matchAll(/^(\/dev\/\S+) on (.+) \(([^)]*)\)$/gm);
  return new Map(
    [...lines].map(([, device = '', mount = '', options = '']) => [
      device,
      { device, mount, readOnly: options.split(', ').includes('read-only') },
    ]),
  );
}

/** The partitions, or the whole disk where it has none. */
const partitionsOf = (disks: readonly string[]): readonly string[] =>
  disks.filter((disk) => !disks.some((other) => other.startsWith(`${disk}s`)));

export function createMacScanner(ask: AskSystem = askSystem): DeviceScanner {
  const volumeOn = async (device: string, text: string): Promise<Volume> => {
    const mounted = parseMacMounts(text).get(device);
    if (mounted?.mount == null) return { device, mount: null, readOnly: false, uf2: null };
    return { ...mounted, uf2: await readUf2Info(mounted.mount) };
  };
  return {
    async scan() {
      const tree = parsePlist(await ask('ioreg', IOREG));
      const devices = new Map<string, AttachedDevice>();
      let mounts: string | null = null;
      // A device below a hub is shown with the hub and by itself.
      for (const node of devicesIn(nodesOf(tree ?? []))) {
        const usb = usbFacts(node);
        const id = `usb-${usb?.path}`;
        if (usb === null || devices.has(id)) continue;
        const { ports, hid, disks } = collect(node, { ports: [], hid: [], disks: [] });
        if (disks.length > 0) mounts ??= await ask('mount', []);
        const text = mounts ?? '';
        devices.set(id, {
          id,
          instance: `${id}#${usb.bus}.${usb.address}.${numberAt(node, 'IORegistryEntryID') ?? ''}`,
          usb,
          ports: ports.map((path) => ({ path, access: 'unknown' })),
          hid,
          volumes: await Promise.all(partitionsOf(disks).map((disk) => volumeOn(disk, text))),
        });
      }
      return [...devices.values()];
    },
  };
}
