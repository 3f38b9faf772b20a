/** From the first start to a firmware file, in Kiln's own window. */
import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import type { Service } from '../../fixtures/service/service.ts';
import { barriersOf, complaintsOf, openWindow } from '../support/window.ts';

let place: Place;
let service: Service;

test.beforeAll(async () => {
  place = new Place();
  service = await place.serve();
});

test.afterAll(() => place.close());

test('three steps lead from the first start to a firmware file: choose, build, download', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  await openWindow(place, page);
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('pad4x4');
  await expect(page.getByRole('list', { name: 'Keyboards' }).getByRole('link')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Kiln Pad 4x4' })).toBeVisible();
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  const dock = page.getByRole('region', { name: 'Build' });
  await expect(dock.getByText('Built', { exact: true })).toBeVisible();
  await expect(dock.getByRole('meter')).toBeVisible();
  await dock.getByRole('button', { name: 'Show the build' }).click();
  const downloading = page.waitForEvent('download');
  await dock.getByRole('link', { name: 'Download firmware' }).click();
  const download = await downloading;
  const id = /compile\/([0-9a-f]{32})/.exec(download.url())?.[1] ?? '';
  const saved = await readFile(await download.path());
  expect(saved.equals(await service.file(id, 'download'))).toBe(true);
  expect(await barriersOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
