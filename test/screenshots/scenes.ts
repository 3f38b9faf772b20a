/** The pages and states that pictures are taken of, in an order in which each finds what it needs. */
import { type Page, expect as playwrightExpect } from '@playwright/test';
import { openPage as open, type Scene } from './scene.ts';
import { serviceScenes } from './service-scenes.ts';

/** Builds are waited for, on machines that do much else too. */
const expect = playwrightExpect.configure({ timeout: 60_000 });

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
    name: 'build-errors',
    async show(page) {
      const { origin } = new URL(page.url());
      const keymap = {
        keyboard: 'kiln/pad4x4',
        keymap: 'mistaken',
        layout: 'LAYOUT_ortho_4x4',
        layers: [['KC_FOOO', ...Array.from({ length: 15 }, () => 'KC_A')]],
      };
      const answer = await page.request.post(`${origin}/v1/compile`, { data: keymap });
      const { job_id: id } = (await answer.json()) as { job_id: string };
      await open(page, `/builds/${id}`);
      await expect(page.getByRole('list', { name: 'Errors' })).toBeVisible();
    },
  },
  {
    name: 'flash',
    async show(page) {
      // Devices are listened to as long as the page is open: the network is never idle.
      await page.goto(new URL('/app/flash', page.url()).href);
      await expect(page.getByRole('heading', { name: 'Get ready' })).toBeVisible();
      // Once both the devices and the image were looked at.
      await expect(page.getByText(/^No keyboard is attached|^Your account may not/)).toBeVisible();
      await expect(page.getByText(/^The image fits|^Choose what is to be written/)).toBeVisible();
    },
  },
  {
    name: 'flash-rules',
    async show(page) {
      await page.getByRole('button', { name: 'Permission rules' }).click();
      await expect(page.getByText('60-kiln-keyboards.rules')).toBeVisible();
    },
  },
  { name: 'flash-history-empty', show: (page) => open(page, '/flash/history') },
  { name: 'flash-keys', show: (page) => open(page, '/flash/keys') },
  {
    name: 'flash-console',
    async show(page) {
      // As above.
      await page.goto(new URL('/app/flash/console', page.url()).href);
      await expect(page.getByText('Nothing was printed yet')).toBeVisible();
    },
  },
  { name: 'trees', show: (page) => open(page, '/trees') },
  {
    name: 'trees-add',
    async show(page) {
      await page.getByRole('button', { name: 'Add tree' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'health',
    async show(page) {
      await open(page, '/health');
      await expect(page.getByText('are in order')).toBeVisible();
    },
  },
  ...serviceScenes,
  { name: 'about', show: (page) => open(page, '/about') },
  { name: 'not-found', show: (page) => open(page, '/nothing') },
  {
    name: 'settings',
    show: (page) => open(page, '/settings'),
  },
  {
    name: 'not-let-in',
    async show(page) {
      await page.evaluate(() => localStorage.removeItem('kiln.session'));
      await open(page, '/builds');
    },
  },
];
