/** Which sources a tree holds right now. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KilnError } from '../errors.ts';
import { RELEASE } from '../release.ts';
import { bundledFacts } from './bundled.ts';
import type { FirmwareTree, TreeVersion } from './contract.ts';
import type { Git } from './git.ts';

const WITHOUT_GIT: TreeVersion = { commit: null, describe: 'NA', committedAt: null, dirty: false };

/** Git reads all of a tree whose files it has not looked at before: minutes on a slow disk. */
const LOOK_MS = 120_000;

function isTooSlow(error: unknown): boolean {
  return error instanceof KilnError && error.details?.outcome === 'timed-out';
}

/**
 * Asks git for what QMK's own `version.h` has, `git describe --abbrev=6 --dirty --always --tags`
 * (lib/python/qmk/git.py). A folder without git has no version; neither has one on a machine without git.
 * @throws KilnError `tree.git-slow`: an image with another version in it than the tree's would look like another firmware.
 */
export async function readTreeVersion(path: string, git: Git): Promise<TreeVersion> {
  if (!existsSync(join(path, '.git'))) return WITHOUT_GIT;
  const ask = (...args: string[]) => git(args, { cwd: path, timeoutMs: LOOK_MS });
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
  } catch (error) {
    if (isTooSlow(error)) {
      throw new KilnError(
        'tree.git-slow',
        `Git took longer than ${LOOK_MS / 1000} seconds to say which version the firmware tree has.`,
        { cause: error },
      );
    }
    // A repository without commits, or one that git refuses as another user's: its sources still build.
    return WITHOUT_GIT;
  }
}

/** Where git keeps what tells of a commit or a tag: its own folder, and for a linked work tree the shared one. */
function gitFolders(path: string): string[] {
  const entry = join(path, '.git');
  if (!existsSync(entry) || statSync(entry).isDirectory()) return [entry];
  const own = resolve(
    path,
    readFileSync(entry, 'utf8')
      .replace(/^gitdir: /, '')
      .trim(),
  );
  const shared = join(own, 'commondir');
  return existsSync(shared) ? [own, resolve(own, readFileSync(shared, 'utf8').trim())] : [own];
}

/** Changes with each commit, checkout and tag, and with what git itself notices of changed files. */
function gitStamp(path: string): string {
  const names = ['HEAD', 'index', 'packed-refs', 'logs/HEAD', 'refs/heads', 'refs/tags'];
  const folders = gitFolders(path);
  const branch = folders.flatMap((folder) => {
    const head = join(folder, 'HEAD');
    const ref = existsSync(head) ? /^ref: (.+)$/m.exec(readFileSync(head, 'utf8'))?.[1] : undefined;
    return ref === undefined ? [] : folders.map((place) => join(place, ref));
  });
  const files = [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...branch,
  ];
  const stamps = files.map((file) => {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats === undefined
      ? ''
      : `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
  });
  return JSON.stringify(stamps);
}

/** After so long, a known version is looked at again, while it is given out; later where looking takes long. */
const FRESH_MS = 10_000;
const FRESH_PER_LOOK = 20;

/**
 * Reads versions, and remembers them: on a large tree, git takes from tenths of a second to many seconds to find changed
 * files. A commit, a checkout or a tag is noticed at once. A file that was changed makes a version «dirty» some seconds later;
 * a build that reads the file notices by itself.
 * @returns a function that throws as `readTreeVersion` does.
 */
export function createVersionReader(
  git: Git,
  now: () => number = performance.now.bind(performance),
) {
  interface Known {
    readonly stamp: string;
    readonly version: Promise<TreeVersion>;
    readonly freshUntil: number;
  }
  const known = new Map<string, Known>();
  const looking = new Set<string>();

  const look = (path: string, stamp: string): Promise<TreeVersion> => {
    const began = now();
    looking.add(path);
    const version = readTreeVersion(path, git);
    const isRead = (): void => {
      looking.delete(path);
      const took = now() - began;
      const freshUntil = now() + Math.max(FRESH_MS, took * FRESH_PER_LOOK);
      known.set(path, { stamp, version, freshUntil });
    };
    const isNotRead = (): void => {
      looking.delete(path);
      // Who asks next has it looked at again; what was known before a look behind their backs stays known.
      if (known.get(path)?.version === version) known.delete(path);
    };
    version.then(isRead, isNotRead);
    return version;
  };

  return (path: string): Promise<TreeVersion> => {
    const stamp = gitStamp(path);
    const before = known.get(path);
    if (before?.stamp !== stamp) {
      const version = look(path, stamp);
      known.set(path, { stamp, version, freshUntil: Number.POSITIVE_INFINITY });
      return version;
    }
    if (now() > before.freshUntil && !looking.has(path)) look(path, stamp);
    return before.version;
  };
}

/** The starter tree's version is Kiln's own: it changes only with a release. */
export function starterVersion(release: string): TreeVersion {
  return { commit: null, describe: `kiln-${release}`, committedAt: null, dirty: false };
}

/**
 * The versions of trees of every kind. Those that came with Kiln carry theirs.
 * @returns a function that throws as `readTreeVersion` does, and `tree.broken`.
 */
export function createTreeVersions(git: Git): (tree: FirmwareTree) => Promise<TreeVersion> {
  const read = createVersionReader(git);
  return async (tree) => {
    if (tree.kind === 'starter') return starterVersion(RELEASE);
    return tree.kind === 'bundled' ? bundledFacts(tree).version : read(tree.path);
  };
}
