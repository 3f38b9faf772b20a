/** The shell as people start it, on a screen that nobody sees: what it shows, and what it refuses. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Place } from '../fixtures/service/place.ts';
import { until } from '../fixtures/service/until.ts';
import { Desktop, type Setting } from './support/desktop.ts';
import type { DevTools } from './support/devtools.ts';
import { prepareProgram } from './support/program.ts';
import { findRuntime, titleOf } from './support/runtime.ts';
import { startScreen } from './support/screen.ts';

const runtime = findRuntime();

const APP = /^http:\/\/localhost:\d+\/app\//;
const KEYMAP =
  '{"version":1,"keyboard":"kiln/pad4x4","layout":"LAYOUT_ortho_4x4","layers":[["KC_A"]]}';

/** The real one where there is one at hand, else our own page that makes its calls. */
const BUILT_CONFIGURATOR =
  process.env.KILN_TEST_CONFIGURATOR ?? join(import.meta.dirname, '../fixtures/configurator-page');

/** A page of a hostile window: its preload is not ours, and it may say anything to the main process. */
const HOSTILE_PRELOAD = `
  const { ipcRenderer } = require('electron');
  window.say = (channel, ...given) => ipcRenderer.invoke(channel, ...given);
`;

describe.skipIf(typeof runtime === 'string')(titleOf('the shell', runtime), () => {
  let setting: Setting;
  let place: Place;
  let desktop: Desktop;
  let page: DevTools;

  beforeAll(async () => {
    if (typeof runtime === 'string') return;
    place = new Place();
    const program = prepareProgram(runtime);
    setting = { runtime, program, place, screen: await startScreen(runtime) };
    desktop = await Desktop.start(setting);
    page = await desktop.page(APP);
  });
  afterAll(async () => {
    page?.close();
    await desktop?.close();
    await place?.close();
    await setting?.screen.close();
    setting?.program?.close();
  });

  describe('its window', () => {
    it('is up, alone, and large enough for the app', async () => {
      const windows = await until('the window to be shown', async () => {
        const all = await desktop.main<
          { visible: boolean; bounds: { width: number; height: number } }[]
        >(
          'return electron.BrowserWindow.getAllWindows().map((w) => ({ visible: w.isVisible(), bounds: w.getBounds() }));',
        );
        return all.every(({ visible }) => visible) ? all : null;
      });
      expect(windows).toHaveLength(1);
      expect(windows[0]?.bounds.width).toBeGreaterThanOrEqual(900);
      expect(windows[0]?.bounds.height).toBeGreaterThanOrEqual(600);
    });

    it('shows the app', async () => {
      await until('the app to be drawn', () =>
        page.evaluate<boolean>('document.getElementById("root").innerText.includes("Keyboards")'),
      );
    });

    it('is isolated, sandboxed and without Node', async () => {
      const preferences = await desktop.main<object>(`
        const { webContents } = electron.BrowserWindow.getAllWindows()[0];
        return JSON.parse(JSON.stringify((webContents.getLastWebPreferences ?? webContents.getWebPreferences).call(webContents)));`);
      expect(preferences).toMatchObject({
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webSecurity: true,
      });
      const seen = await page.evaluate<string[]>(
        '[typeof require, typeof process, typeof module, typeof Buffer, typeof window.Bridge]',
      );
      expect(seen).toEqual(Array(5).fill('undefined'));
    });

    it('gives the page three functions, which it cannot change', async () => {
      expect(await page.evaluate('Object.keys(window.kiln).sort()')).toEqual([
        'notify',
        'on',
        'request',
      ]);
      expect(await page.evaluate('window.kiln.request = 1; typeof window.kiln.request')).toBe(
        'function',
      );
    });
  });

  describe('what its page may not do', () => {
    const gone = (text: string) =>
      until(`the log to tell of ${text}`, () => desktop.log().includes(text));

    it('run scripts of its own making', async () => {
      const ran = await page.evaluate(`(() => {
        try {
          const script = document.createElement('script');
          script.textContent = 'window.ranInline = true';
          document.head.append(script);
        } catch { /* Trusted Types, where there are any */ }
        return window.ranInline === true;
      })()`);
      expect(ran).toBe(false);
    });

    it('go elsewhere', async () => {
      await desktop.answerDialogs(1);
      await page.evaluate('void (location.href = "https://example.org/elsewhere")');
      await gone('refused navigation: https://example.org/elsewhere');
      // To other pages of the same service neither: the Configurator is foreign code.
      await page.evaluate('void (location.href = "/v1/constants")');
      await gone('/v1/constants');
      expect(await page.evaluate('location.href')).toMatch(APP);
      expect(await desktop.answeredDialogs()).toEqual([]);
    });

    it('open windows', async () => {
      // What it answers to the page differs between versions of Electron.
      await page.evaluate('void window.open("https://example.org/window")');
      await gone('refused a window: https://example.org/window');
      expect(await desktop.pageAddresses()).toHaveLength(1);
    });

    it('send a person elsewhere without a question', async () => {
      await desktop.main(
        'global.opened = []; electron.shell.openExternal = async (url) => { global.opened.push(url); };',
      );
      await desktop.answerDialogs(1);
      await page.evaluate('void window.open("https://docs.qmk.fm/no")');
      await until('the question', async () => (await desktop.answeredDialogs()).length === 1);
      await desktop.answerDialogs(0);
      await page.evaluate('void window.open("https://docs.qmk.fm/yes")');
      await until('the browser', () => desktop.main<boolean>('return global.opened.length === 1;'));
      expect(await desktop.main('return global.opened;')).toEqual(['https://docs.qmk.fm/yes']);
    });

    it('ask for permissions', async () => {
      expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
      const denied = page.evaluate(
        'navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "granted", (e) => e.name)',
      );
      expect(await denied).toMatch(/NotAllowedError|NotFoundError/);
      await gone('refused the permission');
    });

    it('load from anywhere but the service', async () => {
      expect(
        await page.evaluate('fetch("https://example.org/").then(() => "loaded", () => "refused")'),
      ).toBe('refused');
      const other = 'http://127.0.0.1:9/';
      const loaded = await desktop.main<string>(`
        const window = new electron.BrowserWindow({ show: false });
        const result = await window.loadURL('${other}').then(() => 'loaded', (error) => error.code);
        window.destroy();
        return result;`);
      expect(loaded).toBe('ERR_BLOCKED_BY_CLIENT');
      await gone(`refused a request: ${other}`);
    });
  });

  describe('its messages', () => {
    it('come back with an answer', async () => {
      const info = await page.evaluate('window.kiln.request("app-info")');
      expect(info).toMatchObject({
        platform: process.platform,
        electron: setting.runtime.version,
      });
    });

    it('bring the token that opens the service', async () => {
      const status = await page.evaluate(`(async () => {
        const token = await window.kiln.request('session-token');
        const answer = await fetch('/kiln/v1/trees', { headers: { authorization: 'Bearer ' + token } });
        return answer.status;
      })()`);
      expect(status).toBe(200);
    });

    it('are refused with a reason when they are wrong', async () => {
      const refused = (expression: string) =>
        page.evaluate<string>(
          `(async () => ${expression})().then(() => 'taken', (error) => error.message)`,
        );
      expect(await refused('window.kiln.request("open-external", 5)')).toContain(
        '[shell.message-invalid]',
      );
      expect(await refused('window.kiln.request("flash-image", {})')).toContain('knows no message');
      expect(await refused('window.kiln.request("constructor")')).toContain('knows no message');
      expect(await refused('window.kiln.request("open-external", "file:///etc/passwd")')).toContain(
        '[shell.address-refused]',
      );
    });

    it('are refused from every other window, and as an error', async () => {
      const preload = join(place.folder, 'hostile.js');
      writeFileSync(preload, HOSTILE_PRELOAD);
      const replies = await desktop.main<{ ok: boolean; message: string }[]>(`
        const window = new electron.BrowserWindow({
          show: false,
          webPreferences: { preload: ${JSON.stringify(preload)}, contextIsolation: false, sandbox: true },
        });
        await window.loadURL('data:text/html,hostile');
        const replies = [];
        for (const name of ['session-token', 'open-keymap', 'title', 'flash-file']) {
          replies.push(await window.webContents.executeJavaScript('say("kiln:request:' + name + '", "x")'));
        }
        window.destroy();
        return replies;`);
      expect(replies).toHaveLength(4);
      for (const reply of replies) {
        expect(reply).toMatchObject({
          ok: false,
          message: expect.stringContaining('[shell.sender-refused]'),
        });
      }
    });

    it('set the window’s title', async () => {
      await page.evaluate('window.kiln.notify("title", "My pad")');
      await until(
        'the title',
        async () =>
          (await desktop.main<string>(
            'return electron.BrowserWindow.getAllWindows()[0].getTitle();',
          )) === 'My pad',
      );
    });
  });

  describe('what a person opens', () => {
    it('goes from a second start to the page of the first', async () => {
      const file = join(place.folder, 'my keymap.json');
      writeFileSync(file, KEYMAP);
      await page.evaluate(
        'window.kiln.on("keymap-opened", (file) => { window.openedFile = file; })',
      );
      await page.evaluate('window.kiln.on("navigate", (path) => { window.wentTo = path; })');
      const second = await Desktop.startSecond(setting, [file, 'kiln://keyboard/kiln/sixty']);
      expect(second).toBe(0);
      const opened = await until('the file to arrive', () => page.evaluate('window.openedFile'));
      expect(opened).toEqual({ name: 'my keymap.json', text: KEYMAP });
      expect(await page.evaluate('window.wentTo')).toBe('/keyboards?q=kiln%2Fsixty');
      const menu = await desktop.menuLabels();
      expect(menu).toContain(file);
    });

    it('is refused with a reason when it is no keymap', async () => {
      await desktop.answerDialogs(0);
      await Desktop.startSecond(setting, [join(place.folder, 'none.json'), 'kiln://flash/now']);
      const dialogs = await until('both refusals', async () => {
        const all = await desktop.answeredDialogs();
        return all.length === 2 ? all : null;
      });
      const details = dialogs.map(({ detail }) => detail ?? '').sort();
      expect(details[0]).toContain('[shell.link-refused]');
      expect(details[1]).toContain('none.json cannot be opened: it is not there.');
    });

    it('is chosen in the system’s dialog', async () => {
      const file = join(place.folder, 'chosen.json');
      writeFileSync(file, KEYMAP);
      await desktop.answerDialogs(0, [file]);
      expect(await page.evaluate('window.kiln.request("open-keymap")')).toEqual({
        name: 'chosen.json',
        text: KEYMAP,
      });
    });
  });

  describe('the Configurator’s window', () => {
    const CONFIGURATOR = /^http:\/\/127\.0\.0\.1:\d+\/configurator\//;
    let configurator: DevTools;

    beforeAll(async () => {
      if (typeof runtime === 'string') return;
      const { exitCode, stderr } = await place.run(['configurator', 'add', BUILT_CONFIGURATOR]);
      if (exitCode !== 0) throw new Error(stderr);
      await page.evaluate('window.kiln.request("open-configurator")');
      configurator = await desktop.page(CONFIGURATOR);
    });
    afterAll(() => configurator?.close());

    it('has the object that the app looks for, and lets it set what it sets', async () => {
      expect(await configurator.evaluate('navigator.userAgent')).toContain('Electron');
      const bridge = await configurator.evaluate(`(() => {
        'use strict';
        window.said = [];
        Bridge.autoFlash = true;
        Bridge.statusAppend = (line) => window.said.push(line);
        Bridge.statusAppendNoLF = (line) => window.said.push(line);
        return { enableFlashing: Bridge.enableFlashing, autoFlash: Bridge.autoFlash };
      })()`);
      expect(bridge).toEqual({ enableFlashing: true, autoFlash: true });
    });

    it('brings images of this service, and of no other, to the app’s Flash page', async () => {
      await configurator.evaluate('Bridge.flashURL("https://example.org/x.hex", "a", "x.hex")');
      await until('the refusal', async () => {
        const lines = await configurator.evaluate<string[]>('window.said');
        return lines.some((line) => line.includes('its address is not one of this service'));
      });
      await configurator.evaluate(
        'Bridge.flashURL(location.origin + "/v1/compile/some-job/download", "a", "x.hex")',
      );
      const app = await desktop.page(/\/app\/flash/);
      try {
        // Taken out of the address once it was read; what became of it shows the page.
        await until('the page to ask for the build', () =>
          app.evaluate<boolean>(
            'performance.getEntriesByType("resource").some(({ name }) => name.includes("/jobs/some-job"))',
          ),
        );
        await app.evaluate('history.replaceState(null, "", "/app/keyboards")');
      } finally {
        app.close();
      }
      await configurator.evaluate('Bridge.flashFile()');
      (await desktop.page(/\/app\/flash$/)).close();
      const said = await configurator.evaluate<string[]>('window.said');
      expect(said.filter((line) => line.includes('flashes when you start it there'))).toHaveLength(
        2,
      );
    });

    it('has nothing else of the shell, and another storage than the app', async () => {
      expect(await configurator.evaluate('[typeof window.kiln, typeof require]')).toEqual([
        'undefined',
        'undefined',
      ]);
      expect(await configurator.evaluate('Object.keys(window.kilnConfigurator).sort()')).toEqual([
        'flashFile',
        'flashImage',
      ]);
      const refused = 'fetch("/kiln/v1/trees").then((answer) => answer.status)';
      expect(await configurator.evaluate(refused)).toBeGreaterThanOrEqual(401);
    });

    it('asks before it is closed on a page that wants to stay', async () => {
      await configurator.send('Runtime.evaluate', {
        expression:
          'window.onbeforeunload = (event) => { event.preventDefault(); event.returnValue = "x"; };',
        userGesture: true,
      });
      const close = `electron.BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().includes('/configurator/')).close();`;
      const isOpen = async () =>
        (await desktop.pageAddresses()).some((url) => CONFIGURATOR.test(url));
      await desktop.answerDialogs(1);
      await desktop.main(close);
      await until('the question', async () => (await desktop.answeredDialogs()).length === 1);
      expect(await isOpen()).toBe(true);
      await desktop.answerDialogs(0);
      await desktop.main(close);
      await until('the window to close', async () => !(await isOpen()));
    });
  });

  it('sends what the menu says to the page', async () => {
    await page.evaluate('window.kiln.on("command", (command) => { window.command = command; })');
    await desktop.chooseMenu('Build', 'Build');
    expect(await until('the command', () => page.evaluate('window.command'))).toBe('build');
  });
});
