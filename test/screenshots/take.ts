/**
 * Takes pictures of every page of the window in its states, in light and dark, at 1280×800 and 900×600:
 *
 *     npm run screenshots                  all of them, into docs/screenshots/
 *     npm run screenshots -- builds /tmp   those whose name has the word, into another folder
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium as engine, type Page } from '@playwright/test';
import { chromium } from '../e2e/support/browser.ts';
import { openWindow } from '../e2e/support/window.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Scene } from './scene.ts';
import { scenes } from './scenes.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 900, height: 600 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const [word = '', folder = join(import.meta.dirname, '../../docs/screenshots')] =
  process.argv.slice(2);

async function takeAll(browser: Browser, place: Place): Promise<void> {
  const chosen = scenes.filter(({ name }) => name.includes(word));
  const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  await openWindow(place, page);
  for (const scene of chosen) {
    await scene.show(page, place);
    // Pictures of keyboards are asked for a little later. Where devices are listened to, there is never silence.
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of SCHEMES) await takeOne(page, scene, size, colorScheme);
    }
    await page.setViewportSize(SIZES[0]);
  }
}

async function takeOne(
  page: Page,
  { name }: Scene,
  { width, height }: { readonly width: number; readonly height: number },
  colorScheme: (typeof SCHEMES)[number],
): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const file = join(folder, `${name}-${width}x${height}-${colorScheme}.png`);
  await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
  console.log(file);
}

mkdirSync(folder, { recursive: true });
const place = new Place();
const browser = await engine.launch(chromium);
try {
  await place.serve();
  await takeAll(browser, place);
} finally {
  await browser.close();
  await place.close();
}
