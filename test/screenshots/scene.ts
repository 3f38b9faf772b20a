/** One page in one state, as pictures are taken of it. */
import { expect, type Page } from '@playwright/test';
import type { Place } from '../fixtures/service/place.ts';

export interface Scene {
  readonly name: string;
  /** Brings the page there, whatever it showed before. */
  show(page: Page, place: Place): Promise<void>;
}

/** Opens an address of the window, and waits until it has asked for all that it shows. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/app${path}`, page.url()).href);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible({ timeout: 60_000 });
  await page.waitForLoadState('networkidle');
}
