/** The Flash page against the real service, the real avrdude and an emulated Pro Micro on a bus of files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { BusProMicro } from '../../emulators/bus-boards.ts';
import { createSysfs, type Sysfs } from '../../fixtures/flash/sysfs.ts';
import { hex } from '../../fixtures/images/images.ts';
import { Place } from '../../fixtures/service/place.ts';
import { barriersOf, complaintsOf, openWindow } from '../support/window.ts';

const SERVICE = join(import.meta.dirname, '../../fixtures/flash/serve-with-bus.ts');
const PAD = { vid: '1209', pid: '0001', product: 'Pad 4x4' };

let place: Place;
let sysfs: Sysfs;
let boards: BusProMicro[];

/** A Pro Micro with the pad's firmware at a place of its own. */
function plugIn(path: string): BusProMicro {
  const board = new BusProMicro(sysfs, path, PAD);
  boards.push(board);
  board.plugIn();
  return board;
}

test.beforeAll(async () => {
  place = new Place();
  sysfs = createSysfs(join(place.folder, 'bus'));
  boards = [];
  await place.serve({ program: SERVICE, more: [JSON.stringify(sysfs.places)] });
});

test.afterAll(async () => {
  await place.close();
  await Promise.all(boards.map((board) => board.close()));
});

const attached = (page: Page) => page.getByRole('complementary', { name: 'Attached' });
const steps = (page: Page) => page.getByRole('list', { name: 'Steps of flashing' });

async function chooseFile(page: Page, name: string, bytes: number): Promise<void> {
  const file = join(place.folder, name);
  writeFileSync(file, hex(Buffer.alloc(bytes, 0x55)));
  await page.locator('input[type=file]').setInputFiles(file);
  await expect(page.getByText(name)).toBeVisible();
}

test('from a build to a keyboard that is back: check, wait, write, compare, history', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openWindow(place, page, '/app/editor/starter/kiln/pad4x4');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Build' }).getByText('Built')).toBeVisible();

  await page.getByRole('link', { name: 'Flash' }).click();
  await expect(page.getByText('No keyboard is attached')).toBeVisible();
  // The build that was just made, checked by what is known of its keyboard.
  await expect(page.getByText('kiln_pad4x4_default.hex')).toBeVisible();
  await expect(page.getByText('The image fits')).toBeVisible();
  await expect(page.getByText('Press the key that is mapped to QK_BOOT').first()).toBeVisible();

  const board = plugIn('1-1');
  await expect(attached(page).getByRole('heading', { name: 'Pad 4x4' })).toBeVisible();
  await expect(attached(page).getByText('kiln/pad4x4')).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);

  await page.getByRole('button', { name: 'Wait for the keyboard, then flash' }).click();
  await expect(steps(page).getByText('Put the keyboard into its bootloader')).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
  expect(board.device.commands).toEqual([]);

  await board.enterBootloader();
  await expect(page.getByText('The new firmware was written and compared').first()).toBeVisible();
  await expect(page.getByText('It holds the new firmware, compared').first()).toBeVisible();
  expect(board.device.pagesWritten).toBeGreaterThan(0);
  expect(board.device.violations).toEqual([]);
  expect(await barriersOf(page)).toEqual([]);

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('list', { name: 'History' }).getByRole('link').first().click();
  await expect(page.getByRole('log')).toContainText('bytes of flash verified');
  expect(await barriersOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('an image that does not fit is stopped before a run, and a wait can be canceled', async ({
  page,
}) => {
  await openWindow(place, page, '/app/flash');
  const board = boards[0] ?? plugIn('1-1');
  await chooseFile(page, 'too-big.hex', 30_000);
  await page.getByLabel('Keyboard', { exact: true }).selectOption('starter kiln/pad4x4');
  // Only metadata speaks against it yet, so that a person may know better.
  await expect(page.getByText('does not seem to be for this keyboard')).toBeVisible();
  const start = page.getByRole('button', { name: 'Wait for the keyboard, then flash' });
  await expect(start).toBeDisabled();
  await page.getByLabel('type the keyboard’s name').fill('kiln/pad');
  await expect(start).toBeDisabled();
  await page.getByLabel('type the keyboard’s name').fill('kiln/pad4x4');
  await expect(start).toBeEnabled();

  // The bootloader itself leaves no doubt.
  await board.enterBootloader();
  await expect(page.getByText('This image cannot work on this keyboard')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Flash', exact: true })).toBeDisabled();
  const written = board.device.pagesWritten;

  board.unplug();
  board.plugIn();
  await chooseFile(page, 'small.hex', 300);
  await page.getByRole('button', { name: 'Arm auto-flash' }).click();
  await expect(steps(page).getByText('Put the keyboard into its bootloader')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('The run was canceled.').first()).toBeVisible();
  await board.enterBootloader();
  await expect(attached(page).getByText('Caterina')).toBeVisible();
  expect(board.device.pagesWritten).toBe(written);
});

test('of two that fit the person says which', async ({ page }) => {
  await openWindow(place, page, '/app/flash');
  const [one] = boards;
  const other = plugIn('1-2');
  if (one === undefined) throw new Error('the first test plugs a board in');
  one.unplug();
  one.plugIn();
  await chooseFile(page, 'small.hex', 300);
  await page.getByRole('button', { name: 'Wait for the keyboard, then flash' }).click();
  await expect(steps(page).getByText('Put the keyboard into its bootloader')).toBeVisible();
  const before = one.device.commands.length;
  await one.enterBootloader();
  // Whichever comes first is taken, so both have to be there before the run begins.
  await expect(page.getByText('was written and compared').first()).toBeVisible();
  expect(one.device.commands.length).toBeGreaterThan(before);
  expect(other.device.commands).toEqual([]);

  await page.getByRole('button', { name: 'Done' }).click();
  await one.enterBootloader();
  await other.enterBootloader();
  await expect(attached(page).getByText('Caterina')).toHaveCount(2);
  await page.getByRole('button', { name: 'Wait for the keyboard, then flash' }).click();
  await expect(page.getByText('Several devices fit').first()).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
  await steps(page).getByRole('button', { name: '1-2' }).click();
  await expect(page.getByText('was written and compared').first()).toBeVisible();
  expect(other.device.pagesWritten).toBeGreaterThan(0);
});

test('build and flash is one button, and the key tester lights up what is pressed', async ({
  page,
}) => {
  const [board, other] = boards;
  if (board === undefined) throw new Error('the first test plugs a board in');
  other?.unplug();
  await openWindow(place, page, '/app/editor/starter/kiln/pad4x4');
  await board.enterBootloader();
  const written = board.device.pagesWritten;
  await page.getByRole('button', { name: 'Build and flash' }).click();
  // Nothing speaks against it, so nothing is asked.
  await expect(page.getByText('was written and compared').first()).toBeVisible();
  expect(board.device.pagesWritten).toBeGreaterThan(written);

  await page.getByRole('link', { name: 'Key tester' }).click();
  await expect(page.getByRole('group', { name: 'The keyboard, to be tested' })).toBeVisible();
  await page.keyboard.down('Numpad1');
  await expect(page.getByRole('button', { name: /: held down$/ })).not.toHaveCount(0);
  await page.keyboard.up('Numpad1');
  await expect(page.getByRole('button', { name: /: seen$/ })).not.toHaveCount(0);
  await page.keyboard.press('F5');
  await expect(page.getByText('Sent, but on no key of this drawing')).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);

  await page.getByRole('link', { name: 'Console' }).click();
  await expect(page.getByText('Nothing was printed yet')).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
});
