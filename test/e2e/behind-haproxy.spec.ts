/**
 * The Configurator's way through HAProxy to two API hosts, each of its requests to whichever comes next: handed out by the
 * hosts themselves, and from another origin while the host that took the keymap is killed. The real app where
 * KILN_TEST_CONFIGURATOR names a build of it.
 */
import { expect, type Page, test } from '@playwright/test';
import { type Haproxy, NO_HAPROXY, startHaproxy } from '../fixtures/cluster/haproxy.ts';
import {
  apiSettings,
  SERVICE_NAME,
  type Shared,
  startShared,
  startWorkerHost,
} from '../fixtures/cluster/shared.ts';
import { NO_REDIS } from '../fixtures/redis/redis-server.ts';
import type { Command } from '../fixtures/service/command.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';
import { chromium, realConfigurator } from './support/browser.ts';
import { compile, download, open, setKey, terminal, watch } from './support/page.ts';
import { PAGE_FOLDER, type PageServer, servePage } from './support/page-server.ts';
import { compileAndWait, pickKeyboard, putKey } from './support/real-app.ts';
import { kiln } from './support/service.ts';

const BOARD = 'kiln/pad4x4';

// The name that people would call, which no server of names knows.
const rule = `--host-resolver-rules=MAP ${SERVICE_NAME} 127.0.0.1`;
test.use({ launchOptions: { ...chromium, args: [...chromium.args, rule] } });
// Nothing that would stand for several machines is left without them; .ci/run has both.
test.skip(NO_REDIS || NO_HAPROXY, 'there is no redis-server, or no haproxy');

let shared: Shared;
let proxy: Haproxy;
let hosted: PageServer;
let worker: Place;
let workerHost: Command;
let places: readonly [Place, Place];
let hosts: readonly [Service, Service];
/** The service's, as people call it. */
let base: string;
let env: Record<string, string>;

test.beforeAll(async () => {
  requireTools();
  shared = await startShared();
  hosted = await servePage(() => base);
  places = [new Place(), new Place()];
  worker = new Place();
  const settings = shared.settings('pages');
  env = {
    ...settings,
    ...apiSettings('127.0.0.1', ['localhost']),
    KILN_ALLOWED_ORIGINS: hosted.origin,
  };
  const start = async (place: Place): Promise<Service> => {
    await kiln(place, 'configurator', 'add', realConfigurator ?? PAGE_FOLDER);
    return place.serve({ env });
  };
  hosts = await Promise.all([start(places[0]), start(places[1])]);
  workerHost = await startWorkerHost(worker, settings);
  const [one, other] = hosts.map(({ url }) => `127.0.0.1:${new URL(url).port}`);
  proxy = await startHaproxy([one ?? '', other ?? '']);
  await proxy.untilServedBy('api-1', 'api-2');
  base = proxy.url.replace('127.0.0.1', SERVICE_NAME);
});

test.afterAll(async () => {
  await proxy?.close();
  await Promise.all([...(places ?? []), worker].map((place) => place?.close()));
  await hosted?.close();
  await shared?.close();
});

/** The names of haproxy.cfg for the hosts that answered the page, and how often each of them did. */
function servers(page: Page): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  page.on('response', (answer) => {
    const name = answer.headers()['x-served-by'];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return counts;
}

async function layersOf(id: string): Promise<readonly (readonly string[])[]> {
  const sent = Buffer.from(await hosts[1].file(id, 'keymap')).toString();
  return (JSON.parse(sent) as { layers: string[][] }).layers;
}

/** Of a keymap called Through Two with an A on its fourth key: its files, and that both hosts had a part in it. */
async function expectServedByBoth(
  page: Page,
  firmwareButton: string,
  id: string,
  by: ReadonlyMap<string, number>,
): Promise<void> {
  const firmware = await download(page, firmwareButton);
  expect(firmware.name).toBe('kiln_pad4x4_through_two.hex');
  for (const host of hosts) {
    expect(firmware.content.equals(await host.file(id, 'download'))).toBe(true);
  }
  expect((await layersOf(id))[0]?.[3]).toBe('KC_A');
  expect((await download(page, '#source')).name).toBe('qmk_firmware-kiln-pad4x4-through_two.zip');
  expect([...by.keys()].sort()).toEqual(['api-1', 'api-2']);
}

test('the page that the hosts hand out: its files, a compile, the downloads, from both of them', async ({
  page,
}) => {
  // The hosts hand out one app: with the real one, the next test goes this way.
  test.skip(realConfigurator !== null, 'the real app is handed out instead');
  const seen = watch(page);
  const by = servers(page);
  await open(page, `${base}/configurator`, BOARD);
  await expect(page.locator('#light')).toHaveText('green');
  await expect(page.locator('#keys button')).toHaveCount(16);
  await page.locator('#keymap-name').fill('Through Two');
  await setKey(page, 3, 'KC_A');
  const id = await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  await expectServedByBoth(page, '#firmware', id, by);
  expect(seen.alerts).toEqual([]);
  expect(seen.complaints).toEqual([]);
});

test('the real app that the hosts hand out: a compile and the downloads, from both of them', async ({
  page,
}) => {
  // It is not ours to keep in the repository; without a build of it, the test before goes this way.
  test.skip(realConfigurator === null, 'KILN_TEST_CONFIGURATOR names no built Configurator');
  const seen = watch(page);
  const by = servers(page);
  await page.goto(`${base}/configurator/`);
  await expect(page.locator('.bes-status-running')).toBeVisible();
  await pickKeyboard(page, BOARD);
  await expect(page.locator('#visual-keymap .key')).toHaveCount(16);
  await page.locator('#keymap-name').fill('Through Two');
  await putKey(page, 3, 'KC_A');
  const id = await compileAndWait(page);
  await expectServedByBoth(page, '#fwFile', id, by);
  expect(seen.alerts).toEqual([]);
  expect(seen.complaints).toEqual([]);
});

test('a page from elsewhere takes note of nothing when the host that took its keymap is killed', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin, BOARD);
  // Its worker ends first, so that the job waits for the next one.
  workerHost.child.kill('SIGKILL');
  await worker.untilNothingRuns();
  await setKey(page, 3, 'KC_B');
  const taken = page.waitForResponse((answer) => answer.request().method() === 'POST');
  const id = await compile(page);
  const index = (await taken).headers()['x-served-by'] === 'api-1' ? 0 : 1;
  await hosts[index].kill();
  await startWorkerHost(worker, shared.settings('pages'));
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  const firmware = await download(page, '#firmware');
  const left = hosts[1 - index] as Service;
  expect(firmware.content.equals(await left.file(id, 'download'))).toBe(true);
  expect(JSON.parse(Buffer.from(await left.file(id, 'keymap')).toString()).layers[0][3]).toBe(
    'KC_B',
  );
  expect(seen.alerts).toEqual([]);
});
