/** What else the Flash page does, on a bus of files: settings, hands, leaving a bootloader, consoles, permissions. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { BusProMicro } from '../../emulators/bus-boards.ts';
import { createSysfs, type Sysfs } from '../../fixtures/flash/sysfs.ts';
import { Place } from '../../fixtures/service/place.ts';
import { until } from '../../fixtures/service/until.ts';
import { barriersOf, openWindow } from '../support/window.ts';

const SERVICE = join(import.meta.dirname, '../../fixtures/flash/serve-with-bus.ts');
const PAD = { vid: '1209', pid: '0001', product: 'Pad 4x4' };
/** QMK's console: usage page FF31, usage 74. */
const CONSOLE = Buffer.from('0631ff0974a1010975150026ff00952075088102c0', 'hex');

let place: Place;
let sysfs: Sysfs;
let board: BusProMicro;

test.beforeAll(async () => {
  place = new Place();
  sysfs = createSysfs(join(place.folder, 'bus'), true);
  board = new BusProMicro(sysfs, '1-1', PAD);
  board.plugIn();
  const tools = join(place.folder, 'tools');
  // The board leaves once it was told to.
  mkdirSync(join(tools, 'bin'), { recursive: true });
  const script = `#!/bin/sh\necho "$*" > ${join(place.folder, 'left')}\n`;
  writeFileSync(join(tools, 'bin', 'dfu-util'), script, { mode: 0o755 });
  await place.serve({
    program: SERVICE,
    more: [JSON.stringify(sysfs.places)],
    env: { KILN_TOOLCHAIN_DIR: tools },
  });
});

test.afterAll(async () => {
  await place.close();
  await board.close();
});

const attached = (page: Page) => page.getByRole('complementary', { name: 'Attached' });
const resultOf = (page: Page, text: string) => page.getByText(text).first();

async function choose(page: Page, work: string): Promise<void> {
  await openWindow(place, page, '/app/flash');
  await page.getByRole('radio', { name: work }).check();
}

test('settings are cleared, and the firmware stays', async ({ page }) => {
  board.device.eeprom.fill(0x5a);
  await choose(page, 'Clear settings');
  await page.getByRole('button', { name: 'Wait for the keyboard, then clear' }).click();
  await board.enterBootloader();
  await expect(resultOf(page, 'Done, and the keyboard is back.')).toBeVisible();
  expect([...board.device.eeprom.subarray(0, 2)]).toEqual([0, 0x5a]);
  expect(board.device.pagesWritten).toBe(0);
  expect(board.device.violations).toEqual([]);
  expect(await barriersOf(page)).toEqual([]);
});

test('both halves of a split get their hand, one after the other', async ({ page }) => {
  await choose(page, 'Set the hand of a half');
  await page.getByRole('radio', { name: 'left hand' }).check();
  expect(await barriersOf(page)).toEqual([]);
  await board.enterBootloader();
  await page.getByRole('button', { name: 'Set the hand', exact: true }).click();
  await expect(resultOf(page, 'Done, and the keyboard is back.')).toBeVisible();
  expect(board.device.eeprom[14]).toBe(1);

  await page.getByRole('button', { name: 'Now the right hand half' }).click();
  await board.enterBootloader();
  await page.getByRole('button', { name: 'Set the hand', exact: true }).click();
  await expect.poll(() => board.device.eeprom[14]).toBe(0);
  await expect(resultOf(page, 'Done, and the keyboard is back.')).toBeVisible();
  expect(board.device.pagesWritten).toBe(0);
});

test('a bootloader is left without flashing; one that leaves by itself is said to', async ({
  page,
}) => {
  await choose(page, 'Leave the bootloader');
  await board.enterBootloader();
  await page.getByRole('button', { name: 'Leave the bootloader', exact: true }).click();
  await expect(resultOf(page, 'leaves by itself after some seconds')).toBeVisible();
  board.unplug();

  await openWindow(place, page, '/app/flash');
  await page.getByRole('radio', { name: 'Leave the bootloader' }).check();
  sysfs.plug({ path: '1-2', vid: '0483', pid: 'df11', address: 2 });
  await expect(attached(page).getByText('STM32 DFU')).toBeVisible();
  await page.getByRole('button', { name: 'Leave the bootloader', exact: true }).click();
  const told = join(place.folder, 'left');
  await until('the tool', () => existsSync(told) && readFileSync(told, 'utf8') !== '');
  expect(readFileSync(told, 'utf8')).toBe('-a 0 -d ,0483:df11 -p 1-2 -s 0x08000000:leave\n');
  sysfs.unplug('1-2');
  sysfs.plug({ path: '1-2', address: 3, ...PAD });
  await expect(resultOf(page, 'Done, and the keyboard is back.')).toBeVisible();
  sysfs.unplug('1-2');
});

test('lines of a debug console come, are filtered, and are held back while it is paused', async ({
  page,
}) => {
  sysfs.plug({ path: '1-3', address: 4, ...PAD, hid: [CONSOLE] });
  const pipe = openSync(join(sysfs.places.dev, 'hidraw0'), 'r+');
  const say = (text: string): void => {
    // In reports of 32 bytes, padded with zeros.
    for (let at = 0; at < text.length; at += 32) {
      writeSync(pipe, Buffer.concat([Buffer.from(text.slice(at, at + 32)), Buffer.alloc(32)], 32));
    }
  };
  try {
    await openWindow(place, page, '/app/flash/console');
    await expect(page.getByText('Nothing was printed yet')).toBeVisible();
    say('matrix scan frequency: 1024\nlayer 1 on\n');
    const log = page.getByRole('log', { name: 'Debug console' });
    await expect(log).toContainText('matrix scan frequency: 1024');
    await expect(log).toContainText('layer 1 on');
    await page.getByRole('searchbox', { name: 'Filter lines' }).fill('layer');
    await expect(log).not.toContainText('matrix scan');
    await page.getByRole('button', { name: 'Pause' }).click();
    say('layer 2 on\n');
    await expect(page.getByText('1 line held back')).toBeVisible();
    await expect(log).not.toContainText('layer 2');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(log).toContainText('layer 2 on');
    expect(await barriersOf(page)).toEqual([]);
  } finally {
    closeSync(pipe);
  }
});

test('permission rules are shown and named before anything is installed, and only a yes installs', async ({
  page,
}) => {
  const asked: string[] = [];
  // Nothing of this machine is to be changed; which command it would be, a unit test holds.
  await page.route('**/kiln/v1/udev**', async (route) => {
    const request = route.request();
    const isInstall = request.url().endsWith('/install');
    if (isInstall) asked.push(request.method());
    const target = '/etc/udev/rules.d/60-kiln-keyboards.rules';
    const missing = isInstall ? [] : ['0483:df11'];
    const rules = 'ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", TAG+="uaccess"';
    await route.fulfill({ json: { rules, target, missing, files: [] } });
  });
  await openWindow(place, page, '/app/flash');
  await attached(page).getByRole('button', { name: 'Permission rules' }).click();
  const dialog = page.getByRole('dialog', { name: 'Permission to open bootloaders' });
  await expect(dialog).toContainText('asks for the administrator’s password once');
  await expect(dialog).toContainText('/etc/udev/rules.d/60-kiln-keyboards.rules');
  await expect(dialog.getByRole('region', { name: 'Rules file' })).toContainText('uaccess');
  expect(await barriersOf(page)).toEqual([]);
  expect(asked).toEqual([]);
  await dialog.getByRole('button', { name: 'Install the rules' }).click();
  await expect(dialog).toContainText('The rules are installed.');
  expect(asked).toEqual(['POST']);
  await expect(dialog.getByRole('button', { name: 'Install the rules' })).toBeDisabled();
});
