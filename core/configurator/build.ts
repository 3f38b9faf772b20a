/** Tells whether a folder is a built Configurator, and what has to be known to serve it from elsewhere. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, KilnError } from '../errors.ts';
import { BASE_NAMES, type Bases, basesOf } from './bases.ts';
import type { ConfiguratorRecord } from './record.ts';
import type { RewritePlan } from './rewrite.ts';

/** What a plan needs beside the place that it is served at. */
export type ConfiguratorBuild = Omit<RewritePlan, 'mount'>;

/** The app's own scripts have 1.4 MiB. */
const SCRIPT_MAX_BYTES = 16 * 1024 * 1024;

const OPTIONS = { api: '--api-url', keyboards: '--keyboards-url' } as const;

/**
 * @throws KilnError `configurator.missing` when the folder or its `index.html` is not there,
 *   `configurator.invalid` saying what it lacks
 */
export async function inspectBuild(record: ConfiguratorRecord): Promise<ConfiguratorBuild> {
  const { folder } = record;
  const page = await readPage(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const entry = await entryScript(folder, page);
  if (entry === null || (entry.path.startsWith('src/') && (await exists(folder, 'package.json')))) {
    const reason =
      entry === null
        ? 'its index.html loads no script that lies in it'
        : 'it is the source that a build is made from';
    throw notBuilt(folder, reason, await hintAtDist(folder));
  }
  const scripts = await scriptsBeside(join(folder, entry.path));
  return {
    root: entry.root,
    files: entries.filter((one) => one.isFile()).map(({ name }) => name),
    folders: entries.filter((one) => one.isDirectory()).map(({ name }) => name),
    bases: requireBases(record, scripts),
  };
}

function notBuilt(folder: string, reason: string, remedy?: string): KilnError {
  return new KilnError(
    'configurator.invalid',
    `${folder} is not a built Configurator: ${reason}.`,
    remedy === undefined ? {} : { remedy },
  );
}

async function hintAtDist(folder: string): Promise<string> {
  return (await exists(folder, 'dist/index.html'))
    ? `Name ${join(folder, 'dist')}.`
    : 'Build it as its README says, and name the folder dist that the build leaves.';
}

async function exists(folder: string, path: string): Promise<boolean> {
  try {
    return (await stat(join(folder, path))).isFile();
  } catch {
    // Not there, or not for us to see: no file to serve either way.
    return false;
  }
}

async function readPage(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'index.html'), 'utf8');
  } catch (error) {
    const isThere = await stat(folder).then(
      (stats) => stats.isDirectory(),
      () => false,
    );
    if (!isThere) {
      throw new KilnError('configurator.missing', `There is no folder ${folder}.`, {
        cause: error,
        remedy: 'Bring it back, or add another one: kiln configurator add <folder>.',
      });
    }
    const missing = errnoOf(error) === 'ENOENT';
    throw notBuilt(
      folder,
      missing ? 'it has no index.html' : 'its index.html cannot be read',
      await hintAtDist(folder),
    );
  }
}

/**
 * The first script of the page that lies in the folder.
 * @returns its path below the folder, and what the page writes before that: how the build names its top folder
 */
async function entryScript(
  folder: string,
  page: string,
): Promise<{ path: string; root: string } | null> {
  for (const [, , source = ''] of page.matchAll(/<script\b[^>]*?\ssrc=(["'])([^"']+)\1/g)) {
    const address = source.replace(/[?#].*$/, '');
    // From the longest on: a root may have folders of its own.
    const starts = [0, ...[...address.matchAll(/\//g)].map(({ index }) => index + 1)];
    for (const start of starts) {
      const path = address.slice(start);
      const isPlain = path !== '' && path.split('/').every((part) => /^[^.\\:][^\\:]*$/.test(part));
      if (isPlain && (await exists(folder, path))) return { path, root: address.slice(0, start) };
    }
  }
  return null;
}

async function scriptsBeside(script: string): Promise<readonly string[]> {
  const folder = dirname(script);
  const names = (await readdir(folder)).filter((name) => /\.m?js$/.test(name)).sort();
  const texts: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const stats = await stat(file);
    if (stats.isFile() && stats.size <= SCRIPT_MAX_BYTES) texts.push(await readFile(file, 'utf8'));
  }
  return texts;
}

function requireBases(record: ConfiguratorRecord, scripts: readonly string[]): Bases {
  const { folder, apiUrl, keyboardsUrl } = record;
  const { api, keyboards } = basesOf(scripts, {
    ...(apiUrl === undefined ? {} : { api: apiUrl }),
    ...(keyboardsUrl === undefined ? {} : { keyboards: keyboardsUrl }),
  });
  if (api !== null && keyboards !== null) return { api, keyboards };
  const told = { api: apiUrl, keyboards: keyboardsUrl };
  const found = { api, keyboards };
  const lacking = BASE_NAMES.filter((name) => found[name] === null);
  const wrong = lacking.filter((name) => told[name] !== undefined);
  const options = lacking.map((name) => `${OPTIONS[name]} <address>`).join(' ');
  throw notBuilt(
    folder,
    wrong.length > 0
      ? `no script of it has the address ${wrong.map((name) => told[name]).join(' or ')}`
      : 'its scripts do not show which servers it was built for',
    `Say which address it was built with: ${options}.`,
  );
}
