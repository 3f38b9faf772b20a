/** What the parts of the job queue's contract suite share: an engine, and the few steps that all of them take. */
import { KilnError } from '../../core/errors.ts';
import type { Claim, Job, JobQueue, NewJob } from '../../core/queue/contract.ts';

export interface QueueEngine {
  readonly queue: JobQueue;
  /** The time that the queue sees. */
  now(): number;
  /** Moves that time; nothing waits. */
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

export interface QueueEngineOptions {
  readonly queueLimit: number;
}

export type MakeQueueEngine = (options: QueueEngineOptions) => Promise<QueueEngine>;

/** The engine of the test that runs, and steps on it. */
export interface Context {
  engine(): QueueEngine;
  queue(): JobQueue;
  submit(more?: Partial<NewJob>): Promise<Job>;
  /** Claims the next job, which there must be. */
  claim(workerId?: string): Promise<Claim>;
  get(id: string): Promise<Job>;
  /** The states that a job's story tells, in order. */
  states(id: string): Promise<readonly string[]>;
}

export const LIMIT = 5;
export const LEASE = 30_000;
export const KINDS = ['compile'];
export const FAILURE = new KilnError('job.timed-out', 'Too slow.').toReport();

export const newJob = (more: Partial<NewJob> = {}): NewJob => ({
  kind: 'compile',
  payload: { keyboard: 'planck/rev6', layers: [[1, null, true, 'KC_A']] },
  timeLimitMs: 900_000,
  ...more,
});

/** The code that a call was refused with. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error as { code?: unknown }).code,
  );

export function createContext(engine: () => QueueEngine): Context {
  const queue = () => engine().queue;
  return {
    engine,
    queue,
    submit: (more) => queue().submit(newJob(more)),
    claim: async (workerId = 'worker-1') => {
      const claim = await queue().claim(workerId, KINDS, LEASE);
      if (claim === null) throw new Error('There was no job to claim.');
      return claim;
    },
    get: async (id) => {
      const job = await queue().get(id);
      if (job === null) throw new Error(`Job ${id} is gone.`);
      return job;
    },
    states: async (id) => {
      const events = await queue().events(id, 0);
      return events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    },
  };
}
