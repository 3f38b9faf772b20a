/** Answers of the service that come after the person's next key, or after what they speak of has changed. */
import { expect, type Page, test } from '@playwright/test';
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
