/** Every page of the window in each of its states: nothing in anybody's way, nothing to complain of. */
import { expect, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { scenes } from '../../screenshots/scenes.ts';
import { barriersOf, complaintsOf, openWindow } from '../support/window.ts';

let place: Place;

test.beforeAll(async () => {
  place = new Place();
  await place.serve();
});

test.afterAll(() => place.close());

test('no page has a serious barrier, in light or dark, nor makes the browser complain', async ({
  page,
}) => {
  // Twenty pages, each looked over twice; a machine that does much else takes minutes.
  test.setTimeout(600_000);
  const complaints = complaintsOf(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openWindow(place, page);
  for (const { name, show } of scenes) {
    await test.step(name, async () => {
      await show(page, place);
      for (const [colorScheme, of] of [
        ['light', 'everything'],
        ['dark', 'colours'],
      ] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect(await barriersOf(page, of), `${name}, ${colorScheme}`).toEqual([]);
      }
      if (name === 'build-errors') {
        // A short list of errors is shown whole, with the buttons that lead to keys.
        const [all, seen] = await page
          .getByRole('list', { name: 'Errors' })
          .evaluate(({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight]);
        expect(all).toBeLessThanOrEqual(seen ?? 0);
      }
      // Nothing is cut off at the least size: no page scrolls sideways.
      await page.setViewportSize({ width: 900, height: 600 });
      const [wide, room] = await page
        .locator('#content')
        .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
      expect(wide, `${name} at 900×600`).toBeLessThanOrEqual(room ?? 0);
      await page.setViewportSize({ width: 1280, height: 800 });
    });
  }
  expect(complaints).toEqual([]);
});
