/** How Kiln's command line is called where this process runs, for texts that tell people what to type. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemPath } from './environment.ts';

const HOME = join(import.meta.dirname, '..');

/**
 * @param home, path for tests: where the service lies, and the folders of `PATH`.
 * @returns `npx kiln` in a checkout; in a package `kiln` where that leads to it, else the path of its launcher.
 */
export function ownCommand(home = HOME, path: readonly string[] = systemPath()): string {
  if (basename(home) !== 'service') return 'npx kiln';
  const launcher = join(home, '../bin/kiln');
  if (!existsSync(launcher)) return 'kiln';
  const real = realpathSync(launcher);
  const leadsHere = (folder: string): boolean => {
    const file = join(folder, 'kiln');
    return existsSync(file) && realpathSync(file) === real;
  };
  if (path.some(leadsHere)) return 'kiln';
  return /^[\w/.+-]+$/.test(launcher) ? launcher : `'${launcher.replaceAll("'", "'\\''")}'`;
}
