/** Lock files that a killed git left in a clone of Kiln's own, where they would stop every later git. */
import { readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Where no process can be asked what it works in: longer than Kiln lets git fetch. */
const OLD_MS = 2 * 60 * 60_000;

/** Folders of a store without locks that stop anybody, and with most of its files. */
const PASSED_OVER = new Set(['objects', 'hooks', 'logs']);

async function locksIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith('.lock') ? [path] : [];
    return entry.isDirectory() && !PASSED_OVER.has(entry.name) ? locksIn(path) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Whether a process of that number is a git that works in the folder, or one of another user that may. */
async function isGitIn(folder: string, pid: string): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  if (!name.startsWith('git')) return false;
  try {
    const place = await readlink(`/proc/${pid}/cwd`);
    return `${place}${sep}`.startsWith(`${folder}${sep}`);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

/** @returns null where the system does not tell. */
async function hasGitIn(folder: string): Promise<boolean | null> {
  if (process.platform !== 'linux') return null;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return null;
  return (await Promise.all(pids.map((pid) => isGitIn(folder, pid)))).some(Boolean);
}

/**
 * Removes locks that nobody holds: no git works in the clone, which Linux tells of every process; elsewhere, the lock is of
 * two hours ago. git keeps no lock file open, so that nothing else tells. To be called while no other Kiln works in there.
 * @param home the folder of the tree, real path: `git` in it is the store, beside the checkouts.
 * @param ask whether a git works there, for tests; null for «not known».
 * @returns what was removed.
 */
export async function removeLeftLocks(
  home: string,
  ask: (folder: string) => Promise<boolean | null> = hasGitIn,
): Promise<readonly string[]> {
  const locks = await locksIn(join(home, 'git'));
  if (locks.length === 0) return [];
  const isHeld = await ask(home);
  if (isHeld === true) return [];
  const removed: string[] = [];
  for (const lock of locks) {
    const since = await stat(lock).catch(() => null);
    if (since === null || (isHeld === null && Date.now() - since.mtimeMs < OLD_MS)) continue;
    await rm(lock, { force: true });
    removed.push(lock);
  }
  return removed;
}

/** The lock file that git's words complain about; null when they are about something else. */
export function lockComplainedOf(words: string): string | null {
  const lock = /Unable to create '([^'\n]+\.lock)': File exists/.exec(words)?.[1];
  const config = /could not lock config file (.+?): File exists/.exec(words)?.[1];
  return lock ?? (config === undefined ? null : `${config}.lock`);
}
