/** The service goes away while a page waits for its job, and comes back at the same address. */
import { expect, type Page, test } from '@playwright/test';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { compile, open, setKey, terminal, watch } from './support/page.ts';
import { type PageServer, servePage } from './support/page-server.ts';

const BOARD = 'kiln/pad4x4';
/** Jobs before that of the page, which keep it waiting. */
const AHEAD = 2;

let place: Place;
let service: Service;
let hosted: PageServer;
let env: { KILN_ALLOWED_ORIGINS: string };

test.beforeEach(async () => {
  place = new Place();
  hosted = await servePage(() => service.url);
  env = { KILN_ALLOWED_ORIGINS: hosted.origin };
  service = await place.serve({ env });
});

test.afterEach(async () => {
  await hosted.close();
  await place.close();
});

async function compileBehindOthers(page: Page): Promise<string> {
  for (let number = 0; number < AHEAD; number += 1) await service.submit(keymapOf(number));
  await setKey(page, 0, 'KC_Z');
  const id = await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Queueing/);
  return id;
}

test('between two polls: the page takes note of nothing, and gets its firmware', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin, BOARD);
  const back = Promise.withResolvers<void>();
  const id = await compileBehindOthers(page);
  await page.route('**/v1/compile/*', async (route) => {
    await back.promise;
    await route.continue();
  });
  expect(await service.stop()).toMatchObject({ exitCode: 0 });
  service = await place.serveAgain(service, { env });
  back.resolve();
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  await expect(page.locator('#firmware')).toBeEnabled();
  expect((await service.contract(id)).result).toMatchObject({ returncode: 0 });
  expect(seen.alerts).toEqual([]);
});

test('killed at a poll: the page gives up as the app does, the job is built all the same', async ({
  page,
}) => {
  const seen = watch(page);
  await open(page, hosted.origin, BOARD);
  const id = await compileBehindOthers(page);
  await service.kill();
  await expect.poll(() => seen.alerts).toEqual(['Unexpected error while compiling']);
  await expect(page.locator('#compile')).toBeDisabled();
  await expect(page.locator('#spinner')).toBeVisible();
  await expect.poll(() => page.locator('#light').textContent()).toBe('red');

  service = await place.serveAgain(service, { env });
  expect(await service.ended(id)).toMatchObject({ state: 'finished', result: { returncode: 0 } });
  await expect.poll(() => page.locator('#light').textContent()).toBe('green');
  // What the app leaves a person to do: choose a keyboard, and compile again.
  await page.locator('#keyboard').selectOption('kiln/sixty');
  await expect(page.locator('#compile')).toBeEnabled();
  await compile(page);
  await expect(terminal(page)).toHaveValue(/\* Finished:/);
  await expect(page.locator('#firmware')).toBeEnabled();
});
