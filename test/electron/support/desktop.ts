/** A shell as people start it, seen from outside: its main process, its windows, what it logs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../fixtures/service/place.ts';
import { until } from '../../fixtures/service/until.ts';
import { DevTools } from './devtools.ts';
import type { Program } from './program.ts';
import type { Runtime } from './runtime.ts';
import type { Screen } from './screen.ts';

const START_MS = 60_000;

interface Target {
  readonly type: string;
  readonly url: string;
  readonly webSocketDebuggerUrl?: string;
}

/** A dialog that was to be shown, and was answered in the person's place. */
export interface AnsweredDialog {
  readonly message?: string;
  readonly detail?: string;
  readonly buttons?: readonly string[];
}

/** What a shell is started with. */
export interface Setting {
  readonly runtime: Runtime;
  /** Null for a package, which holds its program. */
  readonly program: Program | null;
  readonly place: Place;
  readonly screen: Screen;
}

export interface DesktopOptions {
  /** Settings and whatever else differs from the plain environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files and links, as a file manager passes them. */
  readonly args?: readonly string[];
}

function spawnShell(
  { runtime, program, place, screen }: Setting,
  switches: readonly string[],
  { env = {}, args = [] }: DesktopOptions,
): ChildProcess {
  // Root, as in containers, has no sandbox of the system's to enter.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // A graphics process of its own may outlive Electron 9 on a screen of memory.
  const graphics = ['--in-process-gpu'];
  const folder = program === null ? [] : [program.folder];
  const words = [...asRoot, ...graphics, ...switches, ...folder, ...args];
  return spawn(runtime.binary, words, {
    cwd: place.folder,
    env: {
      ...place.environment({ KILN_PORT: '0', HOME: place.folder, LANG: 'en_US.UTF-8' }),
      ...screen.env,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

export class Desktop {
  readonly #child: ChildProcess;
  readonly #place: Place;
  readonly exited: Promise<number | null>;
  #output = '';
  #main: DevTools | null = null;

  private constructor(child: ChildProcess, place: Place) {
    this.#child = child;
    this.#place = place;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    this.exited = new Promise((resolve) => child.once('exit', resolve));
  }

  /** Starts the shell of `electron/dist` and waits until its parts can be asked. */
  static async start(setting: Setting, options: DesktopOptions = {}): Promise<Desktop> {
    const switches = ['--inspect=0', '--remote-debugging-port=0'];
    const desktop = new Desktop(spawnShell(setting, switches, options), setting.place);
    desktop.#main = await DevTools.connect(
      await desktop.#announced(/Debugger listening on (ws:\S+)/),
    );
    await desktop.#announced(/DevTools listening on (ws:\S+)/);
    return desktop;
  }

  /** Starts it again while it runs, as a double click on a file does. @returns the exit code */
  static async startSecond(setting: Setting, args: readonly string[]): Promise<number | null> {
    const child = spawnShell(setting, [], { args });
    return new Promise((resolve) => child.once('exit', resolve));
  }

  async #announced(pattern: RegExp): Promise<string> {
    return until(
      `the shell to say ${pattern.source}`,
      () => {
        if (this.#child.exitCode !== null) throw new Error(`the shell ended: ${this.#output}`);
        return pattern.exec(this.#output)?.[1];
      },
      START_MS,
    );
  }

  /** Runs code in the main process; `electron` is there. @param body of an async function */
  main<Value>(body: string): Promise<Value> {
    if (this.#main === null) throw new Error('the shell does not run');
    return this.#main.evaluate(
      `(async () => { const electron = process.mainModule.require('electron'); ${body} })()`,
      true,
    );
  }

  async #targets(): Promise<readonly Target[]> {
    const port = await this.#announced(/DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//);
    return (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as Target[];
  }

  /** A page whose address matches, once it is there and loaded. */
  page(address: RegExp): Promise<DevTools> {
    return until(
      `a page at ${address.source}`,
      async () => {
        const target = (await this.#targets()).find(
          ({ type, url }) => type === 'page' && address.test(url),
        );
        if (target === undefined) return null;
        const page = await DevTools.connect(target.webSocketDebuggerUrl ?? '');
        // The list has the address that is gone to; the page of before may still be there, or none.
        const loaded = await page
          .evaluate<string>('document.readyState === "complete" ? location.href : ""')
          .catch(() => '');
        const isLoaded = address.test(loaded);
        if (!isLoaded) page.close();
        return isLoaded ? page : null;
      },
      START_MS,
    );
  }

  async pageAddresses(): Promise<readonly string[]> {
    return (await this.#targets()).filter(({ type }) => type === 'page').map(({ url }) => url);
  }

  /** Answers dialogs from here on: the button of this number, and these paths. */
  async answerDialogs(response: number, filePaths: readonly string[] = []): Promise<void> {
    const answer = JSON.stringify({ response, filePaths, filePath: filePaths[0] ?? '' });
    await this.main(`
      global.answeredDialogs = [];
      const note = (...given) => global.answeredDialogs.push(JSON.parse(JSON.stringify(given[given.length - 1])));
      for (const name of ['showMessageBox', 'showOpenDialog', 'showSaveDialog']) {
        electron.dialog[name] = async (...given) => { note(...given); return ${answer}; };
      }
      electron.dialog.showMessageBoxSync = (...given) => { note(...given); return ${response}; };`);
  }

  answeredDialogs(): Promise<readonly AnsweredDialog[]> {
    return this.main('return global.answeredDialogs;');
  }

  /** The labels of all entries of the menu that can be chosen. */
  menuLabels(): Promise<readonly string[]> {
    return this.main(`
      const flat = (menu) => menu.items.flatMap((item) => item.submenu ? flat(item.submenu) : item.enabled ? [item.label] : []);
      return flat(electron.Menu.getApplicationMenu());`);
  }

  chooseMenu(menu: string, label: string): Promise<void> {
    return this.main(`
      const found = electron.Menu.getApplicationMenu().items.find((item) => item.label === ${JSON.stringify(menu)});
      found.submenu.items.find((item) => item.label === ${JSON.stringify(label)}).click();`);
  }

  /** What the shell wrote to its log, a line each. */
  log(): string {
    return readFileSync(join(this.#place.dataDir, 'logs/shell.log'), 'utf8');
  }

  /** Writes a picture of the first window. */
  async screenshot(file: string): Promise<void> {
    const png = await this.main<string>(`
      const window = electron.BrowserWindow.getAllWindows()[0];
      return (await window.webContents.capturePage()).toPNG().toString('base64');`);
    writeFileSync(file, Buffer.from(png, 'base64'));
  }

  /** As the menu's entry does it. */
  async quit(): Promise<void> {
    await this.main('setTimeout(() => electron.app.quit());');
  }

  /** As the system's memory killer does it. */
  kill(): Promise<number | null> {
    this.#child.kill('SIGKILL');
    return this.exited;
  }

  /** Lets the program end: with its developer tools open it would wait for them. */
  letGo(): void {
    this.#main?.close();
  }

  /** Ends it with its service, whatever it does; every question is answered with «quit». */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await this.answerDialogs(0).catch(() => undefined);
      await this.quit().catch(() => undefined);
    }
    this.letGo();
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await this.exited;
    clearTimeout(forced);
  }
}
