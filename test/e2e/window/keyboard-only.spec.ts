/** Where the focus is, and that it is seen, for a person without a mouse. */
import { expect, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { openWindow } from '../support/window.ts';

let place: Place;

test.beforeAll(async () => {
  place = new Place();
  await place.serve();
});

test.afterAll(() => place.close());

test('the focus goes on in the page that a link leads to, and its ring lies over all keys', async ({
  page,
}) => {
  await openWindow(place, page, '/app/keyboards');
  const content = page.locator('#content');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('pad');
  await expect(page.getByRole('link', { name: /Kiln Sixty/ })).toHaveCount(0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.locator('svg[role="group"]')).toBeVisible();
  await expect(content).toBeFocused();

  const key = page.getByRole('button', { name: /^Row 1, key 1,/ });
  await key.focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: /^Row 1, key 2,/ })).toBeFocused();
  // Nothing of the drawing comes after the ring, so nothing hides a side of it.
  const stroke = await page.evaluate(
    `getComputedStyle(document.querySelector('svg[role="group"] > path:last-child')).stroke`,
  );
  expect(stroke).toMatch(/^(?:rgb|color|oklab)/);

  // Back in the rail the focus stays on what was pressed, which is still there.
  await page.getByRole('link', { name: 'Trees' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Trees' })).toBeFocused();
});
