/** Settings of the service, changed on the page, as its next start takes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { complaintsOf, openWindow } from '../support/window.ts';

let place: Place;

test.beforeEach(() => {
  place = new Place();
});

test.afterEach(() => place.close());

test('settings are changed with the keyboard, refused with the reason, and hold from the next start on', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  const env = { KILN_BACKUPS_KEPT: '5' };
  const service = await place.serve({ env });
  await openWindow(place, page);
  await page.goto(`${service.url}/app/settings`);
  const kept = () => JSON.parse(readFileSync(join(place.dataDir, 'settings.json'), 'utf8'));

  // A variable of the environment wins, and is said to.
  await expect(page.getByLabel('Daily backups that are kept')).toBeDisabled();
  await expect(page.getByText('Set by KILN_BACKUPS_KEPT')).toBeVisible();

  const dawn = page.getByLabel('Maintenance hour');
  const save = page.getByRole('button', { name: 'Save changes' });
  await expect(save).toBeDisabled();
  await dawn.fill('at dawn');
  await page.keyboard.press('Enter');
  await expect(dawn).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('alert')).toContainText('has to be a cron pattern');
  // A refusal is no loss: what was typed is still there.
  await expect(dawn).toHaveValue('at dawn');
  await dawn.fill('15 4 * * *');
  await expect(page.getByRole('alert')).toHaveCount(0);

  const updates = page.getByLabel('Updates of git trees');
  await updates.focus();
  await page.keyboard.press('ArrowDown');
  await expect(updates).toHaveValue('preview');
  await save.press('Enter');
  await expect(
    page.getByText('2 changes hold from the next start of the service on.'),
  ).toBeVisible();
  expect(kept()).toEqual({ maintenanceAt: '15 4 * * *', treeUpdates: 'preview' });

  // An emptied field is the default again.
  await dawn.fill('');
  await dawn.press('Enter');
  await expect(page.getByText('One change holds from the next start')).toBeVisible();
  expect(kept()).toEqual({ treeUpdates: 'preview' });
  // The browser itself notes the refused request.
  expect(complaints.filter((complaint) => !complaint.includes('400'))).toEqual([]);

  await service.stop();
  await place.serve({ env });
  await openWindow(place, page);
  await page.goto(new URL('/app/settings', page.url()).href);
  await expect(page.getByLabel('Updates of git trees')).toHaveValue('preview');
  await expect(page.getByText('from the next start')).toHaveCount(0);
});
