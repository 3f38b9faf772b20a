/** A phone at a meetup: a browser on another machine, let in by the code, builds with the Configurator. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, expect, type Page, chromium as playwright, test } from '@playwright/test';
import { createNeighbour, type Neighbour, WITHOUT_NEIGHBOURS } from '../fixtures/lan/neighbour.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { chromium } from './support/browser.ts';
import { compile, download, open, terminal, watch } from './support/page.ts';
import { PAGE_FOLDER, type PageServer, servePage } from './support/page-server.ts';
import { kiln } from './support/service.ts';

test.describe(`another machine${WITHOUT_NEIGHBOURS ?? ''}`, () => {
  test.skip(WITHOUT_NEIGHBOURS !== null, WITHOUT_NEIGHBOURS ?? '');

  let place: Place;
  let phone: Neighbour;
  let browser: Browser;
  let service: Service;
  /** The service's, as the phone calls it. */
  let base: string;

  test.beforeAll(async () => {
    place = new Place();
    phone = createNeighbour();
    const script = join(place.folder, 'chromium');
    writeFileSync(
      script,
      `#!/bin/sh\nexec ${phone.prefix.join(' ')} ${chromium.executablePath} "$@"\n`,
    );
    chmodSync(script, 0o755);
    browser = await playwright.launch({ ...chromium, executablePath: script });
    service = await place.serve({ env: { KILN_LAN: 'plain' } });
    base = `http://${phone.service}:${new URL(service.url).port}`;
    await kiln(place, 'configurator', 'add', PAGE_FOLDER);
  });

  test.afterAll(async () => {
    await browser?.close();
    phone?.close();
    await place?.close();
  });

  const pairing = async () =>
    JSON.parse(await kiln(place, 'pair', '--json')).pairing.code as string;
  const newPage = async () => (await browser.newContext({ acceptDownloads: true })).newPage();

  async function typeCode(page: Page, code: string): Promise<void> {
    await page.getByLabel('Pairing code').fill(code);
    await page.getByRole('button', { name: 'Let in' }).click();
  }

  test('is asked for the code wherever it begins, and told when it is wrong', async () => {
    const page = await newPage();
    const seen = watch(page);
    await page.goto(`${base}/configurator/`);
    expect(page.url()).toBe(`${base}/pair`);
    await pairing();
    await typeCode(page, 'AAAA AAAA');
    await expect(page.getByRole('status')).toContainText('not the pairing code');
    expect((await page.goto(`${base}/v1`))?.url()).toBe(`${base}/pair`);
    expect(seen.complaints).toEqual([]);
  });

  test('types the code, builds with the Configurator, and is out when pairing ends', async () => {
    const code = await pairing();
    expect(await pairing()).toBe(code);
    const page = await newPage();
    await page.goto(base);
    await typeCode(page, `${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
    await expect(page.getByRole('status')).toContainText('let in until');
    await page.getByRole('link', { name: 'Open the Configurator' }).click();
    expect(page.url()).toBe(`${base}/configurator/`);
    // Scripts cannot read what lets them in.
    expect(
      await page.evaluate(
        () => (globalThis as unknown as { document: { cookie: string } }).document.cookie,
      ),
    ).toBe('');

    const seen = watch(page);
    await open(page, `${base}/configurator`, 'kiln/pad4x4');
    const id = await compile(page);
    await expect(terminal(page)).toHaveValue(/\* Finished:/);
    const firmware = await download(page, '#firmware');
    expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
    expect(seen.alerts).toEqual([]);
    const [key] = JSON.parse(await kiln(place, 'keys', 'ls', '--json')).keys;
    expect(key).toMatchObject({ name: 'Linux', paired: true, scopes: ['compile'] });

    await kiln(place, 'pair', '--end');
    const status = (path: string) =>
      page.evaluate(async (path) => (await fetch(path)).status, path);
    expect(await status('/v1')).toBe(401);
    expect(await status(`/v1/compile/${id}`)).toBe(401);
    expect(await status(`/p/${code}/v1`)).toBe(401);
  });

  test('opens the address that kiln pair prints, and is let in without typing', async () => {
    const printed = await kiln(place, 'pair');
    const address = printed
      .split(/\s+/)
      .find((word) => word.startsWith('http') && word.includes('/pair#'));
    const code = address?.split('#')[1];
    const page = await newPage();
    await page.goto(`${base}/pair#${code}`);
    await expect(page.getByRole('status')).toContainText('let in until');
    // The code stays in nobody's history.
    expect(page.url()).toBe(`${base}/pair`);
    await page.goto(`${base}/v1`);
    await expect(page.locator('body')).toContainText('running');
  });
});

test.describe('a Configurator on another server, built with the code in its address', () => {
  let place: Place;
  let service: Service;
  let hosted: PageServer;
  let code = '';

  test.beforeAll(async () => {
    place = new Place();
    hosted = await servePage(() => `${service.url}/p/${code}`);
    service = await place.serve();
    code = JSON.parse(await kiln(place, 'pair', '--json')).pairing.code;
  });

  test.afterAll(async () => {
    await hosted.close();
    await place.close();
  });

  test('builds and downloads, though its origin is on no list', async ({ page }) => {
    const seen = watch(page);
    await open(page, hosted.origin, 'kiln/pad4x4');
    await expect(page.locator('#light')).toHaveText('green');
    const id = await compile(page);
    await expect(terminal(page)).toHaveValue(/\* Finished:/);
    const firmware = await download(page, '#firmware');
    expect(firmware.content.equals(await service.file(id, 'download'))).toBe(true);
    expect(seen.requests).toContain(`POST /p/${code}/v1/compile`);
    expect(seen.alerts).toEqual([]);
  });

  test('gets nothing once the code has ended', async ({ page }) => {
    await open(page, hosted.origin, 'kiln/pad4x4');
    await kiln(place, 'pair', '--end');
    const seen = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => 'an answer',
          () => 'nothing',
        ),
      `${service.url}/p/${code}/v1`,
    );
    expect(seen).toBe('nothing');
  });
});
