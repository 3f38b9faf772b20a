/** Attached devices of macOS and Windows, from what their own programs print; nothing of it was run there. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMacScanner,
  parseMacMounts,
  pathOfLocation,
} from '../../../../flash/devices/mac-scanner.ts';
import { parsePlist } from '../../../../flash/devices/plist.ts';
import { recognise } from '../../../../flash/devices/recognise.ts';
import {
  createWindowsScanner,
  parseWindowsDevices,
} from '../../../../flash/devices/windows-scanner.ts';
import { planRun } from '../../../../flash/run/plan.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';
import { stm32Image } from '../../../usb-lab/guest/images.ts';

const ATTACHED = join(import.meta.dirname, '../../../fixtures/flash/attached');
const printed = (name: string) => readFileSync(join(ATTACHED, name), 'utf8');

/** A mounted UF2 volume, for there has to be one to be read. */
function uf2Volume(): string {
  const folder = join(temporaryFolder(), 'RPI-RP2');
  mkdirSync(folder);
  writeFileSync(join(folder, 'INFO_UF2.TXT'), 'Model: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n');
  return folder;
}

describe('macOS', () => {
  const scan = (volume: string, options = 'msdos, local, nodev, nosuid, noowners') =>
    createMacScanner(async (command) =>
      command === 'ioreg'
        ? printed('ioreg.plist')
        : `/dev/disk3s1s1 on / (apfs, sealed, local, read-only)\n/dev/disk4s1 on ${volume} (${options})\n`,
    ).scan();

  it('lists each device once, a hub’s apart from the hub, with what libusb calls it', async () => {
    const devices = await scan(uf2Volume());
    expect(devices.map(({ id, usb }) => [id, usb?.vid, usb?.pid, usb?.address])).toEqual([
      ['usb-20-1', '05e3', '0610', 1],
      ['usb-20-1.1', '1209', '0001', 4],
      ['usb-20-3', '2341', '0036', 7],
      ['usb-20-4', '2e8a', '0003', 9],
    ]);
    expect(devices[1]?.usb?.product).toBe('Pad & Console');
  });

  it('knows consoles by their usage, and ports and volumes by their device', async () => {
    const volume = uf2Volume();
    const [, pad, caterina, pico] = await scan(volume);
    expect(pad?.hid).toEqual([
      { path: 'DevSrvsID:4294970020', access: 'unknown', usagePage: 0xff31, usage: 0x74 },
    ]);
    expect(caterina?.ports).toEqual([{ path: '/dev/cu.usbmodem14301', access: 'unknown' }]);
    expect(pico?.volumes).toMatchObject([
      { device: '/dev/disk4s1', mount: volume, readOnly: false },
    ]);
    const seen = [pad, caterina, pico].map((one) => one && recognise(one, () => [], 'darwin'));
    expect(seen.map((one) => [one?.kind, one?.bootloader?.key, one?.can])).toEqual([
      ['keyboard', undefined, ['console']],
      ['bootloader', 'caterina', ['flash', 'clear-eeprom', 'set-hand']],
      ['bootloader', 'rp2040', ['flash']],
    ]);
  });

  it('knows a volume that may only be read', async () => {
    const devices = await scan(uf2Volume(), 'msdos, local, read-only');
    expect(devices[3]?.volumes[0]?.readOnly).toBe(true);
  });

  it('reads places and mounts as they are written', () => {
    expect(pathOfLocation(0x1412_3000)).toBe('20-1.2.3');
    expect(pathOfLocation(0xfd14_0000)).toBe('253-1.4');
    expect(parseMacMounts('/dev/disk4s1 on /Volumes/MY DISK (1) (msdos, local)\n')).toEqual(
      new Map([
        [
          '/dev/disk4s1',
          { device: '/dev/disk4s1', mount: '/Volumes/MY DISK (1)', readOnly: false },
        ],
      ]),
    );
  });

  it('says so when the system’s program prints no list', async () => {
    expect(await createMacScanner(async () => '').scan()).toEqual([]);
    const failing = createMacScanner(async () => {
      throw new Error('no ioreg');
    });
    await expect(failing.scan()).rejects.toThrow('no ioreg');
  });

  it.each(['', '<plist><array><dict>', '<plist><array></dict></plist>', 'no list at all'])(
    '%j is no property list',
    (text) => expect(parsePlist(text)).toBeNull(),
  );

  it('no text makes the reader of property lists fail', () => {
    const pieces = fc.constantFrom(
      '<plist>',
      '<dict>',
      '</dict>',
      '<key>',
      '</key>',
      '<true/>',
      '&',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        parsePlist(`<plist>${parts.join('')}`);
      }),
    );
    expect(parsePlist(`<plist>${'<array>'.repeat(10_000)}`)).toBeNull();
  });
});

describe('Windows', () => {
  const { devices, drives } = parseWindowsDevices(printed('windows.json'));
  const [pad, caterina, stm32, atmel, pico] = devices;
  const seen = (device: (typeof devices)[number] | undefined) =>
    device === undefined ? null : recognise(device, () => [], 'win32');

  it('lists whole devices by their port of the hub, and passes over what has no USB ids', () => {
    expect(devices.map(({ id, usb }) => [id, usb?.vid, usb?.pid, usb?.driver])).toEqual([
      ['usb-Port_#0002.Hub_#0001', '1209', '0001', 'HidUsb'],
      ['usb-Port_#0003.Hub_#0001', '2341', '0036', 'usbser'],
      ['usb-Port_#0004.Hub_#0001', '0483', 'df11', ''],
      ['usb-Port_#0005.Hub_#0001', '03eb', '2ff4', 'libusb0'],
      ['usb-Port_#0006.Hub_#0001', '2e8a', '0003', 'USBSTOR'],
    ]);
    expect(drives).toEqual(['E:\\']);
    expect(stm32?.usb).toMatchObject({ serial: '357F366E3234', revision: '2200' });
    expect(pad?.usb?.serial).toBeNull();
  });

  it('gives a keyboard its console, by the path that hidapi opens', () => {
    expect(pad?.hid).toEqual([
      {
        path: '\\\\?\\hid#vid_1209&pid_0001&mi_01#8&31f5a2e7&0&0000#{4d1e55b2-f16f-11cf-88cb-001111000030}',
        access: 'unknown',
        usagePage: 0xff31,
        usage: 0x74,
      },
    ]);
    expect(seen(pad)).toMatchObject({ kind: 'keyboard', can: ['console'] });
  });

  it('gives a bootloader its port, and says which driver another one lacks', () => {
    expect(seen(caterina)).toMatchObject({ can: ['flash', 'clear-eeprom', 'set-hand'] });
    expect(caterina?.ports).toEqual([{ path: 'COM5', access: 'unknown' }]);
    expect(seen(stm32)?.problems[0]).toMatchObject({
      code: 'wrong-driver',
      message: 'Windows has no driver for it; flashing needs WinUSB.',
    });
    expect(seen(atmel)?.problems[0]?.message).toContain('the driver libusb0');
  });

  it('addresses no device by a number that libusb does not share', () => {
    const device = seen(stm32);
    if (device?.bootloader == null) throw new Error('it is one');
    const plan = planRun({
      action: 'flash',
      hand: null,
      image: stm32Image(3000).image,
      device,
      bootloader: device.bootloader,
      mcu: 'STM32F072',
      folder: 'C:\\run',
      dfuProgrammerVersion: '',
    });
    const [first] = plan.steps;
    expect(first?.work).toMatchObject({ kind: 'tool' });
    expect(first?.work.kind === 'tool' && first.work.command.args).not.toContain('-p');
  });

  it('gives parts of two equal keyboards to neither', () => {
    const text = JSON.parse(printed('windows.json'));
    const twin = {
      ...text.devices[0],
      id: 'USB\\VID_1209&PID_0001\\6&2A8C3B1&0&9',
      place: 'Port_#0009.Hub_#0001',
    };
    const both = parseWindowsDevices(JSON.stringify({ ...text, devices: [twin, ...text.devices] }));
    const pads = both.devices.filter(({ usb }) => usb?.pid === '0001');
    expect(pads.map(({ hid }) => hid)).toEqual([[], []]);
  });

  it('a UF2 drive belongs to the only device that can have it, and else stands for itself', async () => {
    const text = JSON.parse(printed('windows.json'));
    const readInfo = async (mount: string) =>
      mount === 'E:\\' ? { model: 'Raspberry Pi RP2', boardId: 'RPI-RP2' } : null;
    const ask = (more: readonly object[]) => async () =>
      JSON.stringify({ ...text, devices: [...text.devices, ...more] });
    const one = await createWindowsScanner(ask([]), readInfo).scan();
    expect(one.find(({ volumes }) => volumes.length > 0)?.usb?.vid).toBe('2e8a');
    const stick = {
      id: 'USB\\VID_0781&PID_5567\\4C53',
      service: 'USBSTOR',
      place: 'Port_#0010.Hub_#0001',
    };
    const two = await createWindowsScanner(ask([stick]), readInfo).scan();
    expect(two.find(({ volumes }) => volumes.length > 0)?.usb).toBeNull();
    expect(pico?.volumes).toEqual([]);
  });

  it.each(['', '[]', '{"devices":{}}', 'Get-CimInstance : Access denied'])(
    '%j is no list of devices, and is said to be none',
    (text) =>
      expect(() => parseWindowsDevices(text)).toThrow('Windows’ list of devices cannot be read.'),
  );
});
