/**
 * The window as a person meets it: how soon the service answers and the first page is there, how large that is, and how
 * long a keystroke in the search takes until its results are painted, and what a changed key costs in the editor. With KILN_TEST_QMK_HOME the search goes over all
 * keyboards of that tree, which is used in place and not written to.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium as engine, type Page } from '@playwright/test';
import { chromium } from '../test/e2e/support/browser.ts';
import { openWindow } from '../test/e2e/support/window.ts';
import { Place } from '../test/fixtures/service/place.ts';
import { type Benchmark, type Figure, median } from './figure.ts';

/** What people look for: makers, boards, processors, ids. */
const SEARCHES = ['planck', 'crkbd', 'keychron q1', 'rp2040', '0x3297', 'atreus'];

export const benchmark: Benchmark = async function* ({ runs, say }) {
  const built = spawnSync(process.execPath, [
    join(import.meta.dirname, '../scripts/build-app.mjs'),
  ]);
  if (built.status !== 0) throw new Error(`The window cannot be built: ${built.stderr}`);
  const place = new Place();
  const browser = await engine.launch(chromium);
  try {
    yield await serviceReady(place, runs, say);
    await addRealTree(place, say);
    await place.serve();
    const session = await letIn(place, browser);
    yield* firstPaint(browser, session, runs, say);
    yield await keystroke(browser, session, say);
    yield await changedKey(browser, session, say);
  } finally {
    await browser.close();
    await place.close();
  }
};

async function serviceReady(
  place: Place,
  runs: number,
  say: (text: string) => void,
): Promise<Figure> {
  say('Starting the service');
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const from = performance.now();
    const service = await place.serve();
    const answer = await fetch(`${service.url}/kiln/v1/health`);
    await answer.text();
    // The first start makes the data folder and compiles; people see the later ones.
    if (run > 0) times.push((performance.now() - from) / 1000);
    await service.stop();
  }
  return { figure: 'service ready', value: median(times), unit: 's', runs: times, target: 0.7 };
}

async function addRealTree(place: Place, say: (text: string) => void): Promise<void> {
  const home = process.env.KILN_TEST_QMK_HOME;
  if (home === undefined) {
    say('No KILN_TEST_QMK_HOME: the search goes over the starter tree only');
    return;
  }
  say('Installing the qmk command line, adding the tree');
  for (const args of [
    ['toolchain', 'install'],
    ['tree', 'add', 'qmk', home],
    ['tree', 'use', 'qmk'],
  ]) {
    const { exitCode, stderr } = await place.run(args);
    if (exitCode !== 0) throw new Error(`kiln ${args.join(' ')}: ${stderr}`);
  }
}

interface Session {
  readonly address: string;
  /** What the browser keeps of it. Measuring pages take no notice of the policy, which forbids what watches them. */
  readonly state: Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;
}

async function letIn(place: Place, browser: Browser): Promise<Session> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openWindow(place, page);
  const address = new URL('/app/keyboards', page.url()).href;
  const state = await context.storageState();
  await context.close();
  return { address, state };
}

/** Notes when the first keyboard of the list was painted, in milliseconds since the navigation began. */
const NOTE_FIRST_ROW = `
  new MutationObserver((_, observer) => {
    if (document.querySelector('li a[data-index]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

async function* firstPaint(
  browser: Browser,
  { address, state }: Session,
  runs: number,
  say: (text: string) => void,
): AsyncGenerator<Figure> {
  say('Opening the window with an empty cache');
  const times: number[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext({ storageState: state, bypassCSP: true });
    const page = await context.newPage();
    const loaded: Promise<number>[] = [];
    page.on('response', (response) => {
      if (/\/app\/.*\.(js|css)$/.test(response.url())) {
        loaded.push(response.body().then((body) => gzipSync(body).length));
      }
    });
    await page.addInitScript(NOTE_FIRST_ROW);
    await page.goto(address);
    const first = await page.waitForFunction('window.firstRow');
    times.push(Number(await first.jsonValue()) / 1000);
    bytes = (await Promise.all(loaded)).reduce((sum, size) => sum + size, 0);
    await context.close();
  }
  yield { figure: 'first useful paint', value: median(times), unit: 's', runs: times, target: 1.5 };
  yield {
    figure: 'scripts and styles of the first page, gzip',
    value: bytes / 1000,
    unit: 'kB',
    target: 400,
  };
}

/**
 * From the event of a keystroke until the results of the text as it is then are painted. A frame's callback comes before the
 * paint of what is in the document by then, and a timer that it sets after it.
 */
const NOTE_KEYSTROKES = `
  window.keystrokes = [];
  document.addEventListener('input', ({ target }) => {
    const from = performance.now();
    const text = target.value;
    const look = () => {
      if (target.value !== text) return;
      if (document.querySelector('[data-shows]')?.dataset.shows !== text) return requestAnimationFrame(look);
      setTimeout(() => window.keystrokes.push(performance.now() - from));
    };
    requestAnimationFrame(look);
  }, true);
`;

async function keystroke(
  browser: Browser,
  { address, state }: Session,
  say: (text: string) => void,
): Promise<Figure> {
  const context = await browser.newContext({ storageState: state, bypassCSP: true });
  const page = await context.newPage();
  await page.addInitScript(NOTE_KEYSTROKES);
  await page.goto(address);
  await page.waitForSelector('li a[data-index]');
  const known = await page.getByRole('status').first().innerText();
  say(`Searching: ${known}`);
  const times: number[] = [];
  for (const search of SEARCHES) times.push(...(await typed(page, search)));
  await context.close();
  return {
    figure: 'keystroke to painted result',
    value: median(times),
    unit: 'ms',
    runs: times,
    target: 50,
  };
}

async function typed(page: Page, text: string): Promise<readonly number[]> {
  await page.getByRole('searchbox').fill('');
  await page.waitForFunction(`document.querySelector('[data-shows=""]') !== null`);
  await page.evaluate('window.keystrokes.length = 0');
  for (const [index, key] of [...text].entries()) {
    await page.keyboard.press(key === ' ' ? 'Space' : key);
    await page.waitForFunction(`window.keystrokes.length === ${index + 1}`);
  }
  return (await page.evaluate('window.keystrokes')) as number[];
}

/** The largest keyboards that each tree is known to have. */
const LARGE = [
  ['qmk', 'keychron/q6/ansi_encoder'],
  ['starter', 'kiln/sixty'],
] as const;
const LAYERS = 16;
const CHANGES = 60;

interface Board {
  readonly layouts: Readonly<Record<string, { readonly layout: readonly unknown[] }>>;
}

async function largeKeyboard(page: Page, address: string) {
  for (const [tree, keyboard] of LARGE) {
    const url = new URL(`/kiln/v1/trees/${tree}/v1/keyboards/${keyboard}/info.json`, address);
    const answer = await page.request.get(url.href);
    if (!answer.ok()) continue;
    const { keyboards } = (await answer.json()) as { keyboards: Record<string, Board> };
    const board = Object.values(keyboards)[0];
    const [layout] = Object.entries(board?.layouts ?? {});
    if (layout !== undefined) {
      return { tree, keyboard, layout: layout[0], keys: layout[1].layout.length };
    }
  }
  throw new Error('There is no keyboard to edit.');
}

/**
 * From a key's event until React has drawn what it changes and the keymap is kept: all the script of an edit, by a page that
 * shows all of a large keyboard.
 */
const TYPE_KEYS = `(async (count) => {
  const times = [];
  for (let at = 0; at < count; at += 1) {
    const code = at % 2 === 0 ? 'KeyJ' : 'KeyK';
    const key = document.activeElement;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const from = performance.now();
    key.dispatchEvent(new KeyboardEvent('keydown', { key: code.at(-1).toLowerCase(), code, bubbles: true, cancelable: true }));
    await null;
    times.push(performance.now() - from);
  }
  return times;
})`;

async function changedKey(
  browser: Browser,
  { address, state }: Session,
  say: (text: string) => void,
): Promise<Figure> {
  const context = await browser.newContext({ storageState: state, bypassCSP: true });
  const page = await context.newPage();
  const { tree, keyboard, layout, keys } = await largeKeyboard(page, address);
  say(`Editing ${keyboard}: ${keys} keys, ${LAYERS} layers`);
  const layers = Array.from({ length: LAYERS }, (_, layer) =>
    Array.from({ length: keys }, () => (layer === 0 ? 'LT(1,KC_A)' : 'KC_TRNS')),
  );
  const draft = {
    version: 1,
    savedAt: 0,
    document: { keyboard, keymap: 'bench', layout, layers },
    layerNames: [],
  };
  const kept = JSON.stringify(JSON.stringify(draft));
  await page.addInitScript(
    `localStorage.setItem(${JSON.stringify(`kiln.keymap/${tree}/${keyboard}`)}, ${kept})`,
  );
  await page.goto(new URL(`/app/editor/${tree}/${keyboard}`, address).href);
  await page.getByRole('button', { name: /^Row 1, key 1, A; / }).focus();
  const times = (await page.evaluate(`${TYPE_KEYS}(${CHANGES})`)) as number[];
  await page.getByRole('button', { name: /^Row 1, key 2, K; / }).waitFor();
  await context.close();
  return {
    figure: 'changed key: script until it is drawn and kept',
    value: median(times),
    unit: 'ms',
    runs: times,
    target: 16,
  };
}
