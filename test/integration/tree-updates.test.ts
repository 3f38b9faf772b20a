/** The scheduled update of firmware trees: real git, the real queue, and a worker that the test plays. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type UpdateParts, updateTrees } from '../../cli/service/schedule/update-trees.ts';
import { COMPILE } from '../../core/compile/job.ts';
import { openDatabase } from '../../core/db/database.ts';
import { systemPath } from '../../core/environment.ts';
import type { NewJob } from '../../core/queue/contract.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { cataloguesWith, testCatalogues } from '../fixtures/api/catalogue.ts';
import {
  claimJob,
  compileError,
  compileResult,
  createDependencies,
  finishJob,
  KEYMAP,
} from '../fixtures/api/service.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder, toolFolders } from '../fixtures/toolchain/tools.ts';
import { type GitRepository, makeRepository } from '../fixtures/trees/git-repository.ts';

let upstream: GitRepository;
let trees: EditableTreeRegistry;
let service: ReturnType<typeof createDependencies>;
let parts: UpdateParts;
let submitted: NewJob[];
let first: string;
const refreshed: string[] = [];
const never = new AbortController().signal;
const asked = { signal: never, now: true };

beforeEach(async () => {
  const folder = temporaryFolder();
  vi.stubEnv('HOME', folder);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  const database = openDatabase(':memory:');
  upstream = makeRepository(join(folder, 'upstream'));
  first = upstream.commit('one');
  trees = createTreeRegistry({
    database,
    folder: join(folder, 'trees'),
    git: createGit(toolFolders().toolchain({ system: systemPath() })),
  });
  service = createDependencies();
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await service.close();
    database.close();
  });
  refreshed.length = 0;
  await trees.add('vial', `file://${upstream.folder}`);
  // Keyboards are those of the fixtures, whatever lies in the tree.
  submitted = [];
  parts = {
    ...service.dependencies,
    trees,
    queue: {
      ...service.queue,
      submit(job) {
        submitted.push(job);
        return service.queue.submit(job);
      },
    },
    needsOf: async ({ tree }) => [`tree:${tree.name}`],
    store: service.store,
    catalogues: { ...testCatalogues, forTree: async () => testCatalogues.forTree('qmk') },
    refreshCatalogue: (tree) => void refreshed.push(tree),
  };
});

/** A build of that tree which somebody pinned. */
async function pinBuild(): Promise<string> {
  const keymapJson = JSON.stringify({ ...KEYMAP, documentation: undefined, notes: undefined });
  await service.queue.submit({
    kind: COMPILE,
    payload: {
      tree: 'vial',
      keyboard: 'planck/rev6',
      keymap: 'mymap',
      layout: 'LAYOUT_pair',
      platform: 'chibios',
      keymapJson,
    },
    timeLimitMs: 1000,
  });
  const id = await finishJob(service);
  await service.queue.pin(id, true);
  return id;
}

/** Plays the worker for the check's build. */
async function buildCheck(works: boolean): Promise<void> {
  await until('the check’s build', async () => (await service.queue.counts()).queued > 0);
  const claim = await claimJob(service);
  expect(claim.job.client).toBe('update check');
  await service.queue.finish(claim, works ? compileResult() : compileError());
}

const commitOf = async () => (await trees.get('vial')).commit;

describe('the update of firmware trees', () => {
  it('says what is new and changes nothing in preview', async () => {
    expect(await updateTrees(parts, 'preview', asked)).toBe('vial: up to date.');
    upstream.commit('two');
    expect(await updateTrees(parts, 'preview', asked)).toMatch(/^vial: \d+ files, keyboards /);
    expect(await commitOf()).toBe(first);
  });

  it('goes to the newest commit, reads keyboards anew and builds pinned keymaps once more', async () => {
    const pinned = await pinBuild();
    const second = upstream.commit('two');
    const update = updateTrees(parts, 'apply', asked);
    await buildCheck(true);
    expect(await update).toBe(`vial: now at ${second.slice(0, 10)}, 1 pinned keymaps build.`);
    expect(await commitOf()).toBe(second);
    expect(refreshed).toEqual(['vial']);
    expect(submitted).toMatchObject([{ client: 'update check', needs: ['tree:vial'] }]);
    // The check's own job went; the pinned one stays.
    const { jobs } = await service.queue.history({ limit: 10 });
    expect(jobs.map(({ id }) => id)).toEqual([pinned]);
  });

  it('goes back when a pinned keymap does not build any more, and keeps its log', async () => {
    await pinBuild();
    upstream.commit('two');
    const update = updateTrees(parts, 'apply', asked);
    const failed = expect(update).rejects.toMatchObject({
      code: 'update.rolled-back',
      message: expect.stringContaining('planck/rev6:mymap'),
    });
    await buildCheck(false);
    await failed;
    expect(await commitOf()).toBe(first);
    expect(refreshed).toEqual(['vial', 'vial']);
    expect((await service.queue.history({ limit: 10 })).jobs).toHaveLength(2);
  });

  it('goes back from a tree that cannot be read', async () => {
    upstream.commit('two');
    const broken = cataloguesWith({
      keyboards: async () => {
        throw new Error('no keyboards there');
      },
    });
    const catalogues = { ...broken, forTree: async () => broken.forTree('qmk') };
    await expect(updateTrees({ ...parts, catalogues }, 'apply', asked)).rejects.toMatchObject({
      code: 'update.rolled-back',
      message: expect.stringContaining('no keyboards there'),
    });
    expect(await commitOf()).toBe(first);
  });

  it('waits until nobody builds, unless it is wanted now', async () => {
    const second = upstream.commit('two');
    await service.queue.submit({ kind: COMPILE, payload: {}, timeLimitMs: 1000 });
    const { id } = (await claimJob(service)).job;
    const update = updateTrees(parts, 'apply', { signal: never, now: false });
    await until('the fetch', () => trees.preview('vial'));
    expect(await commitOf()).toBe(first);
    await service.queue.recover('w1');
    await service.queue.cancel(id);
    await update;
    expect(await commitOf()).toBe(second);
  });

  it('keeps the other trees going when the address of one is gone', async () => {
    const second = upstream.commit('two');
    const other = makeRepository(join(temporaryFolder(), 'other'));
    other.commit('one');
    await trees.add('gone', `file://${other.folder}`);
    rmSync(other.folder, { recursive: true });
    await expect(updateTrees(parts, 'apply', asked)).rejects.toMatchObject({
      code: 'tree.git-failed',
    });
    expect(await commitOf()).toBe(second);
  });
});
