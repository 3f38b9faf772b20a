/** The contract as QMK Configurator drives it from where it is hosted: another origin than the service's. */
import { expect, test } from '@playwright/test';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { unzip } from '../fixtures/service/unzip.ts';
import { compile, download, open, setKey, terminal, watch } from './support/page.ts';
import { type PageServer, servePage } from './support/page-server.ts';

const BOARD = 'kiln/pad4x4';

let place: Place;
let service: Service;
let hosted: PageServer;
let foreign: PageServer;

test.beforeAll(async () => {
  place = new Place();
  const url = () => service.url;
  [hosted, foreign] = await Promise.all([servePage(url), servePage(url)]);
  service = await place.serve({ env: { KILN_ALLOWED_ORIGINS: hosted.origin } });
});

test.afterAll(async () => {
  await Promise.all([hosted.close(), foreign.close()]);
  await place.close();
});

test('the app starts: keyboards, a random one, its readme, no bundled keymap, skeleton, green light', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin);
  const keyboard = await page.locator('#keyboard').inputValue();
  expect(['kiln/pad4x4', 'kiln/sixty']).toContain(keyboard);
  await expect(page.locator('#light')).toHaveText('green');
  await expect(page.locator('#jobs')).toHaveText('Ready');
  const calls = seen.requests.filter((call) => !/ \/(assets\/|$)/.test(call) && call !== 'GET /v1');
  expect(calls).toEqual([
    'GET /v1/keyboard_list.json',
    `GET /v1/keyboards/${keyboard}/info.json`,
    `GET /v1/keyboards/${keyboard}/readme.md`,
    `GET /keymaps/k/${keyboard.replace('/', '_')}_default.json`,
    'GET /v1/skeletons/keymap',
  ]);
  expect(seen.alerts).toEqual([]);
});

test('a keyboard is picked, a key changed, the keymap compiled, and its files saved under their names', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin, 'kiln/sixty');
  await expect(terminal(page)).toHaveValue(/Kiln Sixty/);
  await page.locator('#keyboard').selectOption(BOARD);
  await expect(terminal(page)).toHaveValue(/Kiln Pad 4x4/);
  await expect(page.locator('#keys button')).toHaveCount(16);
  await page.locator('#keymap-name').fill('My First');
  await setKey(page, 3, 'KC_A');
  const id = await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  await expect(terminal(page)).toHaveValue(new RegExp(`Sending ${BOARD}:my_first with LAYOUT_`));
  // The browser’s own question whether the page may send JSON, of which only the service can tell.
  expect(service.command.stderr()).toMatch(/"method":"OPTIONS"[^\n]*"status":204/);
  expect(seen.requests.filter((call) => call === `GET /v1/compile/${id}`).length).toBeGreaterThan(
    0,
  );
  await expect(page.locator('#firmware')).toBeEnabled();
  await expect(page.locator('#compile')).toBeEnabled();

  const firmware = await download(page, '#firmware');
  expect(firmware.name).toBe('kiln_pad4x4_my_first.hex');
  expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
  const sent = Buffer.from(await service.file(id, 'keymap')).toString();
  expect(JSON.parse(sent).layers[0][3]).toBe('KC_A');
  const source = await download(page, '#source');
  expect(source.name).toBe('qmk_firmware-kiln-pad4x4-my_first.zip');
  expect([...(await unzip(source.content)).keys()]).toContain('keymap.json');
  // Still there, with the work in it: the browser asked before each link, and then saved instead of leaving.
  expect(page.url()).toContain(hosted.origin);
  await expect(page.locator('#keys button').nth(3)).toHaveText('KC_A');
  expect(seen.questions()).toBe(2);
  expect(seen.alerts).toEqual([]);
});

test('after a success, a keymap that does not compile takes the firmware away and shows why', async ({
  page,
}) => {
  watch(page);
  await open(page, hosted.origin, BOARD);
  await compile(page);
  await expect(page.locator('#firmware')).toBeEnabled();
  await setKey(page, 5, 'KC_NOT_A_KEY');
  const id = await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Finished:[\s\S]*\* Finished:/);
  await expect(page.locator('#firmware')).toBeDisabled();
  await expect(page.locator('#source')).toBeEnabled();
  await expect(page.locator('#compile')).toBeEnabled();
  const shown = (await terminal(page).inputValue()).split('* Finished:\n').at(-1) ?? '';
  const { result } = await service.contract(id);
  expect(result).not.toHaveProperty('firmware_binary_url');
  // All of it reached the person: nothing of it looks like a colour.
  expect(shown).toBe(result?.output);
  expect(shown).toContain('KC_NOT_A_KEY');
  expect(shown).not.toContain('\u001b');
});

test('a keymap that is refused ends in the app’s own alert, and page code can read why', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin, BOARD);
  await setKey(page, 0, 'KC_A; system("id")');
  const refused = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator('#compile').click();
  expect((await refused).status()).toBe(422);
  await expect.poll(() => seen.alerts).toEqual(['Unexpected error']);
  await expect(page.locator('#compile')).toBeDisabled();
  await page.locator('#keyboard').selectOption('kiln/sixty');
  await expect(page.locator('#compile')).toBeEnabled();

  const answer = await page.evaluate(async (url) => {
    const keymap = { keyboard: 'kiln/pad4x4', keymap: 'a/b', layout: 'LAYOUT', layers: [] };
    const response = await fetch(`${url}/v1/compile`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(keymap),
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }, service.url);
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 422, message: expect.any(String), error: { code: 'keymap.refused' } },
  });
});

test('an unknown job is an answer that page code can read', async ({ page }) => {
  await open(page, hosted.origin, BOARD);
  const answer = await page.evaluate(async (url) => {
    const response = await fetch(`${url}/v1/compile/${'0'.repeat(32)}`);
    return { status: response.status, body: (await response.json()) as unknown };
  }, service.url);
  expect(answer).toMatchObject({ status: 404, body: { code: 404 } });
});

test('a page of an origin that was not allowed gets nothing, and cannot start a build', async ({
  page,
}) => {
  watch(page);
  await page.goto(`${foreign.origin}/?wait=0.01`);
  const [url, keymap] = [service.url, JSON.stringify(keymapOf(1))];
  const outcomes = await page.evaluate(
    async ([url, keymap]) => {
      const json = { 'Content-Type': 'application/json' };
      const tries: [string, RequestInit][] = [
        ['/v1', {}],
        ['/v1/keyboard_list.json', {}],
        ['/v1/compile', { method: 'POST', headers: json, body: keymap }],
        [
          '/v1/compile',
          { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: keymap },
        ],
        ['/v1/compile', { method: 'POST', mode: 'no-cors', body: keymap }],
        ['/v1', { mode: 'no-cors' }],
      ];
      return Promise.all(
        tries.map(([path, init]) =>
          fetch(url + path, init).then(
            (response) => `${response.type} ${response.status}`,
            () => 'refused',
          ),
        ),
      );
    },
    [url, keymap] as const,
  );
  expect(outcomes).toEqual(Array(6).fill('refused'));
  const headers = { authorization: `Bearer ${service.token}` };
  const open = await service.request('/kiln/v1/jobs', { headers });
  expect(await open.json()).toEqual({ jobs: [] });
});
