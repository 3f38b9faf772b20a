/** The keymap as a picture: SVG, PNG and print, each with all of its layers. */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { Place } from '../../fixtures/service/place.ts';
import { complaintsOf, openWindow } from '../support/window.ts';

let place: Place;

test.beforeAll(async () => {
  place = new Place();
  await place.serve();
});

test.afterAll(() => place.close());

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Keymap', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function saved(page: Page, item: string): Promise<{ name: string; content: Buffer }> {
  const downloading = page.waitForEvent('download');
  await choose(page, item);
  const download = await downloading;
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}

test('pictures and prints have all layers of the keymap', async ({ page }) => {
  const complaints = complaintsOf(page);
  await openWindow(place, page, '/app/editor/starter/kiln/sixty');
  await expect(page.getByRole('button', { name: /^Row 1, key 1, / })).toBeVisible();
  const layers = await page
    .getByRole('navigation', { name: 'Layers' })
    .getByRole('listitem')
    .count();
  expect(layers).toBeGreaterThan(1);

  const svg = await saved(page, 'Picture (SVG)');
  expect(svg.name).toMatch(/^kiln_sixty_\w+\.svg$/);
  const text = svg.content.toString('utf8');
  const [width, height] = ['width', 'height'].map((name) =>
    Number(new RegExp(`<svg[^>]* ${name}="([\\d.]+)"`).exec(text)?.[1]),
  );
  // A board for each layer, and nothing that a viewer would have to fetch or run.
  expect(text.match(/rx="12"/g)).toHaveLength(layers);
  expect(text).not.toMatch(/<script|<foreignObject|href=|url\(/i);

  const png = await saved(page, 'Picture (PNG)');
  expect(png.name).toMatch(/\.png$/);
  expect(png.content.subarray(1, 4).toString()).toBe('PNG');
  // Twice its size, for print: the second and third number of the header.
  expect([png.content.readUInt32BE(16), png.content.readUInt32BE(20)]).toEqual([
    Math.round((width ?? 0) * 2),
    Math.round((height ?? 0) * 2),
  ]);

  await page.evaluate(`window.print = () => {
    const shown = [...document.body.children].filter((part) => part.checkVisibility());
    window.printed = { shown: shown.map(({ tagName }) => tagName), height: shown[0]?.naturalHeight };
  }`);
  await page.getByRole('button', { name: /^Row 1, key 1, / }).focus();
  await page.emulateMedia({ media: 'print' });
  await page.keyboard.press('Control+p');
  await page.waitForFunction('window.printed !== undefined');
  expect(await page.evaluate('window.printed')).toEqual({
    shown: ['IMG'],
    height: Math.round(height ?? 0),
  });
  expect(complaints).toEqual([]);
});
