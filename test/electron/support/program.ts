/**
 * The program that the tests start. Usually the checkout; on a runtime that is too old for the page as it is shipped
 * (Electron 9 has the Chromium of May 2020) a copy of it, in which the page is built from the same sources for that
 * Chromium. There a few functions that no build brings are added before each script.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from './runtime.ts';

const HOME = join(import.meta.dirname, '../../..');
/** The first whose Chromium (124) runs the page as it is shipped: the last thing that it needs is `light-dark()`. */
const FIRST_ELECTRON = 30;
/** Of Electron 9. */
const OLD_TARGET = 'chrome83';

const ADD_MISSING = `{
  const add = (object, name, value) => {
    if (!(name in object)) Object.defineProperty(object, name, { value, configurable: true, writable: true });
  };
  const at = function (index) { return this[index < 0 ? this.length + index : index]; };
  add(Object, 'hasOwn', (object, name) => Object.prototype.hasOwnProperty.call(object, name));
  add(Array.prototype, 'at', at);
  add(String.prototype, 'at', at);
  add(String.prototype, 'replaceAll', function (what, by) {
    return what instanceof RegExp ? this.replace(what, by) : this.split(what).join(by);
  });
  add(Array.prototype, 'findLast', function (test) { return [...this].reverse().find(test); });
  add(Array.prototype, 'toSorted', function (compare) { return [...this].sort(compare); });
  add(Array.prototype, 'toReversed', function () { return [...this].reverse(); });
  add(Array.prototype, 'with', function (at, value) { const copy = [...this]; copy[at] = value; return copy; });
  add(globalThis, 'structuredClone', (value) => JSON.parse(JSON.stringify(value)));
  add(AbortSignal, 'timeout', () => new AbortController().signal);
  add(AbortSignal, 'any', () => new AbortController().signal);
}`;

export interface Program {
  /** The folder that Electron is started with. */
  readonly folder: string;
  close(): void;
}

const run = (...args: string[]): void => {
  execFileSync(process.execPath, args, { cwd: HOME, stdio: ['ignore', 'ignore', 'inherit'] });
};
const evaluate = (script: string): void => run('--input-type=module', '--eval', script);

/** Builds the shell and the page, and puts them where the runtime can use them. */
export function prepareProgram({ version }: Runtime): Program {
  run(join(HOME, 'scripts/build-shell.mjs'));
  if (Number.parseInt(version, 10) >= FIRST_ELECTRON) {
    run(join(HOME, 'scripts/build-app.mjs'));
    return { folder: HOME, close: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'kiln-program-'));
  const text = JSON.stringify;
  evaluate(`
    import { build } from 'vite';
    await build({
      configFile: 'renderer/vite.config.ts',
      logLevel: 'error',
      // That Chromium knows no await outside of functions, and nobody imports the entry.
      plugins: [{
        name: 'older-entry',
        enforce: 'pre',
        transform: (code, id) => id.endsWith('/main.tsx') ? code.replace(/await (start\\()/, 'void $1') : null,
      }],
      build: {
        outDir: ${text(join(folder, 'window'))},
        target: ${text(OLD_TARGET)},
        cssTarget: ${text(OLD_TARGET)},
        rolldownOptions: { output: { banner: ${text(ADD_MISSING)} } },
      },
    });`);
  evaluate(`
    import { stageService } from ${text(join(HOME, 'scripts/stage-service.mjs'))};
    import { bundleService } from ${text(join(HOME, 'scripts/bundle-service.mjs'))};
    stageService(${text(join(folder, 'kiln'))}, ${text(join(folder, 'window'))});
    await bundleService(${text(join(folder, 'kiln'))});`);
  const home = join(folder, 'kiln');
  cpSync(join(HOME, 'electron/dist'), join(home, 'electron/dist'), { recursive: true });
  symlinkSync(join(HOME, 'node_modules'), join(home, 'node_modules'));
  return { folder: home, close: () => rmSync(folder, { recursive: true, force: true }) };
}
