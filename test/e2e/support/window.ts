/** Kiln's own window in a browser: how tests come in, and what is wrong with no page of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { readServiceFile } from '../../../cli/service/find-service.ts';
import type { Place } from '../../fixtures/service/place.ts';

/**
 * An address that lets a browser in, once: what `kiln open` prints, without a process of its own for each test. That command
 * itself is asked where it is the subject.
 */
async function addressOf(place: Place, path: string): Promise<string> {
  const service = await readServiceFile(join(place.dataDir, 'service.json'));
  if (service === null) throw new Error('No service runs.');
  const token = (await readFile(service.tokenFile, 'utf8')).trim();
  const answer = await fetch(`${service.url}/kiln/v1/session-codes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const { code } = (await answer.json()) as { code: string };
  return new URL(`${path}#code=${code}`, service.url).href;
}

/** Opens the window, or one of its pages, as `kiln open` does, so that this browser is let in. */
export async function openWindow(place: Place, page: Page, path = '/app/'): Promise<void> {
  const address = await addressOf(place, path);
  // From the same page, another code alone would not load it anew.
  if (page.url() !== 'about:blank') await page.goto('about:blank');
  await page.goto(address);
  // Not by its role: a page that opens with a dialog has no other roles.
  await expect(page.locator('nav').first()).toBeVisible();
}

/** What the browser complained of: refused by the content policy, thrown by a script, missing. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // Settings ask whether a Configurator was added; 404 is the answer that none was.
    if (message.location().url.endsWith('/configurator/')) return;
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}

/** All that another theme can make better or worse. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block'];

/**
 * What axe-core finds serious or critical on the page as it is now.
 * @param of `colours` where the same page was looked over in the other theme just before
 */
export async function barriersOf(
  page: Page,
  of: 'everything' | 'colours' = 'everything',
): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    // In the page itself: without it each look opens another page, to put together what frames say. There are none.
    .setLegacyMode()
    .options({
      resultTypes: ['violations'],
      ...(of === 'colours' ? { runOnly: { type: 'rule', values: RULES_OF_COLOUR } } : {}),
    })
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
