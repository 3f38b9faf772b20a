/** A built Configurator that Kiln hands out itself, rewritten for its own origin: here the page of our own. */
import { expect, test } from '@playwright/test';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { compile, download, open, setKey, terminal, watch } from './support/page.ts';
import { PAGE_FOLDER, servePage } from './support/page-server.ts';
import { kiln } from './support/service.ts';

let place: Place;
let service: Service;

test.beforeAll(async () => {
  place = new Place();
  service = await place.serve();
});

test.afterAll(() => place.close());

test('a running service takes up what is added, and lets go of what is removed', async ({
  page,
}) => {
  const address = `${service.url}/configurator/`;
  expect((await page.goto(address))?.status()).toBe(404);
  expect(await kiln(place, 'configurator', 'add', PAGE_FOLDER)).toContain(`Open ${address}`);
  await open(page, `${service.url}/configurator`);
  expect(await kiln(place, 'configurator', 'show')).toContain(PAGE_FOLDER);
  await kiln(place, 'configurator', 'remove');
  expect((await page.goto(address))?.status()).toBe(404);
  expect(await kiln(place, 'configurator', 'show')).toContain('No Configurator');
});

test('the app works as at home: its files, its bundled keymaps, a compile, the downloads', async ({
  page,
}) => {
  await kiln(place, 'configurator', 'add', PAGE_FOLDER);
  const seen = watch(page);
  await open(page, `${service.url}/configurator`, 'kiln/sixty');
  await expect(page.locator('#light')).toHaveText('green');
  await page.locator('#keyboard').selectOption('kiln/pad4x4');
  // From the folder; the other keyboard has none there, and the API’s 404 was taken for that.
  await expect(page.locator('#keys button').first()).toHaveText('KC_P7');
  expect(seen.requests).toEqual(
    expect.arrayContaining([
      'GET /configurator/assets/page.css',
      'GET /configurator/assets/page.js',
      'GET /configurator/assets/desk.svg',
      'GET /configurator/keymaps/k/kiln_sixty_default.json',
      'GET /configurator/keymaps/k/kiln_pad4x4_default.json',
      'GET /v1/keyboard_list.json',
      'GET /v1/skeletons/keymap',
    ]),
  );

  await page.locator('#keymap-name').fill('inside');
  await setKey(page, 0, 'KC_B');
  const id = await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  const firmware = await download(page, '#firmware');
  expect(firmware.name).toBe('kiln_pad4x4_inside.hex');
  expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
  const source = await download(page, '#source');
  expect(source.name).toBe('qmk_firmware-kiln-pad4x4-inside.zip');
  // An edited keymap, and still no question: on its own origin a download is no leaving.
  expect(seen.questions()).toBe(0);
  expect(seen.alerts).toEqual([]);
  expect(seen.complaints).toEqual([]);
});

test('the page can neither load from another place, nor talk to one', async ({ page }) => {
  const other = await servePage(() => service.url);
  try {
    await kiln(place, 'configurator', 'add', PAGE_FOLDER);
    const seen = watch(page);
    await open(page, `${service.url}/configurator`);
    const outcome = await page.evaluate(
      (url) =>
        Promise.allSettled([fetch(url, { mode: 'no-cors' }), import(`${url}/assets/page.js`)]),
      other.origin,
    );
    expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const complaints = () => seen.complaints.join('\n');
    await expect.poll(complaints).toMatch(/directive: "connect-src 'self'"/);
    await expect.poll(complaints).toMatch(/directive: "script-src 'self'/);
  } finally {
    await other.close();
  }
});
