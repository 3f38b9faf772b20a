/** Kiln's own window in a browser: how tests come in, and what is wrong with no page of it. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { Place } from '../../fixtures/service/place.ts';
import { kiln } from './service.ts';

/** Opens the window as `kiln open` does, so that this browser is let in. */
export async function openWindow(place: Place, page: Page, path = ''): Promise<void> {
  const { url } = JSON.parse(await kiln(place, 'open', '--json')) as { url: string };
  await page.goto(url);
  await expect(page.getByRole('navigation')).toBeVisible();
  if (path !== '') await page.goto(new URL(path, url).href);
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
