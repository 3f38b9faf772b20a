/** The shell and its service: one starts, finds, keeps and ends the other. */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { readRecords } from '../fixtures/service/records.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { Desktop } from './support/desktop.ts';
import type { DevTools } from './support/devtools.ts';
import { type Program, prepareProgram } from './support/program.ts';
import { findRuntime, titleOf } from './support/runtime.ts';
import { type Screen, startScreen } from './support/screen.ts';
import { serviceOf } from './support/service-of.ts';

const runtime = findRuntime();
const APP = /^http:\/\/localhost:\d+\/app\//;
const TROUBLE = /^data:text\/html.*kiln\.invalid/;
const QUIT = 0;
const HIDE = 1;
const STAY = 2;

const bodyText = (page: DevTools): Promise<string> =>
  until('the page to be drawn', () =>
    page.evaluate<string | null>('document.body.innerText || null'),
  );

describe.skipIf(typeof runtime === 'string')(titleOf('the shell’s service', runtime), () => {
  let program: Program;
  let screen: Screen;
  beforeAll(async () => {
    if (typeof runtime === 'string') return;
    program = prepareProgram(runtime);
    screen = await startScreen(runtime);
  });
  afterAll(async () => {
    await screen?.close();
    program?.close();
  });

  async function start(
    env: Readonly<Record<string, string>> = {},
    place = testPlace(),
  ): Promise<{ place: Place; desktop: Desktop }> {
    if (typeof runtime === 'string') throw new Error(runtime);
    const desktop = await Desktop.start({ runtime, program, place, screen }, { env });
    onTestFinished(() => desktop.close());
    return { place, desktop };
  }

  it('ends with it, and is asked about before a build is stopped', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const { desktop } = await start({ KILN_TOOLCHAIN_DIR: gate.folder }, place);
    await desktop.page(APP);
    const service = await serviceOf(place);
    const id = await service.submit(keymapOf(1));
    await until('a compiler at work', gate.reached);

    await desktop.answerDialogs(STAY);
    await desktop.quit();
    const [question] = await until('the question', async () => {
      const asked = await desktop.answeredDialogs();
      return asked.length > 0 ? asked : null;
    });
    expect(question?.message).toContain('still running');
    expect(question?.buttons).toHaveLength(3);
    expect((await service.view(id)).state).toBe('running');

    // Closing the last window asks the same.
    await desktop.answerDialogs(HIDE);
    await desktop.main('electron.BrowserWindow.getAllWindows()[0].close();');
    await until('the window to hide', () =>
      desktop.main<boolean>('return !electron.BrowserWindow.getAllWindows()[0].isVisible();'),
    );
    expect((await service.view(id)).state).toBe('running');

    await desktop.answerDialogs(QUIT);
    await desktop.quit();
    desktop.letGo();
    expect(await desktop.exited).toBe(0);
    await place.untilNothingRuns();
    const { jobs } = await readRecords(place.dataDir);
    expect(jobs.map(({ job }) => [job.id, job.state])).toEqual([[id, 'queued']]);
  });

  it('is not asked about when nothing is built', async () => {
    const { place, desktop } = await start();
    await desktop.page(APP);
    await serviceOf(place);
    await desktop.quit();
    desktop.letGo();
    expect(await desktop.exited).toBe(0);
    await place.untilNothingRuns();
  });

  it('is started again at the same address when it dies, and the page hears of it', async () => {
    const { place, desktop } = await start();
    const page = await desktop.page(APP);
    const first = await serviceOf(place);
    await page.evaluate(
      'window.states = []; window.kiln.on("service", ({ state }) => window.states.push(state));',
    );
    process.kill(first.pid, 'SIGKILL');
    const second = await serviceOf(place, (pid) => pid !== first.pid);
    expect(second.url).toBe(first.url);
    await until('the page to hear of it', () =>
      page.evaluate<boolean>(
        'window.states.indexOf("running") > window.states.indexOf("gone") && window.states.includes("gone")',
      ),
    );
    // The token of before opens nothing any more; the page is given the new one.
    expect(await page.evaluate('window.kiln.request("session-token")')).toBe(second.token);
  });

  it('ends when the shell is killed', async () => {
    const { place, desktop } = await start();
    await desktop.page(APP);
    await serviceOf(place);
    await desktop.kill();
    await place.untilNothingRuns();
  });

  it('is said to be missing, with what to do, when its port is taken; another port is taken on wish', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await until('a port', () => taken.listening);
    const { port } = taken.address() as { port: number };
    const { desktop } = await start({ KILN_PORT: String(port) });
    const trouble = await desktop.page(TROUBLE);
    const text = await bodyText(trouble);
    expect(text).toContain(`Another program listens on port ${port}.`);
    expect(text).toContain('service.port-in-use');
    await trouble.evaluate(
      '[...document.links].find((link) => link.href.endsWith("/other-port")).click()',
    );
    const page = await desktop.page(APP);
    expect(await page.evaluate('location.port')).not.toBe(String(port));
  });

  it('is the one that runs already, which goes on without the shell', async () => {
    const place = testPlace();
    const service = await place.serve();
    const { desktop } = await start({}, place);
    const page = await desktop.page(APP);
    expect(await page.evaluate('location.origin')).toBe(service.url);
    expect(await page.evaluate('window.kiln.request("session-token")')).toBe(service.token);
    await desktop.quit();
    desktop.letGo();
    expect(await desktop.exited).toBe(0);
    expect((await service.request('/kiln/v1/health')).status).toBe(200);
    await service.stop();
  });

  it('is the one that KILN_SERVICE_URL names, and is waited for', async () => {
    const place = testPlace();
    const first = await place.serve();
    await first.stop();
    const { port } = new URL(first.url);
    const { desktop } = await start({ KILN_SERVICE_URL: first.url }, place);
    const trouble = await desktop.page(/^data:text\/html.*service\.unreachable/);
    expect(await bodyText(trouble)).toContain(first.url);
    const again = place.start(['serve', '--json', '--port', port]);
    const page = await desktop.page(APP);
    expect(await page.evaluate('location.origin')).toBe(first.url);
    again.child.kill('SIGTERM');
    await again.ended;
  });
});
