/**
 * The job queue's contract. Two engines implement it (SQLite, Redis) and one suite,
 * `test/contracts/job-queue.ts`, holds both to it. The states and transitions are drawn in `README.md`.
 *
 * Times are milliseconds since the epoch, by the clock that the engine was given.
 */
import type { ErrorReport } from '../errors.ts';

/** See the diagram in README.md. `finished` means that the work ran to its own end, well or not. */
export type JobState = 'queued' | 'running' | 'finished' | 'failed' | 'canceled';

/** What JSON can say; members that are undefined are left out of it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/** What a client hands in. */
export interface NewJob {
  /** Which work it is; workers claim by kind. `compile` is the first. */
  readonly kind: string;
  /** The work's input; its shape belongs to the kind. */
  readonly payload: JsonValue;
  /** Where it came from (a network address), for operators only; never shown to clients. */
  readonly client?: string;
  /** Of the request that brought it, as the service's log names it. */
  readonly requestId?: string;
  /** What people look for it by: a few words. */
  readonly title?: string;
  /** Goes before every queued job that is not `front` itself. */
  readonly front?: boolean;
  /** Wall time that one try may take. */
  readonly timeLimitMs: number;
  /**
   * What a worker has to have for it, as its offers name it. An engine for one machine takes no notice: all its workers
   * have the same.
   */
  readonly needs?: readonly string[];
  /**
   * Two submissions under one key are the same: the second finds the job of the first, until that is forgotten. An engine
   * for one machine takes no notice: nothing stands between it and whoever submits.
   */
  readonly key?: string;
}

/** How far a running job is. `fraction` is 0 to 1, and absent where no end is known. */
export interface JobProgress {
  readonly stage: string;
  readonly fraction?: number;
}

export interface Job {
  /** 32 lower-case hexadecimal digits: 128 random bits. */
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly payload: JsonValue;
  readonly client: string | null;
  readonly requestId: string | null;
  readonly front: boolean;
  /** Somebody wants to keep it: no sweep forgets it. */
  readonly pinned: boolean;
  readonly timeLimitMs: number;
  /** See `NewJob.needs`; empty where the engine takes no notice. */
  readonly needs: readonly string[];
  readonly createdAt: number;
  /** Last time it entered the queue: creation, a requeue after a lost worker, or a hand-back. */
  readonly enqueuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Claims so far; a hand-back does not count. */
  readonly tries: number;
  readonly workerId: string | null;
  readonly cancelRequested: boolean;
  readonly progress: JobProgress | null;
  /** Set by `finish`. */
  readonly result: JsonValue;
  /** Set by `fail`, `refuse` and `cancel`. */
  readonly error: ErrorReport | null;
}

/** One step of a job's story. `seq` grows by one a job, from 1: a client resumes after the last it saw. */
export type JobEvent = { readonly seq: number; readonly at: number } & JobEventBody;

export type JobEventBody =
  | { readonly type: 'state'; readonly state: JobState }
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'log'; readonly lines: readonly string[] };

/** What a worker may write between claim and end. State events are the queue's own. */
export type WorkerEvent = Extract<JobEventBody, { type: 'progress' | 'log' }>;

/** Proof that a worker holds a job. Each claim has its own token, so an outlived claim opens nothing. */
export interface Claim {
  readonly job: Job;
  readonly token: string;
}

/** `held`: go on. `cancel`: stop the work and call `cancelClaimed`. `lost`: stop, and write nothing. */
export type Heartbeat = 'held' | 'cancel' | 'lost';

export interface QueueCounts {
  readonly queued: number;
  readonly running: number;
}

export interface ListOptions {
  /** All states by default. */
  readonly states?: readonly JobState[];
  /** At most so many jobs; 100 by default. */
  readonly limit?: number;
}

export interface HistoryOptions {
  /** Jobs of a page. */
  readonly limit: number;
  /** The last job of the page before; the newest jobs without it. */
  readonly before?: string;
  /** Words, each of which has to be in the title. */
  readonly text?: string;
  readonly states?: readonly JobState[];
  /** Those that are kept, only. */
  readonly pinned?: boolean;
}

export interface HistoryPage {
  /** By arrival, the newest first. */
  readonly jobs: readonly Job[];
  /** Whether a page comes after this one. */
  readonly more: boolean;
}

export interface JobQueue {
  /** @throws KilnError `queue.full` when as many jobs wait as the engine was told to hold. */
  submit(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | null>;
  /** Queued jobs first, in the order in which they will be claimed; then the others, newest first. */
  list(options?: ListOptions): Promise<readonly Job[]>;
  history(options: HistoryOptions): Promise<HistoryPage>;
  counts(): Promise<QueueCounts>;
  /** How many jobs will be claimed before this one; null unless it is queued. */
  position(id: string): Promise<number | null>;

  /** Takes the next job of one of the kinds whose needs are among the offers, for `leaseMs`; null when there is none. */
  claim(
    workerId: string,
    kinds: readonly string[],
    leaseMs: number,
    offers?: readonly string[],
  ): Promise<Claim | null>;
  /** Prolongs the lease by `leaseMs` from now. */
  heartbeat(claim: Claim, leaseMs: number): Promise<Heartbeat>;
  /**
   * Adds to the story; silently nothing when the claim is lost. The live log of a job is kept up to
   * `MAX_LOG_BYTES`; then `LOG_CUT_LINE` ends it, and later lines are dropped.
   */
  record(claim: Claim, events: readonly WorkerEvent[]): Promise<void>;
  /** @throws KilnError `queue.claim-lost` when the claim no longer holds: nothing was written. */
  finish(claim: Claim, result: JsonValue): Promise<Job>;
  /** @throws KilnError `queue.claim-lost` */
  fail(claim: Claim, error: ErrorReport): Promise<Job>;
  /** Ends a job whose cancel was asked for, once its processes are gone. @throws `queue.claim-lost` */
  cancelClaimed(claim: Claim): Promise<Job>;
  /**
   * Back to its old place in the queue, before all that came later, the try not counted (a worker that
   * drains). Canceled instead where that was asked for. @throws `queue.claim-lost`
   */
  handBack(claim: Claim): Promise<Job>;

  /**
   * Asks for the end of a job. Queued: canceled at once. Running: marked, and its worker told at the next
   * heartbeat. Ended: unchanged.
   * @returns the job after the call, or null when there is none of that id.
   */
  cancel(id: string): Promise<Job | null>;
  /**
   * Fails a job that still waits, with why nobody can do it; any other is unchanged.
   * @returns the job after the call, or null when there is none of that id.
   */
  refuse(id: string, error: ErrorReport): Promise<Job | null>;
  /**
   * Takes running jobs back from workers that are gone: those whose lease ran out and, when `workerId` is
   * given, all of that worker's. Each is queued again at its old place, or failed with `job.worker-lost`
   * after its third try, or canceled where that was asked for.
   * @returns the jobs that changed.
   */
  recover(workerId?: string): Promise<readonly Job[]>;

  /** A job's story after `afterSeq`, oldest first. */
  events(id: string, afterSeq: number): Promise<readonly JobEvent[]>;
  /**
   * Calls back, without details, after something may have changed: a job id, or null for «look at all».
   * Spurious calls happen; missed ones do not as long as the process lives.
   */
  watch(listener: (jobId: string | null) => void): () => void;

  /** Keeps a job from being swept, or lets it go with the others again. @returns null when there is none. */
  pin(id: string, pinned: boolean): Promise<Job | null>;
  /**
   * Forgets one job that has ended, a pinned one too.
   * @returns whether it did; its artifacts can go then.
   */
  forget(id: string): Promise<boolean>;

  /**
   * Forgets jobs that ended before `before` and are not pinned.
   * @returns their ids, so that their artifacts can go too.
   */
  sweep(before: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A job is given up after so many claims that ended without a word. */
export const MAX_TRIES = 3;

/** Bytes of live log that a queue keeps of one job; the whole log is an artifact. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** The last line of a live log that was longer. */
export const LOG_CUT_LINE =
  '[Kiln] The live log is cut here, at 4 MiB. The whole log is among the files of the job.';

const JOB_ID = /^[0-9a-f]{32}$/;

/** Whether a text has the exact form of a job id; anything else is unknown before any look-up. */
export function isJobId(text: string): boolean {
  return JOB_ID.test(text);
}
