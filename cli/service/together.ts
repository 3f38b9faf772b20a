/** What a machine does because it is one of several: says that it lives, takes lost jobs back, and clears up if elected. */
import type { HostBoard, HostNote, HostTree } from '../../core/hosts/board.ts';
import { createFollower } from '../../core/hosts/follow-trees.ts';
import { createGiveUp } from '../../core/hosts/give-up.ts';
import type { Logger } from '../../core/log.ts';
import { redisAddressOf } from '../../core/queue/open-queue.ts';
import { RELEASE } from '../../core/release.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import { LEASE_MS } from '../../worker/slot.ts';
import type { Kiln } from './kiln.ts';
import type { WorkerState } from './worker-supervisor.ts';

const RECOVER_EVERY_MS = 5000;

export interface Together {
  /** Every machine of the service that lives, this one included. */
  hosts(): readonly HostNote[];
  /** Whether this machine clears up for all. */
  isElected(): boolean;
  /** Ends a fetch that is under way, and begins none any more: the machine is about to stop. */
  stopFollowing(): Promise<void>;
  stop(): Promise<void>;
}

export interface TogetherOptions {
  readonly kiln: Pick<Kiln, 'settings' | 'queue' | 'trees' | 'offers' | 'hostId'>;
  readonly workers: () => readonly WorkerState[];
  readonly log: Logger;
}

function hostTrees(trees: readonly FirmwareTree[]): readonly HostTree[] {
  return trees.flatMap(({ name, kind, origin, commit }) =>
    kind === 'git' && origin !== null && commit !== null ? [{ name, origin, commit }] : [],
  );
}

/** @returns null for a machine that works alone. */
export async function startTogether({
  kiln,
  workers,
  log,
}: TogetherOptions): Promise<Together | null> {
  const { settings, queue, trees, hostId } = kiln;
  const address = redisAddressOf(settings);
  if (address === null) return null;
  const { startHostBoard } = await import('../../core/hosts/board.ts');
  const board: HostBoard = startHostBoard({
    address,
    name: settings.clusterName,
    hostId,
    note: async () => ({
      role: settings.role,
      version: RELEASE,
      workers: workers(),
      offers: settings.role === 'api' ? [] : await kiln.offers(),
      trees: settings.role === 'worker' ? [] : hostTrees(await trees.list()),
    }),
  });
  const recover = async (): Promise<void> => {
    // Leases ran on while Redis was away: workers that live get the time to say so.
    if ((queue.connectedMs() ?? 0) < LEASE_MS) return;
    const jobs = await queue.recover();
    if (jobs.length === 0) return;
    log.warn({ jobs: jobs.map(({ id, state }) => ({ id, state })) }, 'jobs taken back');
  };
  const giveUp = createGiveUp({ queue, hosts: board.hosts });
  const giveUpForAll = async (): Promise<void> => {
    if (!board.isElected()) return;
    const jobs = await giveUp();
    if (jobs.length === 0) return;
    const given = jobs.map(({ id, error }) => ({ id, error: error?.message }));
    log.warn({ jobs: given }, 'jobs given up: no worker can do them');
  };
  const leaving = new AbortController();
  let following: Promise<void> = Promise.resolve();
  let isFollowing = false;
  const follow = createFollower({
    trees,
    hosts: board.hosts,
    signal: leaving.signal,
    onMove: ({ name, commit }) => log.info({ tree: name, commit }, 'fetched what jobs come in for'),
    onFailure: ({ name, commit }, error) =>
      log.warn({ err: error, tree: name, commit }, 'a commit could not be fetched'),
  });
  const isFollower = settings.role === 'worker' && settings.treeFollow === 'on';
  const timer = setInterval(() => {
    recover().catch((error: unknown) => log.warn({ err: error }, 'jobs could not be taken back'));
    giveUpForAll().catch((error: unknown) =>
      log.warn({ err: error }, 'jobs could not be looked through'),
    );
    if (isFollower && !isFollowing) {
      isFollowing = true;
      following = follow()
        .catch((error: unknown) => log.warn({ err: error }, 'trees could not be compared'))
        .finally(() => {
          isFollowing = false;
        });
    }
  }, RECOVER_EVERY_MS);

  const stopFollowing = (): Promise<void> => {
    leaving.abort();
    return following;
  };

  return {
    hosts: board.hosts,
    isElected: board.isElected,
    stopFollowing,
    async stop() {
      clearInterval(timer);
      await stopFollowing();
      await board.stop();
    },
  };
}
