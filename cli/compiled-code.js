/**
 * Where Node keeps what it compiled, so that the next start is quicker. Never in a folder of several accounts: who may write
 * there could put other code in its place.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * @param {string} home the folder of Kiln's sources
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Promise<string | undefined>} undefined for a package whose data folder is not there yet: `kiln --help` makes none
 */
export async function compiledCodeFolder(home, environment) {
  // A checkout is its owner's. A package is the system's, and its files are listed.
  if (!existsSync(join(home, 'bundle'))) return join(home, 'node_modules', '.cache', 'kiln');
  // As core/settings.ts has it.
  const { KILN_DATA_DIR: given = '' } = environment;
  const dataDir = given === '' ? await usualFolder() : resolve(given);
  return existsSync(dataDir) ? join(dataDir, 'cache', 'compiled') : undefined;
}

async function usualFolder() {
  const { default: envPaths } = await import('env-paths');
  return envPaths('kiln', { suffix: '' }).data;
}
