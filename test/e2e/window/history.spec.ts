/** What was built before, and a service that goes and comes back under an open page. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import type { Service } from '../../fixtures/service/service.ts';
import { openWindow } from '../support/window.ts';

let place: Place;
let service: Service;

test.beforeAll(async () => {
  place = new Place();
  service = await place.serve();
});

test.afterAll(() => place.close());

const keymap = (name: string, first: string) => ({
  keyboard: 'kiln/pad4x4',
  keymap: name,
  layout: 'LAYOUT_ortho_4x4',
  layers: [[first, ...Array.from({ length: 15 }, () => 'KC_A')]],
});

const rows = (page: Page) => page.getByRole('list', { name: 'Builds' }).getByRole('link');
const details = (page: Page) => page.getByRole('complementary', { name: 'Build' });

async function choose(page: Page, item: string): Promise<void> {
  await details(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a build is found, reopened, repeated, compared, pinned and deleted', async ({ page }) => {
  const one = await service.submit(keymap('one', 'KC_B'));
  const two = await service.submit(keymap('two', 'KC_C'));
  for (const id of [one, two]) await service.ended(id);
  await openWindow(place, page, '/app/builds');
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Filter builds' }).fill('pad4x4 one');
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(details(page).getByText('LAYOUT_ortho_4x4')).toBeVisible();
  await expect(details(page).getByRole('link', { name: 'Open keymap' })).toHaveAttribute(
    'href',
    `/app/editor/starter/kiln/pad4x4?job=${one}`,
  );
  const downloading = page.waitForEvent('download');
  await details(page).getByRole('link', { name: 'Download firmware' }).click();
  const saved = await readFile(await (await downloading).path());
  expect(saved.equals(await service.file(one, 'download'))).toBe(true);

  await choose(page, 'Pin');
  await page.getByRole('searchbox', { name: 'Filter builds' }).fill('');
  await page.getByRole('checkbox', { name: 'Pinned only' }).check();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('checkbox', { name: 'Pinned only' }).uncheck();

  await details(page).getByRole('button', { name: 'Build again' }).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).first()).toContainText('one');

  await choose(page, 'Compare');
  const other = page.getByRole('combobox', { name: 'Compare with' });
  await other.selectOption(two);
  await expect(page.getByRole('row', { name: '0 KC_B KC_C' })).toBeVisible();

  await page.goto(new URL(`/app/builds/${one}`, page.url()).href);
  await choose(page, 'Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(rows(page)).toHaveCount(2);
  expect((await service.request(`/kiln/v1/jobs/${one}`)).status).toBe(404);
});

test('a page outlives its service: it says so, and is as good as before when it is back', async ({
  page,
}) => {
  await openWindow(place, page, '/app/builds');
  await expect(rows(page).first()).toBeVisible();
  await service.kill();
  await expect(page.getByRole('alert')).toContainText('does not answer');
  // What was there stays readable.
  await expect(rows(page).first()).toBeVisible();
  service = await place.serveAgain(service);
  await expect(page.getByRole('alert')).toHaveCount(0);
  // The browser is known as before, and what it asks for now is answered.
  await page.getByRole('searchbox', { name: 'Filter builds' }).fill('two');
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('link', { name: 'Health' }).click();
  await expect(page.getByText(/checks? (is|are) in order/)).toBeVisible();
});

test('a browser that is not let in says how to get in, and takes a code', async ({ page }) => {
  await page.goto(`${service.url}/app/builds`);
  await expect(page.getByText('npx kiln open')).toBeVisible();
  const code = page.getByRole('textbox', { name: 'One-time code' });
  await code.fill('wrong');
  await page.getByRole('button', { name: 'Let me in' }).click();
  await expect(page.getByRole('alert')).toContainText('not valid any more');
  const { exitCode, stdout } = await place.run(['open', '--json']);
  expect(exitCode).toBe(0);
  await code.fill(new URL(JSON.parse(stdout).url).hash.replace('#code=', ''));
  await page.getByRole('button', { name: 'Let me in' }).click();
  await expect(rows(page).first()).toBeVisible();
  await page.reload();
  await expect(rows(page).first()).toBeVisible();
});
