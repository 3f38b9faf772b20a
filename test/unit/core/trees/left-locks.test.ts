import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockComplainedOf, removeLeftLocks } from '../../../../core/trees/left-locks.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kiln-locks-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const HOURS_MS = 3_600_000;

function leave(name: string, ageMs = 0): string {
  const file = join(home, 'git', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  const at = (Date.now() - ageMs) / 1000;
  utimesSync(file, at, at);
  return file;
}

describe('locks that git left', () => {
  it('go wherever git puts them, and nothing else does', async () => {
    const names = ['shallow.lock', 'refs/tags/0.30.0.lock', 'worktrees/abc/index.lock'];
    const locks = names.map((name) => leave(name));
    const others = ['HEAD', 'objects/maintenance.lock'].map((name) => leave(name));
    expect((await removeLeftLocks(home, async () => false)).toSorted()).toEqual(locks.toSorted());
    expect(locks.some((file) => existsSync(file))).toBe(false);
    expect(others.every((file) => existsSync(file))).toBe(true);
  });

  it('stay while a git works there, however old they are', async () => {
    const lock = leave('shallow.lock', 5 * HOURS_MS);
    expect(await removeLeftLocks(home, async () => true)).toEqual([]);
    expect(existsSync(lock)).toBe(true);
  });

  it('go by their age where nobody knows who works there', async () => {
    const old = leave('shallow.lock', 3 * HOURS_MS);
    const young = leave('HEAD.lock', HOURS_MS);
    expect(await removeLeftLocks(home, async () => null)).toEqual([old]);
    expect(existsSync(young)).toBe(true);
  });
});

it.each([
  [
    "git fetch failed: fatal: Unable to create '/t/git/shallow.lock': File exists.",
    '/t/git/shallow.lock',
  ],
  ['error: could not lock config file /t/git/config: File exists', '/t/git/config.lock'],
  ['fatal: couldn’t find remote ref nowhere', null],
])('The lock that “%s” is about', (words, file) => {
  expect(lockComplainedOf(words)).toBe(file);
});
