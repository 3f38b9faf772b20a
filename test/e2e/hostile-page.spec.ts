/**
 * Pages that mean harm, in a real browser: of another origin, without one, of a name that was pointed at this machine
 * (DNS rebinding), and the Configurator's own. None may read or change anything beyond the public contract.
 */
import { expect, type Page, test } from '@playwright/test';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import type { Service } from '../fixtures/service/service.ts';
import { chromium } from './support/browser.ts';
import { arm, attack, type HostileSite, serveHostileSite } from './support/hostile.ts';
import { PAGE_FOLDER } from './support/page-server.ts';
import { kiln } from './support/service.ts';

// The attacker's names lead to this machine, as its own name server would have it.
test.use({
  launchOptions: {
    ...chromium,
    args: [...chromium.args, '--host-resolver-rules=MAP *.example 127.0.0.1'],
  },
});

let place: Place;
let service: Service;
let site: HostileSite;
/** A job of the user. That an attacker knows its id, and the token, makes the tests stricter than life. */
let job: string;
let before: unknown;

test.beforeAll(async () => {
  place = new Place();
  [service, site] = await Promise.all([place.serve(), serveHostileSite()]);
  await kiln(place, 'configurator', 'add', PAGE_FOLDER);
  job = await service.submit(keymapOf(3));
  await service.ended(job);
});

test.afterAll(async () => {
  await site.close();
  await place.close();
});

/** Everything that somebody could change. */
async function state() {
  const headers = { authorization: `Bearer ${service.token}` };
  const paths = ['jobs', 'keys', 'pairing', `jobs/${job}`, 'trees/starter/catalogue'];
  return Promise.all(
    paths.map(async (path) => {
      const answer = await service.request(`/kiln/v1/${path}`, { headers });
      expect(answer.status).toBe(200);
      return answer.json();
    }),
  );
}

test.beforeEach(async ({ page }) => {
  before = await state();
  await arm(page);
});

test.afterEach(async () => {
  expect(await state()).toEqual(before);
});

const KEYMAP = JSON.stringify(keymapOf(7));
const at = (name: string, port: string | number = new URL(service.url).port) =>
  `http://${name}:${port}`;

function fetchAll(page: Page, base: string): Promise<Record<string, string>> {
  return attack(page, 'fetchAll', base, { keymap: KEYMAP, token: service.token, job });
}

/** @param others what a few of the requests may show */
function expectNothing(seen: Record<string, string>, others: Record<string, RegExp> = {}): void {
  expect(Object.keys(seen)).toHaveLength(27);
  for (const [what, got] of Object.entries(seen)) {
    expect(got, what).toMatch(others[what] ?? /^nothing$/);
  }
}

test.describe('a page of another site', () => {
  test.beforeEach(async ({ page }) => {
    await page.goto(at('evil.example', site.port));
  });

  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    test(`gets nothing by fetch, whatever it sends, from ${name}`, async ({ page }) => {
      expectNothing(await fetchAll(page, at(name)));
    });
  }

  test('gets nothing into any element', async ({ page }) => {
    const paths = [
      '/v1',
      `/v1/compile/${job}/download`,
      '/configurator/assets/page.js',
      '/configurator/assets/desk.svg',
      '/pair/pair.js',
      '/pair/pair.css',
    ];
    const addresses = paths.map((path) => service.url + path);
    const loaded = await attack<string[]>(page, 'embedAll', addresses);
    expect(loaded).toEqual(Array(7 * paths.length).fill('nothing'));
  });

  for (const path of ['/v1', '/configurator/', '/pair', '/']) {
    test(`gets no window into ${path} by a frame`, async ({ page }) => {
      expect(await attack(page, 'frame', service.url + path)).toBe('nothing');
      const framed = () =>
        page.frames().flatMap((each) => (each === page.mainFrame() ? [] : each.url()));
      await expect.poll(framed).toEqual([expect.stringMatching(/^chrome-error:/)]);
    });
  }

  test('gets no stream of events and no socket', async ({ page }) => {
    const seen = await attack<string[]>(page, 'connectAll', service.url, job);
    expect(seen).toEqual(Array(4).fill('nothing'));
  });

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    test(`starts no build by a form of ${type}`, async ({ page }) => {
      const answered = page.waitForResponse((answer) => answer.url().startsWith(service.url));
      await attack(page, 'submitForm', `${service.url}/v1/compile`, type, KEYMAP);
      expect((await answered).status()).toBe(403);
    });
  }

  test('starts no build by a beacon', async ({ page }) => {
    const answers: number[] = [];
    page.on('response', (answer) => answers.push(answer.status()));
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.method()));
    await attack(page, 'sendBeacons', `${service.url}/v1/compile`, KEYMAP);
    // Two go out and are refused; the third would need a preflight, which is.
    await expect.poll(() => answers.length + failed.length).toBeGreaterThanOrEqual(2);
    expect(answers.filter((status) => status < 400)).toEqual([]);
  });

  test('may send the user here by a link, and learns nothing from the window', async ({
    page,
    context,
  }) => {
    const opened = context.waitForEvent('page');
    await attack(page, 'openWindow', `${service.url}/v1`);
    const other = await opened;
    await other.waitForLoadState();
    expect(await other.innerText('body')).toContain('running');
    expect(await attack(page, 'readWindow')).toBe('nothing');
  });

  test('gets nothing by a frame of its own without an origin', async ({ page }) => {
    expect(await attack(page, 'fetchInSandbox', `${service.url}/v1`)).toBe('nothing');
  });
});

for (const [what, url] of [
  ['a data address', 'data:text/html,<body></body>'],
  ['nowhere', 'about:blank'],
] as const) {
  test(`a page from ${what} gets nothing`, async ({ page }) => {
    await page.goto(url);
    expectNothing(await fetchAll(page, service.url));
  });
}

test.describe('a name that was pointed at this machine', () => {
  for (const name of ['rebind.example', 'localhost.example', 'a.localhost']) {
    test(`is refused, though its pages are of one origin with the service: ${name}`, async ({
      page,
    }) => {
      const answer = await page.goto(`${at(name)}/v1`);
      expect(answer?.status()).toBe(421);
      const seen = await fetchAll(page, at(name));
      expect(Object.keys(seen)).toHaveLength(27);
      for (const [request, got] of Object.entries(seen)) {
        expect(got, request).toMatch(/^(nothing$|basic 421 )/);
      }
    });
  }
});

test.describe('the Configurator’s page', () => {
  const open = async (page: Page) => {
    await page.goto(`${service.url}/configurator/`);
    await expect(page.locator('body[data-ready]')).toBeAttached();
  };

  test('is at an origin that Kiln’s own pages do not share', async ({ page }) => {
    await open(page);
    expect(new URL(page.url()).origin).toBe(at('127.0.0.1'));
    await page.goto(at('127.0.0.1'));
    expect(new URL(page.url()).origin).toBe(at('localhost'));
  });

  test('may use the QMK API, and nothing of Kiln’s own, not even with the token', async ({
    page,
  }) => {
    await open(page);
    const job = await page.evaluate(async (keymap) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/v1/compile', { method: 'POST', headers, body: keymap });
      return ((await answer.json()) as { job_id: string }).job_id;
    }, KEYMAP);
    await service.ended(job);
    const seen = await fetchAll(page, '');
    const kilns = Object.entries(seen).filter(([, got]) => got.startsWith('basic 403'));
    expect(kilns.map(([what]) => what)).toEqual([
      'read health',
      'read health, spelled otherwise',
      'read events',
      'read jobs with the token',
      'read trees with the token',
      'cancel with the token',
      'cancel without cors',
      'make a key with the token',
      'make a key without cors',
      'guess a code',
      'rotate the token',
      'end pairing',
    ]);
    expect(seen['read status']).toMatch(/^basic 200/);
    // By the other name its own policy lets it ask nothing at all.
    expectNothing(await fetchAll(page, at('localhost')));
    // Its own builds are its own; the state after the test is compared without them.
    await expect.poll(async () => (await state())[0]).toEqual({ jobs: [] });
    before = await state();
  });

  test('reaches neither the storage nor a window of Kiln’s own pages', async ({
    page,
    context,
  }) => {
    const own = await context.newPage();
    await arm(own);
    await own.goto(`${at('localhost')}/pair`);
    await attack(own, 'keepSecrets', 'secret');
    expect(await attack(own, 'readSecrets')).toEqual(['secret', 'secret', 'token=secret']);
    await open(page);
    expect(await attack(page, 'readSecrets')).toEqual([null, null, '']);
    const opened = context.waitForEvent('page');
    await attack(page, 'openWindow', `${at('localhost')}/pair`);
    await (await opened).waitForLoadState();
    expect(await attack(page, 'readWindow')).toBe('nothing');
  });

  test('gets no frame of Kiln’s own pages', async ({ page }) => {
    await open(page);
    expect(await attack(page, 'frame', '/pair')).toBe('nothing');
  });

  test('starts no worker that would outlive it', async ({ page }) => {
    await open(page);
    const script = '/configurator/assets/page.js';
    expect(await attack(page, 'registerWorkers', script)).toEqual(['nothing', 'nothing']);
  });
});
