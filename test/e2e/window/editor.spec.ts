/** The keymap editor in Kiln's own window: by mouse, by keyboard alone, through errors, reloads and foreign files. */
import { readFile } from 'node:fs/promises';
import { expect, type FileChooser, type Page, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import type { Service } from '../../fixtures/service/service.ts';
import { barriersOf, complaintsOf, openWindow } from '../support/window.ts';

const SIXTY = '/app/editor/starter/kiln/sixty';

let place: Place;
let service: Service;

test.beforeAll(async () => {
  place = new Place();
  service = await place.serve();
});

// Several builds each, and a service that is started again.
test.describe.configure({ timeout: 240_000 });

test.afterAll(() => place.close());

const keyOf = (page: Page, row: number, key: number) =>
  page.getByRole('button', { name: new RegExp(`^Row ${row}, key ${key}, `) });
const layers = (page: Page) => page.getByRole('navigation', { name: 'Layers' });
const dockOf = (page: Page) => page.getByRole('region', { name: 'Build' });

async function openEditor(page: Page): Promise<void> {
  await openWindow(place, page, SIXTY);
  await expect(keyOf(page, 1, 1)).toBeVisible();
}

test('by mouse: a key from the palette, a layer above, undo and redo', async ({ page }) => {
  const complaints = complaintsOf(page);
  const prewarmed = page.waitForResponse((answer) => answer.url().endsWith('/kiln/v1/prewarm'), {
    timeout: 60_000,
  });
  await openEditor(page);
  expect((await prewarmed).status()).toBe(202);
  await keyOf(page, 2, 2).click();
  await page.getByRole('button', { name: 'B, KC_B', exact: true }).click();
  await expect(keyOf(page, 2, 2)).toHaveAccessibleName(/^Row 2, key 2, B;/);
  // The live check: what the firmware would take, without a build.
  await expect(page.getByRole('meter', { name: 'Firmware size' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo: change of a key' }).click();
  await expect(keyOf(page, 2, 2)).toHaveAccessibleName(/, Q;/);
  await page.getByRole('button', { name: 'Redo: change of a key' }).click();
  await expect(keyOf(page, 2, 2)).toHaveAccessibleName(/, B;/);

  const before = await layers(page).getByRole('listitem').count();
  await layers(page).getByRole('button', { name: 'Actions for layer 1' }).click();
  await page.getByRole('menuitem', { name: 'Insert one here' }).click();
  await expect(layers(page).getByRole('listitem')).toHaveCount(before + 1);
  await layers(page).getByRole('button', { name: '0 Base' }).click();
  // What led to layer 1 leads to where it went.
  await expect(page.getByRole('button', { name: /MO 2; layer 0/ }).first()).toBeVisible();
  expect(await barriersOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('by keyboard alone: move, search, type, build', async ({ page }) => {
  await openEditor(page);
  await keyOf(page, 1, 1).focus();
  await page.keyboard.press('ArrowDown');
  await expect(keyOf(page, 2, 1)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('volume up');
  await page.keyboard.press('Enter');
  await expect(keyOf(page, 2, 2)).toBeFocused();
  await expect(keyOf(page, 2, 2)).toHaveAccessibleName(/Volume Up/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('xy');
  await expect(keyOf(page, 2, 3)).toHaveAccessibleName(/, X;/);
  await expect(keyOf(page, 2, 4)).toHaveAccessibleName(/, Y;/);
  await page.keyboard.press('PageDown');
  await expect(keyOf(page, 2, 5)).toHaveAccessibleName(/layer 1/);
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keyboard help' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await expect(dockOf(page).getByText('Built', { exact: true })).toBeVisible();
});

test('an error leads to its key; mended, the firmware is the one that the service made', async ({
  page,
}) => {
  await openEditor(page);
  await keyOf(page, 3, 3).click();
  await page.getByRole('tab', { name: 'Any' }).click();
  const field = page.getByRole('textbox', { name: 'Keycode' });
  await field.fill('exec("x")');
  await expect(page.getByRole('button', { name: 'Assign' })).toBeDisabled();
  await field.fill('KC_FOOO');
  await page.getByRole('button', { name: 'Assign' }).click();
  await expect(keyOf(page, 3, 3)).toHaveAccessibleName(/has an error/);
  await expect(page.getByRole('alert')).toContainText('KC_FOOO is not a keycode');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(dockOf(page).getByText('Errors', { exact: true }).first()).toBeVisible();
  await keyOf(page, 1, 1).click();
  await dockOf(page).getByRole('button', { name: 'Show key' }).click();
  await expect(keyOf(page, 3, 3)).toBeFocused();
  await page.keyboard.press('d');
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(dockOf(page).getByText('Built', { exact: true })).toBeVisible();
  const downloading = page.waitForEvent('download');
  await dockOf(page).getByRole('link', { name: 'Download firmware' }).click();
  const download = await downloading;
  const id = /compile\/([0-9a-f]{32})/.exec(download.url())?.[1] ?? '';
  const saved = await readFile(await download.path());
  expect(saved.equals(await service.file(id, 'download'))).toBe(true);
});

test('what was edited is there after a reload, and outlives a service that was killed', async ({
  page,
}) => {
  await openEditor(page);
  await keyOf(page, 2, 6).click();
  await page.keyboard.press('1');
  await page.reload();
  await expect(keyOf(page, 2, 6)).toHaveAccessibleName(/, 1;/);
  await service.kill();
  await expect(page.getByText('Kiln’s service does not answer')).toBeVisible();
  await keyOf(page, 2, 7).click();
  await page.keyboard.press('2');
  service = await place.serveAgain(service);
  await expect(page.getByText('Kiln’s service does not answer')).toBeHidden();
  await expect(keyOf(page, 2, 7)).toHaveAccessibleName(/, 2;/);
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(dockOf(page).getByText('Built', { exact: true })).toBeVisible();
});

test('files of other tools are opened from a dialog or dropped, and say what they lost', async ({
  page,
}) => {
  // Listened to from beginning to end: the browser is told to hand its file dialogs over as long as somebody listens,
  // and a page that is told so only just before the key is pressed may meet the key first.
  let choosing = Promise.withResolvers<FileChooser>();
  page.on('filechooser', (chooser) => choosing.resolve(chooser));
  await openEditor(page);
  const dialog = page.getByRole('dialog');
  const choose = async (name: string, content: unknown) => {
    // Shortcuts are of the page, not of a dialog over it, and of a page that is whole.
    await expect(dialog).toBeHidden();
    await page.waitForLoadState('networkidle');
    await keyOf(page, 1, 1).focus();
    choosing = Promise.withResolvers();
    await page.keyboard.press('Control+o');
    await (await choosing.promise).setFiles({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(content)),
    });
  };
  const address = `${service.url}/v1/keyboards/kiln/sixty/info.json`;
  const answer = (await (await fetch(address)).json()) as {
    keyboards: Record<
      string,
      { layouts: Record<string, { layout: { matrix: [number, number] }[] }> }
    >;
  };
  const layouts = answer.keyboards['kiln/sixty']!.layouts;
  const places = Object.values(layouts).flatMap(({ layout }) => layout.map(({ matrix }) => matrix));
  const rows = Math.max(...places.map(([place]) => place)) + 1;
  const cols = Math.max(...places.map(([, place]) => place)) + 1;
  const row = Array.from({ length: cols }, () => 'KC_NO');
  const layer = Array.from({ length: rows }, (_, at) =>
    at === 0 ? ['KC_J', ...row.slice(1)] : row,
  );
  await choose('board.vil', { uid: 1, version: 1, layout: [layer], combo: [['KC_A', 'KC_B']] });
  await expect(dialog).toContainText('1 combo needs code in C.');
  await page.keyboard.press('Escape');
  await expect(keyOf(page, 1, 1)).toHaveAccessibleName(/, J;/);

  await choose('via.json', { vendorProductId: 1, layers: [layer.flat().with(0, 'KC_K')] });
  await expect(keyOf(page, 1, 1)).toHaveAccessibleName(/, K;/);

  await choose('kle.json', [['L']]);
  await expect(keyOf(page, 1, 1)).toHaveAccessibleName(/, L;/);

  const drop = (name: string, content: unknown) =>
    page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(JSON.stringify(content))}], ${JSON.stringify(name)}));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    })()`);
  const keys = layouts.LAYOUT_60_ansi!.layout.length;
  const keycodes = ['KC_M', ...Array.from({ length: keys - 1 }, () => 'KC_A')];
  const keymap = {
    keyboard: 'kiln/sixty',
    keymap: 'x',
    layout: 'LAYOUT_60_ansi',
    layers: [keycodes],
  };
  await drop('keymap.json', keymap);
  await expect(keyOf(page, 1, 1)).toHaveAccessibleName(/, M;/);
  await drop('other.json', { ...keymap, keyboard: 'kiln/pad4x4' });
  await expect(dialog).toContainText('is a keymap for kiln/pad4x4');
  await page.getByRole('button', { name: 'Use its keys on kiln/sixty' }).click();
  await page.keyboard.press('Escape');
  await drop('picture.png', 'no keymap');
  await expect(dialog).toContainText('picture.png is JSON, but no keymap');
  await page.keyboard.press('Escape');

  const saving = page.waitForEvent('download');
  await page.keyboard.press('Control+s');
  const saved = JSON.parse(await readFile(await (await saving).path(), 'utf8'));
  expect(saved).toEqual(keymap);
});

test('the editor has no barriers in the dark, with its palette open at each page', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 900, height: 600 });
  await openEditor(page);
  for (const tab of ['Layers', 'Modifiers', 'Any', 'Macros', 'Settings', 'More', 'Basic']) {
    await page.getByRole('tab', { name: tab }).click();
    expect(await barriersOf(page), tab).toEqual([]);
  }
});
