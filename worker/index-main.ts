/**
 * The indexing process: brings the catalogue of every tree up to date, then ends. Apart from the service, so that
 * requests do not wait for it and its memory goes back to the system.
 *
 * Usage: node worker/index-main.ts <IndexArguments as JSON>
 */
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createCatalogues } from '../core/catalogue/catalogues.ts';
import { openDatabase } from '../core/db/database.ts';
import { createLogger } from '../core/log.ts';
import { dataPaths } from '../core/settings.ts';
import { createToolchain } from '../core/toolchain/toolchain.ts';
import { createToolchainOf } from '../core/toolchain/tree-toolchain.ts';
import { createGit } from '../core/trees/git.ts';
import { createTreeRegistry } from '../core/trees/registry.ts';
import type { IndexArguments } from './messages.ts';

const LOW_PRIORITY = 10;

async function main(): Promise<void> {
  const { settings, logFile } = JSON.parse(process.argv[2] ?? '') as IndexArguments;
  const paths = dataPaths(settings);
  const log = createLogger({
    level: settings.logLevel,
    name: 'indexer',
    ...(logFile === undefined ? {} : { destination: logFile }),
  });
  setPriority(LOW_PRIORITY);
  const database = openDatabase(paths.database);
  const toolchain = createToolchain(settings, paths);
  const git = createGit(toolchain);
  const catalogues = createCatalogues({
    file: paths.catalogue,
    trees: createTreeRegistry({ database, folder: paths.trees, git }),
    toolchainOf: createToolchainOf(settings, paths, toolchain),
    git,
    cacheFolder: join(settings.dataDir, 'cache'),
    log,
  });
  // The service is gone: nobody would end this process.
  process.on('disconnect', () => void catalogues.close());
  process.on('SIGTERM', () => void catalogues.close());
  process.on('SIGINT', () => undefined);
  try {
    await catalogues.indexAll();
  } finally {
    await catalogues.close();
    database.close();
    if (process.connected) process.disconnect();
  }
}

await main();
