/** The pages and states that pictures are taken of, in an order in which each finds what it needs. */
import { expect, type Page } from '@playwright/test';
import type { Place } from '../fixtures/service/place.ts';

export interface Scene {
  readonly name: string;
  /** Brings the page there, whatever it showed before. */
  show(page: Page, place: Place): Promise<void>;
}

async function open(page: Page, path: string): Promise<void> {
  await page.goto(new URL(`/app${path}`, page.url()).href);
  await expect(page.getByRole('navigation')).toBeVisible();
  await page.waitForLoadState('networkidle');
}

async function build(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Build', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Build' }).getByText('Built')).toBeVisible();
}

export const scenes: readonly Scene[] = [
  { name: 'first-start', show: (page) => open(page, '/keyboards') },
  { name: 'editor-empty', show: (page) => open(page, '/editor') },
  { name: 'builds-empty', show: (page) => open(page, '/builds') },
  {
    name: 'editor',
    async show(page) {
      await open(page, '/editor/starter/kiln/sixty');
      await build(page);
    },
  },
  {
    name: 'build-panel',
    async show(page) {
      await page.getByRole('button', { name: 'Show the build' }).click();
      await expect(page.getByRole('log')).toBeVisible();
    },
  },
  {
    name: 'keyboards',
    async show(page) {
      await open(page, '/editor/starter/kiln/pad4x4');
      await build(page);
      await open(page, '/keyboards');
    },
  },
  { name: 'keyboards-nothing-found', show: (page) => open(page, '/keyboards?q=ergodox') },
  {
    name: 'builds',
    async show(page) {
      await open(page, '/builds');
      await page.getByRole('list', { name: 'Builds' }).getByRole('link').first().click();
      await expect(page.getByRole('log')).toBeVisible();
    },
  },
  {
    name: 'settings',
    show: (page) => open(page, '/settings'),
  },
];
