/** A keymap from an address: the window names the host, and nothing is asked before the person says so. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { barriersOf, complaintsOf, openWindow } from '../support/window.ts';

const KEYS = 16;
const KEYMAP = {
  keyboard: 'kiln/pad4x4',
  keymap: 'theirs',
  layout: 'LAYOUT_ortho_4x4',
  layers: [['KC_Z', ...Array.from({ length: KEYS - 1 }, () => 'KC_A')]],
};

let place: Place;
let asked: string[];
const server = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.setHeader('content-type', 'application/json').end(JSON.stringify(KEYMAP));
});
let host: string;

test.beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  place = new Place();
  await place.serve({ env: { KILN_IMPORT_HOSTS: host, KILN_IMPORT_PRIVATE: 'allow' } });
});

test.beforeEach(() => {
  asked = [];
});

test.afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await place.close();
});

test('a link asks first and names the host; refused, nothing is fetched; agreed, the keymap is open', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  const address = `http://${host}/their%20pad.json`;
  const link = `/app/?import=${encodeURIComponent(address)}`;
  await openWindow(place, page, link);
  const dialog = page.getByRole('dialog', { name: 'Open a keymap from an address' });
  await expect(dialog).toContainText(`Kiln will ask ${host} for this one file`);
  expect(await barriersOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  expect(asked).toEqual([]);

  await page.goto(new URL(link, page.url()).href);
  await dialog.getByRole('button', { name: `Fetch from ${host}` }).click();
  await expect(page.getByRole('button', { name: /^Row 1, key 1, Z;/ })).toBeVisible();
  expect(asked).toEqual(['/their%20pad.json']);
  expect(complaints).toEqual([]);
});

test('an address of another host is refused in words, and can be mended in place', async ({
  page,
}) => {
  await openWindow(place, page, '/app/editor/starter/kiln/pad4x4');
  await page.getByRole('button', { name: 'Keymap', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Open from an address' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByLabel('Address of the file')
    .fill('https://github.com/somebody/keymaps/blob/main/pad.json');
  // What the page that shows a file stands for.
  await dialog.getByRole('button', { name: 'Fetch from raw.githubusercontent.com' }).click();
  await expect(dialog.getByRole('alert')).toContainText(
    'raw.githubusercontent.com is not among the hosts that may be asked',
  );
  await dialog.getByLabel('Address of the file').fill(`http://${host}/pad.json`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Row 1, key 1, Z;/ })).toBeVisible();
});
