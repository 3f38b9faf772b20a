/** Brings node_modules in line with package-lock.json, and puts `kiln` where npx finds it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, sep } from 'node:path';

const STAMP = '.kiln-lock-hash';

/** What of npm's output tells the cause, in the order in which they are looked for. */
const CAUSES = [
  {
    pattern: /EUSAGE|can only install packages when your package\.json and package-lock\.json/,
    cause: 'package.json and package-lock.json do not fit together.',
    remedy: 'Undo the change of one of them, or bring the lockfile up to date with: npm install.',
  },
  {
    pattern: /ENOSPC|no space left/i,
    cause: 'The disk is full.',
    remedy: 'Free about 1 GB and run the command again.',
  },
  {
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_(GET|VERIFY)|CERT_/,
    cause: 'The certificate of the package registry is not trusted by this machine.',
    remedy: 'Name your certificates to npm with: npm config set cafile <file>.',
  },
  {
    pattern: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/,
    cause: 'The package registry was not reached.',
    remedy: 'Check the network, or npm’s proxy and registry settings, and run the command again.',
  },
  {
    pattern: /E40[13]|ENEEDAUTH/,
    cause: 'The package registry refused access.',
    remedy: 'Check npm’s registry setting and your login with: npm config list.',
  },
  {
    pattern: /E404|ETARGET|notarget/,
    cause: 'The package registry does not have one of the packages of the lockfile.',
    remedy: 'Use a registry that mirrors all of npm’s packages.',
  },
  {
    pattern: /EACCES|EPERM|EROFS/,
    cause: 'A folder that npm writes to belongs to another account.',
    remedy: 'Make the checkout and npm’s cache your own, for instance with chown.',
  },
];

/**
 * @param {string} output what npm printed
 * @returns {{cause: string, remedy: string}}
 */
export function explainNpmFailure(output) {
  const known = CAUSES.find(({ pattern }) => pattern.test(output));
  if (known !== undefined) return { cause: known.cause, remedy: known.remedy };
  return {
    cause: 'npm ci failed.',
    remedy: 'Read its output above; running the command again is safe.',
  };
}

/** What node_modules has to match: the lockfile, and the platform whose binaries it holds. */
function wantedStamp(home) {
  const hash = createHash('sha256').update(readFileSync(join(home, 'package-lock.json')));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether npm's own record of what it installed agrees with the lockfile: an install made by hand. */
function isInstalledByHand(home) {
  const record = readText(join(home, 'node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  const locked = JSON.parse(readFileSync(join(home, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '' || (entry.optional && installed[path] === undefined)) return true;
    return installed[path]?.integrity === entry.integrity && existsSync(join(home, path));
  });
}

/**
 * The machine's own npm: this very process may run on the Node inside node_modules, which the install
 * removes.
 */
function environmentOutsideOfCheckout(home) {
  const inside = join(home, 'node_modules') + sep;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const path = folders.filter((folder) => !`${folder}${sep}`.startsWith(inside));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** @returns {boolean} whether node_modules is what the lockfile says */
export function hasNodePackages(home) {
  const stampFile = join(home, 'node_modules', STAMP);
  if (readText(stampFile) === wantedStamp(home)) return true;
  if (!isInstalledByHand(home)) return false;
  writeFileSync(stampFile, wantedStamp(home));
  return true;
}

/**
 * @param {string} home the checkout
 * @returns {{cause: string, remedy: string, output: string} | undefined} why it failed
 */
export function installNodePackages(home) {
  const windows = process.platform === 'win32';
  const args = ['ci', '--include=dev', '--include=optional'];
  const result = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd: home,
    env: environmentOutsideOfCheckout(home),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    // npm is a batch file there, which Node starts in no other way; nothing of the line is input.
    shell: windows,
  });
  if (result.error?.code === 'ENOENT') {
    return { cause: 'npm was not found.', remedy: 'Install it with Node.js.', output: '' };
  }
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (result.status !== 0) return { ...explainNpmFailure(output), output };
  writeFileSync(join(home, 'node_modules', STAMP), wantedStamp(home));
  return undefined;
}

/**
 * Makes `npx kiln` work in a checkout, where npm links only what other packages bring.
 * @returns {boolean} whether there was anything to do
 */
export function linkKiln(home) {
  const bin = join(home, 'node_modules', '.bin');
  return process.platform === 'win32' ? writeShim(bin) : writeLink(bin);
}

function writeLink(bin) {
  const target = join('..', '..', 'cli', 'kiln.js');
  const link = join(bin, 'kiln');
  if (
    lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() &&
    readlinkSync(link) === target
  ) {
    return false;
  }
  rmSync(link, { force: true });
  symlinkSync(target, link);
  return true;
}

function writeShim(bin) {
  const shim = join(bin, 'kiln.cmd');
  const text = '@node "%~dp0\\..\\..\\cli\\kiln.js" %*\r\n';
  if (readText(shim) === text) return false;
  writeFileSync(shim, text);
  return true;
}
