/** One page in one state, as pictures are taken of it. */
import { expect, type Page, type Request } from '@playwright/test';
import type { Place } from '../fixtures/service/place.ts';

export interface Scene {
  readonly name: string;
  /** Brings the page there, whatever it showed before. */
  show(page: Page, place: Place): Promise<void>;
}

/** Opens an address of the window, and waits until it has asked for all that it shows, and has drawn it. */
export async function openPage(page: Page, path: string): Promise<void> {
  const asked = new Set<Request>();
  let asks = 0;
  const begin = (request: Request) => {
    asked.add(request);
    asks += 1;
  };
  const end = (request: Request) => asked.delete(request);
  page.on('request', begin).on('requestfinished', end).on('requestfailed', end);
  try {
    await page.goto(new URL(`/app${path}`, page.url()).href);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible({ timeout: 60_000 });
    // An answer may lead to the next question: the page is at rest when it had nothing to do and asked for nothing.
    await expect(async () => {
      const before = asks;
      await page.evaluate(REST);
      expect([asked.size, asks]).toEqual([0, before]);
    }).toPass({ timeout: 60_000, intervals: [0, 20, 50] });
  } finally {
    page.off('request', begin).off('requestfinished', end).off('requestfailed', end);
  }
}

/** Ends when the page had nothing to do, and has shown what it did before. */
const REST = `new Promise((resolve) =>
  requestAnimationFrame(() => requestIdleCallback(() => requestAnimationFrame(() => resolve()), { timeout: 2000 })))`;
