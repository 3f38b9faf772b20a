/**
 * Puts together what the service needs to run without the checkout: the sources that Node runs as they are, the
 * resources with the starter tree, and the built window. Without packages: those differ by who asks.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from './bootstrap.mjs';

/** Folders and files that are taken whole. */
const PARTS = ['api', 'cli', 'core', 'flash', 'worker', 'resources', 'package.json', 'LICENSE'];

/**
 * @param {string} target an absolute path; what lies there is replaced
 * @param {string} window the folder of the built window
 */
export function stageService(target, window = join(HOME, 'renderer/dist')) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const part of PARTS) cpSync(join(HOME, part), join(target, part), { recursive: true });
  cpSync(window, join(target, 'renderer/dist'), { recursive: true });
}
