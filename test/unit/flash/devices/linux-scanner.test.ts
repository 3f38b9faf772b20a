import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topLevelUsages } from '../../../../flash/devices/hid-descriptor.ts';
import { createLinuxScanner } from '../../../../flash/devices/linux-scanner.ts';
import { recognise } from '../../../../flash/devices/recognise.ts';
import { parseUf2Info } from '../../../../flash/devices/uf2-info.ts';
import { createSysfs, type SysfsDevice } from '../../../fixtures/flash/sysfs.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

/** QMK's console: usage page FF31, usage 74, one collection. */
const CONSOLE = Uint8Array.from([
  0x06, 0x31, 0xff, 0x09, 0x74, 0xa1, 0x01, 0x09, 0x75, 0x15, 0x00, 0x26, 0xff, 0x00, 0x95, 0x20,
  0x75, 0x08, 0x81, 0x02, 0xc0,
]);
const KEYBOARD = Uint8Array.from([
  0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x81, 0x02, 0xc0,
]);

const CATERINA: SysfsDevice = { path: '1-1', vid: '2341', pid: '0036', address: 7, tty: 'ttyACM0' };
const INFO = 'UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n';

function bus() {
  const folder = temporaryFolder();
  const sysfs = createSysfs(folder);
  const scanner = createLinuxScanner(sysfs.places);
  const see = async () =>
    (await scanner.scan()).map((device) =>
      recognise(
        device,
        (vid) => (vid === '1209' ? [{ tree: 'starter', name: 'kiln/pad4x4' }] : []),
        'linux',
      ),
    );
  return { ...sysfs, folder, scanner, see };
}

describe('a device on the bus', () => {
  it('is seen with its port, and known as a bootloader', async () => {
    const { plug, see } = bus();
    plug(CATERINA);
    const [device, ...others] = await see();
    expect(others).toEqual([]);
    expect(device).toMatchObject({
      id: 'usb-1-1',
      instance: 'usb-1-1#1.7',
      kind: 'bootloader',
      mcu: 'atmega32u4',
      can: ['flash', 'clear-eeprom', 'set-hand'],
      problems: [],
    });
    expect(device?.attached.ports).toEqual([
      { path: expect.stringMatching(/ttyACM0$/), access: 'ok' },
    ]);
  });

  it('keeps its place and is another instance when it starts anew', async () => {
    const { plug, unplug, see } = bus();
    plug({ path: '1-2.3', vid: '1209', pid: '0001', address: 4, product: 'Kiln Pad' });
    const [before] = await see();
    unplug('1-2.3');
    await expect(see()).resolves.toEqual([]);
    plug({ ...CATERINA, path: '1-2.3', address: 5 });
    const [now] = await see();
    expect(now?.id).toBe(before?.id);
    expect(now?.instance).not.toBe(before?.instance);
  });

  it('without its port yet is waited for, and says why', async () => {
    const { plug, see } = bus();
    plug({ path: '1-1', vid: '2341', pid: '0036', address: 7 });
    const [device] = await see();
    expect(device?.can).toEqual([]);
    expect(device?.problems[0]).toMatchObject({ code: 'port-missing' });
  });

  it('is a keyboard by its id or by QMK’s own interfaces', async () => {
    const { plug, see } = bus();
    plug({ path: '1-1', vid: '1209', pid: '0001', address: 2, product: 'Kiln Pad' });
    plug({ path: '1-2', vid: 'feed', pid: '0000', address: 3, hid: [KEYBOARD, CONSOLE] });
    plug({ path: '1-3', vid: '046d', pid: 'c077', address: 4, product: 'Mouse' });
    const devices = await see();
    expect(devices.map(({ kind, title }) => [kind, title])).toEqual([
      ['keyboard', 'Kiln Pad'],
      ['keyboard', 'USB device feed:0000'],
      ['other', 'Mouse'],
    ]);
    expect(devices[0]?.keyboards).toEqual([{ tree: 'starter', name: 'kiln/pad4x4' }]);
    expect(devices[1]?.can).toEqual(['console']);
    expect(devices[1]?.problems[0]?.code).toBe('in-firmware');
  });

  it('with a UF2 volume is known by what that says, mounted or not', async () => {
    const { plug, see, mount, folder } = bus();
    plug({ path: '1-1', vid: '2e8a', pid: '0003', address: 2, disks: ['sda1'] });
    const [unmounted] = await see();
    expect(unmounted).toMatchObject({ bootloader: { key: 'rp2040' }, can: [] });
    expect(unmounted?.problems[0]?.code).toBe('not-mounted');
    const drive = join(folder, 'my drive');
    mkdirSync(drive);
    writeFileSync(join(drive, 'INFO_UF2.TXT'), INFO);
    mount({ disk: 'sda1', folder: drive });
    const [mounted, ...others] = await see();
    expect(others).toEqual([]);
    expect(mounted).toMatchObject({ mcu: 'RP2040', can: ['flash'], problems: [] });
    expect(mounted?.attached.volumes[0]?.mount).toBe(drive);
    mount({ disk: 'sda1', folder: drive, options: 'ro' });
    expect((await see())[0]?.problems[0]?.code).toBe('read-only');
  });

  it('that nobody sees on USB is found by its volume', async () => {
    const { see, mount, folder } = bus();
    const drive = join(folder, 'RPI-RP2');
    mkdirSync(drive);
    writeFileSync(join(drive, 'INFO_UF2.TXT'), INFO);
    mount({ disk: 'sdb1', folder: drive });
    expect(await see()).toMatchObject([{ id: 'volume-RPI-RP2', mcu: 'RP2040', can: ['flash'] }]);
  });

  it('that other devices look like is never offered by itself', async () => {
    const { plug, see } = bus();
    plug({ path: '1-1', vid: '16c0', pid: '0483', address: 2, tty: 'ttyACM1' });
    const [device] = await see();
    expect(device?.problems[0]?.code).toBe('shared-id');
    expect(device?.can).toContain('flash');
  });
});

describe('a machine without USB', () => {
  it('has no devices, which is no error', async () => {
    const { places } = bus();
    const scanner = createLinuxScanner({ ...places, usbDevices: '/nowhere' });
    await expect(scanner.scan()).resolves.toEqual([]);
  });
});

describe('a HID report descriptor', () => {
  it('gives its top-level usages', () => {
    expect(topLevelUsages(CONSOLE)).toEqual([{ usagePage: 0xff31, usage: 0x74 }]);
    expect(topLevelUsages(KEYBOARD)).toEqual([{ usagePage: 1, usage: 6 }]);
    expect(topLevelUsages(Buffer.concat([KEYBOARD, CONSOLE]))).toHaveLength(2);
  });

  it('may be anything, and is read to its end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const { usagePage, usage } of topLevelUsages(bytes)) {
          expect(usage).toBeGreaterThanOrEqual(0);
          expect(usagePage).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('INFO_UF2.TXT', () => {
  it('names the board, or is none', () => {
    expect(parseUf2Info(INFO)).toEqual({ model: 'Raspberry Pi RP2', boardId: 'RPI-RP2' });
    expect(parseUf2Info('Board-ID: STM32F411\r\n')).toEqual({
      model: 'STM32F411',
      boardId: 'STM32F411',
    });
    expect(parseUf2Info('hello')).toBeNull();
  });
});
