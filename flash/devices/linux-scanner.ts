/**
 * Attached devices on Linux, from the kernel's own files. Nothing native, nothing that udev has to run for: it works in
 * containers, and where there is no USB at all it says so.
 */
import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf, KilnError } from '../../core/errors.ts';
import { topLevelUsages } from './hid-descriptor.ts';
import { type Mount, parseMounts } from './linux-mounts.ts';
import type {
  Access,
  AttachedDevice,
  DeviceNode,
  DeviceScanner,
  HidInterface,
  UsbFacts,
  Volume,
} from './model.ts';
import { readUf2Info } from './uf2-info.ts';

export interface LinuxPlaces {
  /** `/sys/bus/usb/devices` */
  readonly usbDevices: string;
  /** `/proc/mounts` */
  readonly mounts: string;
  /** `/dev` */
  readonly dev: string;
  /** File systems that UF2 volumes have; a test has another. */
  readonly volumeTypes: readonly string[];
  /** Whether HID nodes are files or pipes of reports of 32 bytes, as a test has them. */
  readonly hidAsFiles?: boolean;
}

export const LINUX_PLACES: LinuxPlaces = {
  usbDevices: '/sys/bus/usb/devices',
  mounts: '/proc/mounts',
  dev: '/dev',
  volumeTypes: ['vfat', 'msdos', 'exfat', 'fuseblk'],
};

/** A device may leave while it is looked at: what is gone is as if it never was. */
async function textOf(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function nodeAt(path: string): Promise<DeviceNode> {
  return { path, access: await accessTo(path) };
}

async function accessTo(path: string): Promise<Access> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return 'ok';
  } catch (error) {
    return errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM' ? 'denied' : 'unknown';
  }
}

export function createLinuxScanner(places: LinuxPlaces = LINUX_PLACES): DeviceScanner {
  const { dev } = places;

  const usbFacts = async (name: string): Promise<UsbFacts | null> => {
    const at = (file: string) => textOf(join(places.usbDevices, name, file));
    const [vid, pid, revision, bus, address] = await Promise.all(
      ['idVendor', 'idProduct', 'bcdDevice', 'busnum', 'devnum'].map(at),
    );
    if (!vid || !pid || !bus || !address) return null;
    const [manufacturer, product, serial] = await Promise.all(
      ['manufacturer', 'product', 'serial'].map(at),
    );
    const place = [bus, address].map((number) => number.padStart(3, '0'));
    return {
      path: name,
      bus: Number(bus),
      address: Number(address),
      vid: vid.toLowerCase(),
      pid: pid.toLowerCase(),
      revision: (revision ?? '0000').toLowerCase(),
      manufacturer: manufacturer || null,
      product: product || null,
      serial: serial || null,
      node: await nodeAt(join(dev, 'bus/usb', ...place)),
      driver: null,
    };
  };

  /** `tty/ttyACM0` for CDC, `ttyUSB0` for converters. */
  const portsOf = async (folder: string, names: readonly string[]): Promise<DeviceNode[]> => {
    const acm = names.includes('tty') ? await namesIn(join(folder, 'tty')) : [];
    const converters = names.filter((name) => /^ttyUSB\d+$/.test(name));
    return Promise.all([...acm, ...converters].map((name) => nodeAt(join(dev, name))));
  };

  const hidOf = async (folder: string, names: readonly string[]): Promise<HidInterface[]> => {
    const found: HidInterface[] = [];
    for (const name of names.filter((one) => /^[0-9A-F]{4}:[0-9A-F]{4}:/i.test(one))) {
      const [node] = await namesIn(join(folder, name, 'hidraw'));
      if (node === undefined) continue;
      const descriptor = await readFile(join(folder, name, 'report_descriptor')).catch(() => null);
      const at = await nodeAt(join(dev, node));
      for (const usage of topLevelUsages(descriptor ?? new Uint8Array())) {
        found.push({ ...at, ...usage });
      }
    }
    return found;
  };

  /** Disks and their partitions: `host6/target6:0:0/6:0:0:0/block/sda/sda1`. */
  const disksOf = async (folder: string, names: readonly string[]): Promise<string[]> => {
    const disks: string[] = [];
    for (const host of names.filter((name) => /^host\d+$/.test(name))) {
      for (const target of await namesIn(join(folder, host))) {
        if (!target.startsWith('target')) continue;
        for (const unit of await namesIn(join(folder, host, target))) {
          const block = join(folder, host, target, unit, 'block');
          for (const disk of await namesIn(block)) {
            const parts = (await namesIn(join(block, disk))).filter((part) =>
              part.startsWith(disk),
            );
            disks.push(...(parts.length > 0 ? parts : [disk]).map((part) => join(dev, part)));
          }
        }
      }
    }
    return disks;
  };

  const volumeOn = async (device: string, mounts: readonly Mount[]): Promise<Volume> => {
    const mount = mounts.find((one) => one.device === device);
    return {
      device,
      mount: mount?.folder ?? null,
      readOnly: mount?.readOnly ?? false,
      uf2: mount === undefined ? null : await readUf2Info(mount.folder),
    };
  };

  const deviceAt = async (
    name: string,
    interfaces: readonly string[],
    mounts: readonly Mount[],
  ): Promise<AttachedDevice | null> => {
    const usb = await usbFacts(name);
    if (usb === null) return null;
    const ports: DeviceNode[] = [];
    const hid: HidInterface[] = [];
    const disks: string[] = [];
    for (const one of interfaces) {
      const folder = join(places.usbDevices, one);
      const names = await namesIn(folder);
      ports.push(...(await portsOf(folder, names)));
      hid.push(...(await hidOf(folder, names)));
      disks.push(...(await disksOf(folder, names)));
    }
    const volumes = await Promise.all(disks.map((disk) => volumeOn(disk, mounts)));
    const id = `usb-${name}`;
    return { id, instance: `${id}#${usb.bus}.${usb.address}`, usb, ports, hid, volumes };
  };

  /** UF2 volumes whose device the kernel does not show on USB: through a virtual machine, or a test's folder. */
  const otherVolumes = async (
    mounts: readonly Mount[],
    known: readonly AttachedDevice[],
  ): Promise<AttachedDevice[]> => {
    const taken = known.flatMap(({ volumes }) => volumes.map(({ device }) => device));
    const found: AttachedDevice[] = [];
    for (const { device, folder, type, readOnly } of mounts) {
      if (!places.volumeTypes.includes(type) || taken.includes(device)) continue;
      const uf2 = await readUf2Info(folder);
      if (uf2 === null) continue;
      const id = `volume-${basename(folder)}`;
      const volumes = [{ device, mount: folder, readOnly, uf2 }];
      found.push({ id, instance: `${id}#${folder}`, usb: null, ports: [], hid: [], volumes });
    }
    return found;
  };

  return {
    async scan() {
      const mounts = parseMounts((await textOf(places.mounts)) ?? '');
      const names = await readdir(places.usbDevices).catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT') return [];
        throw new KilnError('devices.unavailable', 'The kernel’s list of USB devices is closed.', {
          cause: error,
        });
      });
      const devices: AttachedDevice[] = [];
      // Root hubs are `usb1`; interfaces have a colon.
      for (const name of names.filter((one) => /^\d+-[\d.]+$/.test(one)).sort()) {
        const interfaces = names.filter((one) => one.startsWith(`${name}:`)).sort();
        const device = await deviceAt(name, interfaces, mounts);
        if (device !== null) devices.push(device);
      }
      return [...devices, ...(await otherVolumes(mounts, devices))];
    },
  };
}
