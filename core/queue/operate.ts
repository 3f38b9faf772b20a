/** What an operator does to a queue as a whole, on top of its contract: who waits, for whom, and emptying it. */
import type { Job, JobQueue } from './contract.ts';

/** More jobs than can wait or run. */
const ALL = 1_000_000;

/** The jobs of one client that wait or run. */
export interface ClientShare {
  /** A network address, or what stands for one; null for jobs whose sender was not written down. */
  readonly client: string | null;
  readonly waiting: number;
  readonly running: number;
  /** When the oldest of them came in; milliseconds since the epoch. */
  readonly oldestAt: number;
}

export interface Flushed {
  /** Jobs that waited and ended at once. */
  readonly canceled: number;
  /** Jobs that ran and were asked to end. */
  readonly stopping: number;
}

/** Running jobs, the oldest claim first; then waiting ones in the order in which they will be claimed. */
export async function openJobs(queue: JobQueue, limit = ALL): Promise<readonly Job[]> {
  const running = await queue.list({ states: ['running'], limit });
  const queued = await queue.list({ states: ['queued'], limit });
  return [...[...running].reverse(), ...queued].slice(0, limit);
}

/** Who has jobs in the queue; the one with the most first. */
export async function jobsByClient(queue: JobQueue): Promise<readonly ClientShare[]> {
  const shares = new Map<string | null, ClientShare>();
  for (const { client, state, createdAt } of await openJobs(queue)) {
    const share = shares.get(client) ?? { client, waiting: 0, running: 0, oldestAt: createdAt };
    shares.set(client, {
      client,
      waiting: share.waiting + (state === 'queued' ? 1 : 0),
      running: share.running + (state === 'running' ? 1 : 0),
      oldestAt: Math.min(share.oldestAt, createdAt),
    });
  }
  const total = ({ waiting, running }: ClientShare) => waiting + running;
  return [...shares.values()].sort((a, b) => total(b) - total(a) || a.oldestAt - b.oldestAt);
}

/**
 * Empties the queue: what waits is canceled, the last to be claimed first, so that no worker takes what is about to go.
 * @param running asks running jobs to end as well.
 */
export async function flushQueue(queue: JobQueue, running: boolean): Promise<Flushed> {
  const waiting = await queue.list({ states: ['queued'], limit: ALL });
  let canceled = 0;
  let stopping = 0;
  for (const { id } of [...waiting].reverse()) {
    const job = await queue.cancel(id);
    if (job?.state === 'canceled') canceled += 1;
    // A worker was quicker; it is told to stop, since it was to go.
    else if (job?.state === 'running') stopping += 1;
  }
  if (!running) return { canceled, stopping };
  for (const { id } of await queue.list({ states: ['running'], limit: ALL })) {
    const job = await queue.cancel(id);
    if (job?.state === 'running') stopping += 1;
  }
  return { canceled, stopping };
}

/** A job's live log so far. */
export async function jobLog(queue: JobQueue, id: string): Promise<readonly string[]> {
  const events = await queue.events(id, 0);
  return events.flatMap((event) => (event.type === 'log' ? event.lines : []));
}
