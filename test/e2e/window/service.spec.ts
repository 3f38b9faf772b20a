/** The service's own pages, as its operator uses them: queue, schedule, test builds. */
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { createLogger } from '../../../core/log.ts';
import { openTestStore } from '../../../core/test-builds/store.ts';
import { keymapOf } from '../../fixtures/service/keymaps.ts';
import { Place } from '../../fixtures/service/place.ts';
import type { Service } from '../../fixtures/service/service.ts';
import { createGate, type Gate } from '../../fixtures/service/toolchains.ts';
import { complaintsOf, openWindow } from '../support/window.ts';

let place: Place;
let service: Service;
let gate: Gate;

test.beforeAll(async () => {
  place = new Place();
  gate = createGate(join(place.folder, 'toolchain'));
  const env = { KILN_TOOLCHAIN_DIR: gate.folder, KILN_TEST_BUILDS: 'on' };
  service = await place.serve({ env });
});

test.afterAll(() => place.close());

const jobs = (page: Page) => page.getByRole('list', { name: 'Jobs' }).getByRole('link');
const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of this page' }).getByRole('link', { name });

/** What of the browser's own globals a test asks. */
interface Styles {
  getComputedStyle(element: unknown): { readonly color: string };
}

/** What the idle job would have written of a keyboard that does not build. */
function recordFailure(keyboard: string): void {
  const log = createLogger({ level: 'silent', name: 'test' });
  const store = openTestStore(join(place.dataDir, 'test-builds.sqlite'), log);
  // Of the same state of the tree: it is not tested again before tomorrow.
  const version = store.ages('starter').get(keyboard)?.version ?? '';
  store.save('starter', keyboard, {
    works: false,
    warnings: false,
    message: 'Compiling: keymap.c\nkeymap.c:7:3: error: ‘KC_FOOO’ undeclared\nmake: Error 1',
    durationMs: 5,
    keymap: 'default',
    version,
    testedAt: Date.now(),
  });
  store.close();
}

test('an operator sees what runs and waits, ends it, runs a task, and reads what does not build', async ({
  page,
}) => {
  const complaints = complaintsOf(page);
  const running = await service.submit(keymapOf(1));
  const waiting = [];
  for (const number of [2, 3, 4]) waiting.push(await service.submit(keymapOf(number)));
  await service.inState(running, 'running');

  await openWindow(place, page, '/app/service');
  await expect(jobs(page)).toHaveCount(4);
  await expect(jobs(page).first()).toContainText('Building');
  await expect(jobs(page).nth(1)).toContainText('Next in line');
  await expect(jobs(page).nth(2)).toContainText('Waits for 1 other build');
  await expect(page.getByText('1 running · 3 waiting')).toBeVisible();
  const workers = page.getByRole('region', { name: 'Workers' });
  await expect(workers.getByRole('link', { name: 'kiln/pad4x4' })).toBeVisible();
  await workers.getByRole('button', { name: 'Ping' }).click();
  await expect(workers.getByText(/Answered in/)).toBeVisible();
  const clients = page.getByRole('combobox', { name: 'Whose jobs are shown' });
  await expect(clients.getByRole('option', { name: '127.0.0.1' })).toHaveText(
    '127.0.0.1: 1 running, 3 waiting',
  );

  // One that waits goes; the page follows the queue by itself.
  await page.getByRole('button', { name: 'Cancel kiln/pad4x4' }).nth(1).press('Enter');
  await expect(jobs(page)).toHaveCount(3);
  // Whoever has no mouse goes on from there.
  await expect(jobs(page).nth(1)).toBeFocused();
  expect((await service.view(waiting[0] ?? '')).state).toBe('canceled');
  await service.cancel(waiting[1] ?? '');
  await expect(jobs(page)).toHaveCount(2);

  // The log of the one that runs is there while it runs.
  await jobs(page).first().click();
  const details = page.getByRole('complementary', { name: 'Build' });
  await expect(details.getByRole('button', { name: 'Cancel the build' })).toBeVisible();
  await expect(details.getByRole('log')).toContainText('Compiling: src/main.c');

  await page.getByRole('button', { name: 'Empty the queue' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('1 job that waits is canceled.')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'End the one that runs, too' }).check();
  await dialog.getByRole('button', { name: 'Cancel 2 jobs' }).click();
  await expect(page.getByText('1 job that waited was canceled')).toBeVisible();
  await expect(page.getByText('Nothing waits, nothing runs')).toBeVisible();
  await expect(details.getByText('Canceled', { exact: true })).toBeVisible();
  expect((await service.view(running)).state).toBe('canceled');

  // From here on everything builds, and test builds begin.
  gate.open();
  await details.getByRole('button', { name: 'Build again' }).click();
  await tab(page, 'Schedule').click();
  const backup = page.getByRole('listitem').filter({ hasText: 'Back up database and settings' });
  await expect(backup).toContainText('Never ran');
  await backup.getByRole('button').click();
  await expect(backup).toContainText('Done · now');
  await expect(backup).toContainText('daily-');
  const updates = page.getByRole('listitem').filter({ hasText: 'Bring git trees' });
  await expect(updates).toContainText('KILN_TREE_UPDATES turns it on.');
  // Nobody goes to the network by one key too many.
  await updates.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(updates).toContainText('Never ran');

  await tab(page, 'Test builds').click();
  await expect(page.getByRole('button', { name: 'Passing 2' })).toBeVisible();
  recordFailure('kiln/sixty');
  await page.reload();
  await page.getByRole('button', { name: 'Failing 1' }).click();
  const keyboards = page.getByRole('list', { name: 'Keyboards' }).getByRole('link');
  await expect(keyboards).toHaveCount(1);
  await keyboards.first().click();
  const error = page.getByRole('log').getByText('undeclared');
  const plain = page.getByRole('log').getByText('Compiling');
  const colourOf = (line: typeof error) =>
    line.evaluate((one) => (globalThis as unknown as Styles).getComputedStyle(one).color);
  expect(await colourOf(error)).not.toBe(await colourOf(plain));
  await page.getByRole('button', { name: 'Passing 1' }).click();
  await page.getByRole('searchbox', { name: 'Keyboard' }).fill('pad');
  await keyboards.first().press('Enter');
  await expect(page.getByRole('log')).toContainText('The firmware size is fine');

  // A keyboard is tested through the queue, ahead of everything that the service does by itself.
  await page.getByRole('button', { name: 'Test now' }).click();
  await expect(dialog.getByRole('combobox', { name: 'Keyboard' })).toHaveValue('kiln/pad4x4');
  await dialog.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(dialog.getByText('kiln/pad4x4 builds.')).toBeVisible();
  expect(complaints).toEqual([]);
});
