/** What a killed git leaves in a clone of Kiln's own does not stop its updates; what somebody works with stays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../core/db/database.ts';
import { takeProcessLock } from '../../core/db/process-lock.ts';
import { systemPath } from '../../core/environment.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { temporaryFolder, toolFolders } from '../fixtures/toolchain/tools.ts';
import { type GitRepository, makeRepository } from '../fixtures/trees/git-repository.ts';

let folder: string;
let home: string;
let store: string;
let registry: EditableTreeRegistry;
let upstream: GitRepository;

beforeEach(async () => {
  folder = temporaryFolder();
  home = join(folder, 'trees', 'qmk');
  store = join(home, 'git');
  // Nothing of the user's own git configuration counts, and tests give git one of theirs.
  vi.stubEnv('HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  const database = openDatabase(':memory:');
  onTestFinished(() => void database.close());
  registry = createTreeRegistry({
    database,
    folder: join(folder, 'trees'),
    git: createGit(toolFolders().toolchain({ system: systemPath() })),
  });
  upstream = makeRepository(join(folder, 'upstream'));
  upstream.commit('one');
  await registry.add('qmk', `file://${upstream.folder}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Has git run a script at its work; until the function that is returned is called. */
function withScript(setting: (script: string) => string, name: string, text: string): () => void {
  const config = join(folder, '.gitconfig');
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  const script = join(folder, 'scripts', name);
  writeFileSync(script, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  writeFileSync(config, setting(script));
  return () => rmSync(config);
}

describe('an update after a git that was killed', () => {
  it('goes on where fetching had left the store locked', async () => {
    const second = upstream.commit('two');
    // Run by the other side, in the same group of processes: all of it dies once the store is locked.
    const stop = withScript(
      (script) => `[uploadpack]\n\tpackObjectsHook = ${script}\n`,
      'pack',
      `until [ -e '${store}/shallow.lock' ]; do sleep 0.02; done; kill -9 0`,
    );
    await expect(registry.update('qmk')).rejects.toMatchObject({ code: 'tree.git-failed' });
    stop();
    expect(existsSync(join(store, 'shallow.lock'))).toBe(true);
    const lines: string[] = [];
    const { tree } = await registry.update('qmk', { onLine: (line) => lines.push(line) });
    expect(tree.commit).toBe(second);
    expect(lines.join('\n')).toContain(join(store, 'shallow.lock'));
  });

  it('goes on where a checkout had been half made', async () => {
    const second = upstream.commit('two');
    const stop = withScript(
      (script) => `[core]\n\thooksPath = ${join(script, '..')}\n`,
      'reference-transaction',
      `[ "$1" != prepared ] || kill -9 0`,
    );
    await expect(registry.update('qmk')).rejects.toMatchObject({ code: 'tree.git-failed' });
    stop();
    expect(readdirSync(join(store, 'worktrees', second))).toContain('locked');
    await expect(registry.update('qmk')).resolves.toMatchObject({ changed: true });
    expect(existsSync(join(home, second, 'readme.md'))).toBe(true);
  });
});

describe('an update that is broken off by its signal', () => {
  it('ends git at once, and leaves neither a lock nor half of a checkout', async () => {
    const second = upstream.commit('two');
    const began = join(folder, 'began');
    const stop = withScript(
      (script) => `[core]\n\thooksPath = ${join(script, '..')}\n`,
      'post-checkout',
      `touch '${began}'; sleep 600`,
    );
    const leaving = new AbortController();
    const update = registry.update('qmk', { signal: leaving.signal });
    const failed = expect(update).rejects.toMatchObject({
      code: 'tree.git-failed',
      details: { outcome: 'canceled' },
    });
    await vi.waitFor(() => expect(existsSync(began)).toBe(true), 30_000);
    expect(existsSync(join(home, second))).toBe(true);
    leaving.abort();
    await failed;
    stop();
    expect(existsSync(join(home, second))).toBe(false);
    const left = readdirSync(store, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.endsWith('.lock') || name.includes(second))).toEqual([]);
    await expect(registry.update('qmk')).resolves.toMatchObject({ changed: true });
  });
});

describe('an update of a tree that somebody works in', () => {
  it.runIf(process.platform === 'linux')(
    'leaves a lock to the git that runs there, and names it with what to do',
    async () => {
      upstream.commit('two');
      const other = spawn('git', ['cat-file', '--batch'], { cwd: store, stdio: 'pipe' });
      onTestFinished(() => void other.kill('SIGKILL'));
      await once(other, 'spawn');
      const lock = join(store, 'shallow.lock');
      writeFileSync(lock, '');
      await expect(registry.update('qmk')).rejects.toMatchObject({
        code: 'tree.git-failed',
        message: expect.stringContaining(lock),
        remedy: expect.stringContaining(`delete ${lock}`),
      });
      expect(existsSync(lock)).toBe(true);
      other.kill('SIGKILL');
      await once(other, 'exit');
      await expect(registry.update('qmk')).resolves.toMatchObject({ changed: true });
    },
  );

  it('waits for another process of Kiln, and says so', async () => {
    upstream.commit('two');
    const other = takeProcessLock(join(home, 'kiln.lock'), home, 'kiln tree update');
    const update = registry.update('qmk', {
      onLine(line) {
        if (line.includes('kiln tree update')) other.release();
      },
    });
    await expect(update).resolves.toMatchObject({ changed: true });
  });
});

it('Looks for no lock in a folder that somebody added', async () => {
  const lock = join(upstream.folder, '.git', 'index.lock');
  await registry.add('own', upstream.folder);
  writeFileSync(lock, '');
  await expect(registry.update('own')).rejects.toMatchObject({ code: 'tree.invalid' });
  expect(existsSync(lock)).toBe(true);
  expect(existsSync(join(folder, 'trees', 'own'))).toBe(false);
});
