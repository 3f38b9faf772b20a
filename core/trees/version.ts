/** Which sources a tree holds right now. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeVersion } from './contract.ts';
import type { Git } from './git.ts';

const WITHOUT_GIT: TreeVersion = { commit: null, describe: 'NA', committedAt: null, dirty: false };

/**
 * Asks git for what QMK's own `version.h` has, `git describe --abbrev=6 --dirty --always --tags`
 * (lib/python/qmk/git.py). A folder without git has no version; neither has one on a machine without git.
 */
export async function readTreeVersion(path: string, git: Git): Promise<TreeVersion> {
  if (!existsSync(join(path, '.git'))) return WITHOUT_GIT;
  const ask = (...args: string[]) => git(args, { cwd: path, timeoutMs: 30_000 });
  try {
    const [log, describe, changes] = await Promise.all([
      ask('log', '-1', '--format=%H %ct'),
      ask('describe', '--abbrev=6', '--always', '--tags'),
      // `describe --dirty` would rewrite the index, and lock it, in a folder that is only to be read.
      ask('--no-optional-locks', 'status', '--porcelain', '--untracked-files=no'),
    ]);
    const [commit, seconds] = log.split(' ');
    const dirty = changes !== '';
    return {
      commit: commit ?? null,
      describe: dirty ? `${describe}-dirty` : describe,
      committedAt: Number(seconds) * 1000,
      dirty,
    };
  } catch {
    // A repository without commits, or one that git refuses as another user's: its sources still build.
    return WITHOUT_GIT;
  }
}

/** The starter tree's version is Kiln's own: it changes only with a release. */
export function starterVersion(release: string): TreeVersion {
  return { commit: null, describe: `kiln-${release}`, committedAt: null, dirty: false };
}
