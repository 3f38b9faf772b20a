/**
 * The real QMK Configurator, as built by whoever runs the tests: KILN_TEST_CONFIGURATOR=<its dist folder>.
 * Its own waits apply: 2.5 to 3.5 seconds between two polls.
 */
import { expect, test } from '@playwright/test';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { realConfigurator } from './support/browser.ts';
import { download, terminal, watch } from './support/page.ts';
import { type PageServer, servePage } from './support/page-server.ts';
import { compileAndWait, pickKeyboard, putKey } from './support/real-app.ts';
import { kiln } from './support/service.ts';

let place: Place;
let service: Service;
let hosted: PageServer;

test.skip(realConfigurator === null, 'KILN_TEST_CONFIGURATOR names no built Configurator');

test.beforeAll(async () => {
  place = new Place();
  hosted = await servePage(() => service.url, realConfigurator ?? '');
  service = await place.serve({ env: { KILN_ALLOWED_ORIGINS: hosted.origin } });
  await kiln(place, 'configurator', 'add', realConfigurator ?? '');
});

test.afterAll(async () => {
  await hosted?.close();
  await place?.close();
});

test('pick a keyboard, change a key, compile, save firmware and source; then break the keymap', async ({
  page,
}) => {
  const seen = watch(page);
  const hosts = new Set<string>();
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) hosts.add(new URL(request.url()).origin);
  });
  await page.goto(`${service.url}/configurator/`);
  await expect(page.locator('.bes-status-running')).toBeVisible();
  await expect(page.locator('.bes-status-right')).toHaveText('Ready');
  await pickKeyboard(page, 'kiln/sixty');
  await expect(terminal(page)).toHaveValue(/Kiln Sixty/);
  await pickKeyboard(page, 'kiln/pad4x4');
  await expect(terminal(page)).toHaveValue(/Kiln Pad 4x4/);
  await expect(page.locator('#visual-keymap .key')).toHaveCount(16);

  await page.locator('#keymap-name').fill('From The App');
  await putKey(page, 0, 'KC_A');
  const id = await compileAndWait(page);
  const firmware = await download(page, '#fwFile');
  expect(firmware.name).toBe('kiln_pad4x4_from_the_app.hex');
  expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
  const sent = Buffer.from(await service.file(id, 'keymap')).toString();
  expect(JSON.parse(sent).layers[0][0]).toBe('KC_A');
  const source = await download(page, '#source');
  expect(source.name).toBe('qmk_firmware-kiln-pad4x4-from_the_app.zip');

  await page.getByText('Quantum', { exact: true }).click();
  await putKey(page, 1, 'text');
  await page.locator('#visual-keymap .key-layer-input').fill('KC_NOT_A_KEY');
  await compileAndWait(page);
  await expect(page.locator('#fwFile')).toBeDisabled();
  await expect(page.locator('#source')).toBeEnabled();
  await expect(terminal(page)).toHaveValue(/KC_NOT_A_KEY/);

  expect(seen.alerts).toEqual([]);
  expect(seen.complaints).toEqual([]);
  // The way in leads to the origin that is the Configurator's own (docs/access.md).
  const itsOwn = service.url.replace('localhost', '127.0.0.1');
  expect([...hosts]).toEqual([service.url, itsOwn]);
});

test('its other pages come up: the key tester with its sound, the printed layout, the settings', async ({
  page,
}) => {
  const seen = watch(page);
  await page.goto(`${service.url}/configurator/#/test`);
  await expect(page.locator('.visual-tester-keymap')).toBeVisible();
  await expect.poll(() => seen.requests).toContain('GET /configurator/typewriter-2.mp3');
  await page.goto(`${service.url}/configurator/`);
  await expect(page.locator('#visual-keymap .key').first()).toBeVisible();
  await page.locator('#printkeymaps').click();
  await expect(page).toHaveURL(/#\/print$/);
  await page.goBack();
  await page.locator('.bes-controls').click();
  await expect(page.locator('.settings-panel')).toBeVisible();
  expect(seen.complaints).toEqual([]);
});

test('the same app on another origin talks to Kiln, and saves its firmware without leaving', async ({
  page,
}) => {
  const { configurator } = JSON.parse(await kiln(place, 'configurator', 'show', '--json'));
  test.skip(
    configurator.builtFor.api !== 'https://api.qmk.fm',
    'the build names other servers than those that the test replaces',
  );
  const seen = watch(page);
  await page.goto(`${hosted.origin}/#/kiln/pad4x4/LAYOUT_ortho_4x4`);
  await expect(page.locator('.bes-status-running')).toBeVisible();
  await expect(page.locator('#visual-keymap .key')).toHaveCount(16);
  await page.locator('#keymap-name').fill('from afar');
  await putKey(page, 2, 'KC_C');
  const id = await compileAndWait(page);
  const firmware = await download(page, '#fwFile');
  expect(firmware.name).toBe('kiln_pad4x4_from_afar.hex');
  expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
  expect(seen.questions()).toBe(1);
  await expect(page.locator('#visual-keymap .key')).toHaveCount(16);
  expect(seen.alerts).toEqual([]);
});
