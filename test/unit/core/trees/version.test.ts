import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import type { Git } from '../../../../core/trees/git.ts';
import { createVersionReader } from '../../../../core/trees/version.ts';

let folder: string;
let asked: number;
let changes: string;
let clock: number;

/** Answers as git does; each look takes `took` milliseconds. */
const git: Git = async ([command]) => {
  if (command === 'log') {
    asked += 1;
    return 'abc 1000';
  }
  return command === 'describe' ? '0.1' : changes;
};
const reader = () => createVersionReader(git, () => clock);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-version-'));
  mkdirSync(join(folder, '.git/refs/heads'), { recursive: true });
  writeFileSync(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(folder, '.git/refs/heads/main'), 'abc\n');
  asked = 0;
  changes = '';
  clock = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a remembered version', () => {
  it('is given out without asking git again', async () => {
    const read = reader();
    const first = await read(folder);
    expect(first).toMatchObject({ commit: 'abc', describe: '0.1', dirty: false });
    clock = 9000;
    expect(await read(folder)).toEqual(first);
    expect(asked).toBe(1);
  });

  it.each([
    [
      'a commit on the branch',
      () => writeFileSync(join(folder, '.git/refs/heads/main'), 'abcdef\n'),
    ],
    ['a checkout', () => writeFileSync(join(folder, '.git/HEAD'), 'abcdef\n')],
    [
      'a tag',
      () => {
        mkdirSync(join(folder, '.git/refs/tags'));
        writeFileSync(join(folder, '.git/refs/tags/v1'), 'abc\n');
      },
    ],
  ])('is read anew after %s', async (_what, change) => {
    const read = reader();
    await read(folder);
    change();
    await read(folder);
    expect(asked).toBe(2);
  });

  it('is looked at again after a while, behind who asks', async () => {
    const read = reader();
    await read(folder);
    changes = ' M a.c';
    clock = 11_000;
    expect(await read(folder)).toMatchObject({ dirty: false });
    await expect.poll(async () => (await read(folder)).dirty).toBe(true);
    expect(asked).toBe(2);
  });

  it('follows a linked work tree to where git keeps its data', async () => {
    const linked = join(folder, 'linked');
    const own = join(folder, '.git/worktrees/linked');
    mkdirSync(linked);
    mkdirSync(own, { recursive: true });
    writeFileSync(join(linked, '.git'), `gitdir: ${own}\n`);
    writeFileSync(join(own, 'commondir'), '../..\n');
    writeFileSync(join(own, 'HEAD'), 'ref: refs/heads/main\n');
    const read = reader();
    await read(linked);
    writeFileSync(join(folder, '.git/refs/heads/main'), 'abcdef\n');
    await read(linked);
    expect(asked).toBe(2);
  });

  it('is none when git takes too long, and is looked for again by who asks next', async () => {
    let isSlow = true;
    const slow: Git = async (args, options) => {
      if (isSlow && args.includes('status')) {
        throw new KilnError('tree.git-failed', 'git status failed: timed-out', {
          details: { outcome: 'timed-out' },
        });
      }
      return git(args, options);
    };
    const read = createVersionReader(slow, () => clock);
    await expect(read(folder)).rejects.toMatchObject({ code: 'tree.git-slow' });
    isSlow = false;
    expect(await read(folder)).toMatchObject({ commit: 'abc', describe: '0.1' });
  });

  it('stays when git takes too long later, behind who asks', async () => {
    let looks = 0;
    const slow: Git = async (args, options) => {
      if (!args.includes('status')) return git(args, options);
      looks += 1;
      if (looks === 1) return '';
      throw new KilnError('tree.git-failed', 'git status failed: timed-out', {
        details: { outcome: 'timed-out' },
      });
    };
    const read = createVersionReader(slow, () => clock);
    await read(folder);
    clock = 11_000;
    await read(folder);
    await expect.poll(() => looks).toBe(2);
    expect(await read(folder)).toMatchObject({ commit: 'abc', dirty: false });
  });

  it('is that of a folder without git when git does not take it for a repository', async () => {
    const refusing: Git = async () => {
      throw new KilnError('tree.git-failed', 'git log failed: fatal', {
        details: { outcome: 'exited' },
      });
    };
    expect(await createVersionReader(refusing)(folder)).toMatchObject({ describe: 'NA' });
  });

  it('of a folder without git is always that', async () => {
    rmSync(join(folder, '.git'), { recursive: true });
    expect(await reader()(folder)).toMatchObject({ commit: null, describe: 'NA' });
    expect(asked).toBe(0);
  });
});
