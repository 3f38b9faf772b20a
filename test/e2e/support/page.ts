/** What tests do with the page of our own, and what they see of it. */
import { readFile } from 'node:fs/promises';
import { type Dialog, expect, type Page } from '@playwright/test';

export interface SeenPage {
  /** `GET /v1`, in the order in which the page asked. */
  readonly requests: readonly string[];
  readonly alerts: readonly string[];
  /** How often it asked whether to leave. */
  readonly questions: () => number;
  /** What the browser itself complained of: a breach of the policy, an uncaught error. */
  readonly complaints: readonly string[];
}

/** Takes note of all that happens, and answers every dialog with yes. To be called before the page is opened. */
export function watch(page: Page): SeenPage {
  const requests: string[] = [];
  const alerts: string[] = [];
  const complaints: string[] = [];
  let questions = 0;
  page.on('request', (request) => {
    requests.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  page.on('dialog', async (dialog: Dialog) => {
    if (dialog.type() === 'beforeunload') questions += 1;
    else alerts.push(dialog.message());
    await dialog.accept();
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  return { requests, alerts, complaints, questions: () => questions };
}

/** Opens the page with waits of a hundredth, ready to be used. */
export async function open(page: Page, url: string, keyboard?: string): Promise<void> {
  const choice = keyboard === undefined ? '' : `&keyboard=${keyboard}`;
  await page.goto(`${url}/?wait=0.01${choice}`);
  await expect(page.locator('body[data-ready]')).toBeAttached();
}

export const terminal = (page: Page) => page.locator('#terminal');

export async function setKey(page: Page, index: number, keycode: string): Promise<void> {
  await page.locator('#keys button').nth(index).click();
  await page.locator('#keycode').fill(keycode);
  await page.locator('#keycode').press('Enter');
}

/** Presses Compile. @returns the job's id, as the page was told. */
export async function compile(page: Page): Promise<string> {
  const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.locator('#compile').click();
  const { job_id } = (await (await answered).json()) as { job_id: string };
  return job_id;
}

/** Presses a button that saves a file. */
export async function download(
  page: Page,
  button: string,
): Promise<{ readonly name: string; readonly content: Buffer }> {
  const saved = page.waitForEvent('download');
  await page.locator(button).click();
  const file = await saved;
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}
