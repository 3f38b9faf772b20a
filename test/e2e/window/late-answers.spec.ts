/** Answers of the service that come after the person's next key, or after what they speak of has changed. */
import { expect, type Page, type Request, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { openWindow } from '../support/window.ts';

const PAD = '/app/editor/starter/kiln/pad4x4';

let place: Place;

test.beforeAll(async () => {
  place = new Place();
  await place.serve();
});

test.afterAll(() => place.close());

const keyOf = (page: Page, row: number, key: number) =>
  page.getByRole('button', { name: new RegExp(`^Row ${row}, key ${key}, `) });

test('Enter on a search waits for the keycodes of the tree, and assigns the best', async ({
  page,
}) => {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  await page.route(/constants_metadata\.json/, async (route) => {
    await isReleased;
    await route.continue();
  });
  await openWindow(place, page, PAD);
  await keyOf(page, 1, 1).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('volume up');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Reading the tree’s keycodes')).toBeVisible();
  release();
  await expect(keyOf(page, 1, 2)).toBeFocused();
  await expect(keyOf(page, 1, 2)).toHaveAccessibleName(/Volume Up/);
});

test('a build that ends before the first answer about it comes is shown as ended, and opens on its errors', async ({
  page,
}) => {
  const dock = page.getByRole('region', { name: 'Build' });
  let isFirst = true;
  await page.route(/\/kiln\/v1\/jobs\/[0-9a-f]{32}$/, async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    // The page lets go of the stream once it has read the end in it.
    const isStream = (request: Request) => request.url().endsWith('/events');
    const hasEnded = Promise.race([
      page.waitForEvent('requestfinished', isStream),
      page.waitForEvent('requestfailed', isStream),
    ]);
    const asked = await route.fetch();
    const before = { ...((await asked.json()) as object), state: 'running', result: null };
    await hasEnded;
    // The page may have thought better of it and asked anew.
    await route.fulfill({ response: asked, json: before }).catch(() => undefined);
  });
  await openWindow(place, page, PAD);
  await keyOf(page, 2, 2).click();
  await page.getByRole('tab', { name: 'Any' }).click();
  await page.getByRole('textbox', { name: 'Keycode' }).fill('KC_FOOO');
  await page.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(dock.getByText('Errors', { exact: true }).first()).toBeVisible();
  await expect(dock.getByRole('button', { name: 'Show key' })).toBeVisible();
});

test('a keyboard without a keymap that can be read starts empty, says so, and can be edited', async ({
  page,
}) => {
  await page.route(/\/keymaps\/default$/, (route) => route.fulfill({ status: 404, json: {} }));
  await openWindow(place, page, PAD);
  await expect(page.getByText('all keys are empty at first')).toBeVisible();
  await keyOf(page, 1, 1).click();
  await page.keyboard.press('a');
  await expect(keyOf(page, 1, 1)).toHaveAccessibleName(/, A;/);
});
