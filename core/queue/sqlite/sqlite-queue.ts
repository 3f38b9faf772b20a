/** The job queue on SQLite, put together from its transitions: one file each, drawn in ../README.md. */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import { toDatabaseError } from '../../db/sqlite-errors.ts';
import type { JobQueue } from '../contract.ts';
import { prepareCancel } from './cancel.ts';
import { prepareCancelClaimed } from './cancel-claimed.ts';
import { prepareClaim } from './claim.ts';
import { prepareEndClaimed } from './end-claimed.ts';
import type { Engine } from './engine.ts';
import { prepareFail } from './fail.ts';
import { prepareFinish } from './finish.ts';
import { prepareHandBack } from './hand-back.ts';
import { prepareHeartbeat } from './heartbeat.ts';
import { prepareForget, prepareHistory, preparePin } from './history.ts';
import { prepareCounts, prepareEvents, prepareGet, prepareList, preparePosition } from './read.ts';
import { prepareRecord } from './record.ts';
import { prepareRecover } from './recover.ts';
import { prepareRefuse } from './refuse.ts';
import { prepareRelease } from './release.ts';
import { prepareStory } from './story.ts';
import { prepareSubmit } from './submit.ts';
import { prepareSweep } from './sweep.ts';
import { createWatchers } from './watchers.ts';

export interface SqliteQueueOptions {
  /** An open database; it stays the caller's to close, after the queue. */
  readonly database: Database;
  /** Jobs that may wait at the same time. */
  readonly queueLimit: number;
  /** Milliseconds since the epoch; the system's clock by default. */
  readonly now?: () => number;
  /**
   * Milliseconds that leases are counted in. By default `now` where that is given, else the machine's time since its
   * start, which all processes share and no setting of the clock moves. Over a restart of the machine it says nothing;
   * no worker lives over one.
   */
  readonly leaseNow?: () => number;
  readonly randomBytes?: (size: number) => Uint8Array;
  /** How often watchers are served although nobody called `notify`, in milliseconds; 500 by default. */
  readonly pollMs?: number;
  /**
   * Told after each write of this very object, and never of another process's: what wires processes together
   * passes it on to their `notify`.
   */
  readonly onWrite?: (jobId: string | null) => void;
}

export interface SqliteJobQueue extends JobQueue {
  /** Another process changed this job (null: any job). Its word makes watchers quick, not right. */
  notify(jobId: string | null): void;
  /** A file is never away. */
  connectedMs(): number;
}

function sinceBoot(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** Opens the queue in a database. Several processes may each have one on the same file. */
export function createSqliteQueue(options: SqliteQueueOptions): SqliteJobQueue {
  const {
    database,
    queueLimit,
    now = Date.now,
    leaseNow = options.now ?? sinceBoot,
    randomBytes = systemRandomBytes,
    onWrite,
  } = options;
  const newToken = () => Buffer.from(randomBytes(16)).toString('hex');
  const engine: Engine = { database, now, leaseNow, newToken, queueLimit };
  const story = prepareStory(engine);
  const release = prepareRelease(engine, story);
  const submit = prepareSubmit(engine, story);
  const claimNext = prepareClaim(engine, story);
  const heartbeat = prepareHeartbeat(engine);
  const record = prepareRecord(engine, story);
  const endClaimed = prepareEndClaimed(engine, story);
  const finish = prepareFinish(endClaimed);
  const fail = prepareFail(endClaimed);
  const cancelClaimed = prepareCancelClaimed(endClaimed);
  const handBack = prepareHandBack(engine, release);
  const cancel = prepareCancel(engine, story);
  const refuse = prepareRefuse(engine, story);
  const recover = prepareRecover(engine, release);
  const pin = preparePin(engine);
  const forget = prepareForget(engine);
  const sweep = prepareSweep(engine);
  const watchers = createWatchers(database, options.pollMs ?? 500);

  /** Makes a rejection of what the database throws, with our codes instead of SQLite's. */
  const asynchronous =
    <Arguments extends unknown[], Result>(call: (...parameters: Arguments) => Result) =>
    async (...parameters: Arguments): Promise<Awaited<Result>> => {
      try {
        return await call(...parameters);
      } catch (error) {
        throw toDatabaseError(error, database.name);
      }
    };
  /** After the transaction, so that who looks because of the call sees the change. */
  const announce = (jobId: string | null): void => {
    watchers.notify(jobId);
    // Apart, as watchers are called: a broken channel must not look like a write that failed.
    if (onWrite !== undefined) queueMicrotask(() => onWrite(jobId));
  };
  const announced = <Changed extends { readonly id: string }>(job: Changed): Changed => {
    announce(job.id);
    return job;
  };

  return {
    get: asynchronous(prepareGet(database)),
    list: asynchronous(prepareList(database)),
    history: asynchronous(prepareHistory(database)),
    counts: asynchronous(prepareCounts(database)),
    position: asynchronous(preparePosition(database)),
    events: asynchronous(prepareEvents(database)),

    submit: asynchronous((job) => announced(submit(job))),
    claim: asynchronous((workerId, kinds, leaseMs) => {
      const claim = claimNext(workerId, kinds, leaseMs);
      if (claim !== null) announced(claim.job);
      return claim;
    }),
    heartbeat: asynchronous(heartbeat),
    record: asynchronous((claim, events) => {
      if (events.length > 0 && record(claim, events)) announced(claim.job);
    }),
    finish: asynchronous((claim, result) => announced(finish(claim, result))),
    fail: asynchronous((claim, error) => announced(fail(claim, error))),
    cancelClaimed: asynchronous((claim) => announced(cancelClaimed(claim))),
    handBack: asynchronous((claim) => announced(handBack(claim))),
    cancel: asynchronous((id) => {
      const { job, changed } = cancel(id);
      return changed && job !== null ? announced(job) : job;
    }),
    refuse: asynchronous((id, error) => {
      const { job, changed } = refuse(id, error);
      return changed && job !== null ? announced(job) : job;
    }),
    recover: asynchronous((workerId) => recover(workerId).map(announced)),
    pin: asynchronous((id, pinned) => {
      const job = pin(id, pinned);
      return job === null ? null : announced(job);
    }),
    forget: asynchronous((id) => {
      const forgotten = forget(id);
      if (forgotten) announce(id);
      return forgotten;
    }),
    sweep: asynchronous(async (before) => {
      const swept = await sweep(before);
      if (swept.length > 0) announce(null);
      return swept;
    }),

    watch: (listener) => watchers.add(listener),
    notify: (jobId) => watchers.notify(jobId),
    connectedMs: () => Number.POSITIVE_INFINITY,
    close: async () => watchers.close(),
  };
}
