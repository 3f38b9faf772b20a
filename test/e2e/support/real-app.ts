/** What tests do with the real QMK Configurator, by its own names for the parts of its page. */
import { expect, type Page } from '@playwright/test';
import { terminal } from './page.ts';

export async function pickKeyboard(page: Page, name: string): Promise<void> {
  const search = page.locator('.topctrl-keyboards .vs__search');
  await search.fill(name);
  await search.press('Enter');
  await expect(page.locator('.topctrl-keyboards .vs__selected')).toHaveText(name);
}

export async function putKey(page: Page, index: number, code: string): Promise<void> {
  await page.locator('#visual-keymap .key').nth(index).click();
  await page.locator(`.keycode[data-code="${code}"]`).first().click();
}

/** Presses Compile, waits for the end of the job and of the curtain before the page. @returns the job's id */
export async function compileAndWait(page: Page): Promise<string> {
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator('#compile').click();
  const { job_id } = (await (await answered).json()) as { job_id: string };
  await expect(terminal(page)).toHaveValue(new RegExp(`${job_id}[^]*\\* Finished:`));
  await expect(page.locator('.spinner')).toBeHidden();
  return job_id;
}
