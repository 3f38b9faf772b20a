/** The Node that Kiln itself runs on, whatever Node a script was started with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isSupportedNode, NEEDED_NODE } from '../cli/node-version.js';
import { HOME, SetupError } from './bootstrap.mjs';

/**
 * @returns {string} path of a Node that will do: this one, or the one that npm installed
 * @throws {SetupError}
 */
export function projectNode() {
  if (isSupportedNode(process.versions)) return process.execPath;
  const installed = join(HOME, 'node_modules', '.bin', 'node');
  if (existsSync(installed)) return installed;
  const isPackaged = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  throw new SetupError(
    `Kiln needs Node.js ${NEEDED_NODE}; this is ${process.versions.node}.`,
    isPackaged
      ? 'npm did not install its optional package of it: remove node_modules and run npm ci.'
      : 'There is no package of it for this system: install it from nodejs.org.',
  );
}
