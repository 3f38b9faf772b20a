import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { HostNote } from '../../../../core/hosts/board.ts';
import { createFollower, treesToFollow } from '../../../../core/hosts/follow-trees.ts';
import type { FirmwareTree } from '../../../../core/trees/contract.ts';

const OLD = '0'.repeat(40);
const NEW = '1'.repeat(40);
const ORIGIN = 'https://host.test/qmk.git';

const own = (more: Partial<FirmwareTree> = {}): FirmwareTree => ({
  name: 'qmk',
  kind: 'git',
  origin: ORIGIN,
  ref: null,
  path: '/trees/qmk',
  commit: OLD,
  previousCommit: null,
  toolchain: null,
  isDefault: true,
  addedAt: 0,
  ...more,
});

const host = (commit: string, more: Partial<HostNote> = {}): HostNote => ({
  id: commit,
  role: 'api',
  version: '1.0.0',
  workers: [],
  offers: [],
  trees: [{ name: 'qmk', origin: ORIGIN, commit }],
  ...more,
});

describe('where trees of a worker host go', () => {
  it('is the commit at which all that take jobs in have them', () => {
    expect(treesToFollow([own()], [host(NEW), host(NEW)])).toEqual([{ name: 'qmk', commit: NEW }]);
  });

  it.each([
    ['they are at several commits', [own()], [host(NEW), host('2'.repeat(40))]],
    ['it is there', [own()], [host(OLD)]],
    ['nobody takes jobs in for it', [own({ name: 'vial' })], [host(NEW)]],
    ['it comes from another address', [own({ origin: 'https://other.test/qmk.git' })], [host(NEW)]],
    ['it is a folder of somebody', [own({ kind: 'folder' })], [host(NEW)]],
    ['what is named is no commit', [own()], [host('--upload-pack=x')]],
    ['hosts are of an earlier release', [own()], [{ ...host(NEW), trees: undefined as never }]],
  ] as const)('is nowhere when %s', (_name, trees, hosts) => {
    expect(treesToFollow(trees, hosts)).toEqual([]);
  });
});

describe('a follower', () => {
  it('fetches once at a time, and tries a commit that cannot be had again minutes later', async () => {
    let time = 0;
    let fails = true;
    const asked: string[] = [];
    const moved: string[] = [];
    const failed: string[] = [];
    const follow = createFollower({
      trees: {
        list: async () => [own()],
        goTo: async (_name, commit) => {
          asked.push(commit);
          if (fails) throw new Error('away');
          return { tree: own({ commit }), changed: true };
        },
      },
      hosts: () => [host(NEW)],
      signal: new AbortController().signal,
      onMove: ({ commit }) => moved.push(commit),
      onFailure: ({ commit }) => failed.push(commit),
      now: () => time,
    });
    await Promise.all([follow(), follow()]);
    await follow();
    expect([asked, failed, moved]).toEqual([[NEW], [NEW], []]);
    time += 5 * 60_000;
    fails = false;
    await follow();
    expect([asked, failed, moved]).toEqual([[NEW, NEW], [NEW], [NEW]]);
  });

  it('ends its fetch when the machine stops, blames nobody, and begins none any more', async () => {
    const stopping = new AbortController();
    const asked: string[] = [];
    const failed: string[] = [];
    const follow = createFollower({
      trees: {
        list: async () => [own(), own({ name: 'vial' })],
        goTo: async (name, _commit, { signal } = {}) => {
          asked.push(name);
          if (signal === undefined) throw new Error('nobody can end it');
          await once(signal, 'abort');
          throw new Error('canceled');
        },
      },
      hosts: () => [
        host(NEW),
        host(NEW, { trees: [{ name: 'vial', origin: ORIGIN, commit: NEW }] }),
      ],
      signal: stopping.signal,
      onMove: () => undefined,
      onFailure: ({ name }) => failed.push(name),
    });
    const following = follow();
    await vi.waitFor(() => expect(asked).toEqual(['qmk']));
    stopping.abort();
    await following;
    await follow();
    expect([asked, failed]).toEqual([['qmk'], []]);
  });
});
