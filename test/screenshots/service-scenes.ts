/** The service's own pages: a queue with jobs in it, its dialogs, the schedule, and what test builds found. */
import { join } from 'node:path';
import { type Page, expect as playwrightExpect } from '@playwright/test';
import { createLogger } from '../../core/log.ts';
import { openTestStore } from '../../core/test-builds/store.ts';
import { KEYMAPS, keymapOf } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { openPage, type Scene } from './scene.ts';

const expect = playwrightExpect.configure({ timeout: 60_000 });

/** More than one worker builds while two pictures are taken; `service-flush` ends the rest. */
const JOBS = 2 * KEYMAPS;

const LOG = [
  'Compiling: keyboards/acme/board7/board7.c',
  'keyboards/acme/board7/board7.c:12:5: warning: unused variable ‘row’ [-Wunused-variable]',
  'keyboards/acme/board7/board7.c:31:3: error: ‘LED_PIN’ undeclared (first use in this function)',
  '   31 |   setPinOutput(LED_PIN);',
  ' [ERRORS]',
  'make: *** [builddefs/common_rules.mk:373: board7.o] Error 1',
];

async function fillQueue(page: Page): Promise<void> {
  const { origin } = new URL(page.url());
  for (let number = 0; number < JOBS; number += 1) {
    const data = { ...keymapOf(number % KEYMAPS), keymap: `evening_${number}` };
    const answer = await page.request.post(`${origin}/v1/compile`, { data });
    expect(answer.ok()).toBe(true);
  }
}

/** As test builds of a larger tree than the starter leave them. */
function recordTests(place: Place): void {
  const log = createLogger({ level: 'silent', name: 'scenes' });
  const store = openTestStore(join(place.dataDir, 'test-builds.sqlite'), log);
  const test = { durationMs: 900, keymap: 'default', version: '0.30.6' } as const;
  for (let number = 0; number < 400; number += 1) {
    const works = number % 37 !== 7;
    const warnings = works && number % 11 === 0;
    store.save('starter', `acme/board${number}`, {
      ...test,
      works,
      warnings,
      testedAt: Date.now() - number * 7 * 60_000,
      message: works ? 'Linking: [OK]' : LOG.join('\n'),
    });
  }
  store.close();
}

export const serviceScenes: readonly Scene[] = [
  { name: 'service-queue-empty', show: (page) => openPage(page, '/service') },
  {
    name: 'service-test-keyboard',
    async show(page) {
      await page.getByRole('button', { name: 'Test a keyboard' }).click();
      const dialog = page.getByRole('dialog');
      const field = dialog.getByRole('combobox', { name: 'Keyboard' });
      await field.fill('pad');
      await expect(page.getByRole('option', { name: 'kiln/pad4x4' })).toBeVisible();
      await field.press('Enter');
      await dialog.getByRole('button', { name: 'Test', exact: true }).click();
      await expect(dialog.getByText('kiln/pad4x4 builds.')).toBeVisible();
    },
  },
  {
    name: 'service-queue',
    async show(page) {
      await fillQueue(page);
      await openPage(page, '/service/queue');
      await expect(page.getByRole('list', { name: 'Jobs' }).getByRole('link').nth(5)).toBeVisible();
    },
  },
  {
    name: 'service-flush',
    async show(page) {
      await page.getByRole('button', { name: 'Empty the queue' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'service-schedule',
    async show(page) {
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Cancel/ })
        .click();
      await expect(page.getByText('that waited were canceled')).toBeVisible();
      await openPage(page, '/service/schedule');
      await expect(page.getByRole('button', { name: /^Run now/ }).first()).toBeVisible();
    },
  },
  { name: 'service-tests-off', show: (page) => openPage(page, '/service/test-builds') },
  {
    name: 'service-tests',
    async show(page, place) {
      recordTests(place);
      await openPage(page, '/service/test-builds/acme/board7');
      await expect(page.getByRole('log')).toContainText('LED_PIN');
    },
  },
];
