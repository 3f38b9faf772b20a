/**
 * Builds the window (renderer/) into renderer/dist, unless what lies there was made of the very same sources. Runs on
 * the project's Node: npm run build:app
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME, isMain } from './bootstrap.mjs';

const RENDERER = join(HOME, 'renderer');
/** What the window imports of the rest: see docs/decisions/one-grammar-of-keymaps.md. */
const KEYMAP_RULES = join(HOME, 'core', 'keymap');
const STAMP = join(RENDERER, 'dist', '.built-from');

/** Digest of all that goes into the build: our sources, and the packages of the lockfile. */
export function sourcesOfApp() {
  const hash = createHash('sha256').update(readFileSync(join(HOME, 'package-lock.json')));
  const files = [RENDERER, KEYMAP_RULES]
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(join(HOME, 'core', 'errors.ts'))
    .filter((file) => !file.startsWith(join(RENDERER, 'dist')))
    .sort();
  for (const file of files)
    hash.update(`\0${file.slice(HOME.length)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

export function isAppBuilt() {
  try {
    return readFileSync(STAMP, 'utf8') === sourcesOfApp();
  } catch {
    return false;
  }
}

/** @returns {Promise<boolean>} whether there was anything to do */
export async function buildApp() {
  if (isAppBuilt()) return false;
  const sources = sourcesOfApp();
  const { build } = await import('vite');
  await build({ configFile: join(RENDERER, 'vite.config.ts'), logLevel: 'warn' });
  writeFileSync(STAMP, sources);
  return true;
}

if (isMain(import.meta.url)) {
  const isNew = await buildApp();
  console.log(isNew ? 'Built the window into renderer/dist.' : 'The window is built already.');
}
