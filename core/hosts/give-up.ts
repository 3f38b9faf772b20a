/** Ends jobs that no worker of the service can do, so that nobody waits for them for ever. */
import { type ErrorReport, KilnError } from '../errors.ts';
import type { Job, JobQueue } from '../queue/contract.ts';
import type { HostNote } from './board.ts';
import { describeNeed } from './offers.ts';

/** Long enough for an update of a tree to reach every machine, one after the other. */
export const GRACE_MS = 15 * 60_000;

/** As many as are looked at; later ones have their turn once these have ended. */
const MOST = 1000;

export interface GiveUpOptions {
  readonly queue: Pick<JobQueue, 'list' | 'refuse'>;
  readonly hosts: () => readonly HostNote[];
  readonly graceMs?: number;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/** What the machine that comes closest does not offer; empty when one offers everything. */
function lackOf(needs: readonly string[], builders: readonly HostNote[]): readonly string[] {
  const lacks = builders.map(({ offers }) => needs.filter((need) => !offers.includes(need)));
  return lacks.reduce((least, lack) => (lack.length < least.length ? lack : least), needs);
}

function reportOf(lack: readonly string[]): ErrorReport {
  const words = lack.map(describeNeed).join(', ');
  return new KilnError('job.no-worker', `No worker has what this job needs: ${words}.`, {
    details: { needs: [...lack] },
  }).toReport();
}

/**
 * @returns a function to call now and then: it ends each queued job that needed, at every call for so long, what no living
 * worker offers, and answers with those. While no worker lives at all, every job waits.
 */
export function createGiveUp(options: GiveUpOptions): () => Promise<readonly Job[]> {
  const { queue, hosts, graceMs = GRACE_MS, now = () => performance.now() } = options;
  let since = new Map<string, number>();
  return async () => {
    const builders = hosts().filter(({ workers }) => workers.some(({ alive }) => alive));
    const before = since;
    since = new Map();
    if (builders.length === 0) return [];
    const ended: Job[] = [];
    for (const job of await queue.list({ states: ['queued'], limit: MOST })) {
      const lack = lackOf(job.needs, builders);
      if (lack.length === 0) continue;
      const first = before.get(job.id) ?? now();
      since.set(job.id, first);
      if (now() - first < graceMs) continue;
      const refused = await queue.refuse(job.id, reportOf(lack));
      if (refused?.state === 'failed') ended.push(refused);
    }
    return ended;
  };
}
