/** The job queue on Redis, shared by any number of machines. Its transitions are scripts: scripts.ts. */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { type ErrorReport, KilnError } from '../../errors.ts';
import {
  type Claim,
  type HistoryOptions,
  isJobId,
  type Job,
  type JobQueue,
  type JobState,
  type JsonValue,
  LOG_CUT_LINE,
  MAX_LOG_BYTES,
  MAX_TRIES,
  type NewJob,
  type WorkerEvent,
} from '../contract.ts';
import { canceledReport, claimLost, workerLostReport } from '../reports.ts';
import { connect, type RedisAddress } from './connection.ts';
import { type FlatRow, toEvents, toJob } from './rows.ts';
import { createWatchers } from './watchers.ts';

export interface RedisQueueOptions {
  readonly address: RedisAddress;
  /** Before every key, so that several services may share a server: lower-case letters, digits, `-`. */
  readonly name: string;
  /** Jobs that may wait at the same time. */
  readonly queueLimit: number;
  /** Milliseconds that a call waits for Redis to come back before it fails with `queue.unreachable`. */
  readonly waitMs: number;
  /** Milliseconds since the epoch; the server's clock by default, which is the same for all machines. */
  readonly now?: () => number;
  readonly randomBytes?: (size: number) => Uint8Array;
}

export interface RedisJobQueue extends JobQueue {
  /** Milliseconds since Redis is there without a break; null while it is away. */
  connectedMs(): number | null;
}

const SWEEP_BATCH = 50;
const DEFAULT_LIST_LIMIT = 100;
const ALL_STATES: readonly JobState[] = ['queued', 'running', 'finished', 'failed', 'canceled'];

type Row = FlatRow | null;

function jobOf(row: Row): Job | null {
  return row === null ? null : toJob(row);
}

function jobsOf(rows: readonly FlatRow[]): readonly Job[] {
  return rows.map(toJob).filter((job) => job !== null);
}

/** The first fields of a job, name and value in turn; those without a value are left out. */
function firstFields(job: NewJob): readonly string[] {
  const { client, requestId } = job;
  return [
    ...['kind', job.kind],
    ...['payload', JSON.stringify(job.payload)],
    ...['title', job.title ?? ''],
    ...['front', job.front === true ? '1' : '0'],
    ...['timeLimitMs', String(job.timeLimitMs)],
    ...['needs', JSON.stringify(job.needs ?? [])],
    ...(client === undefined ? [] : ['client', client]),
    ...(requestId === undefined ? [] : ['requestId', requestId]),
  ];
}

/** A batch of events as the arguments of the script. */
function toArguments(events: readonly WorkerEvent[]): readonly (string | number)[] {
  return events.flatMap((event) =>
    event.type === 'progress'
      ? ['progress', JSON.stringify(event.progress)]
      : [
          'log',
          event.lines.length,
          // Bytes as in a log file: UTF-8 with the newline.
          ...event.lines.flatMap((line) => [Buffer.byteLength(line) + 1, JSON.stringify(line)]),
        ],
  );
}

/** Opens the queue; Redis is asked at the first call. */
export function createRedisQueue(options: RedisQueueOptions): RedisJobQueue {
  const { address, queueLimit, now, randomBytes = systemRandomBytes, waitMs } = options;
  const prefix = `{kiln-${options.name}}:`;
  const redis = connect({ address, prefix, waitMs });
  const watchers = createWatchers({ address, prefix, waitMs });
  const newToken = (): string => Buffer.from(randomBytes(16)).toString('hex');
  /** Empty: the server's clock. */
  const time = (): string => (now === undefined ? '' : String(now()));
  const canceled = JSON.stringify(canceledReport('while it ran'));

  const held = (row: Row, claim: Claim): Job => {
    const job = jobOf(row);
    if (job === null) throw claimLost(claim);
    return job;
  };
  const end = async (
    claim: Claim,
    state: JobState,
    name: 'result' | 'error',
    value: JsonValue | ErrorReport,
  ): Promise<Job> => {
    const { job, token } = claim;
    const json = JSON.stringify(value);
    const row = await redis.run<Row>('kilnEnd', (again) => [
      ...[time(), job.id, token, state, name, json],
      again ? '1' : '0',
    ]);
    return held(row, claim);
  };

  return {
    async submit(job) {
      const id = newToken();
      const first = firstFields(job);
      const row = await redis.run<Row>('kilnSubmit', () => [
        ...[time(), id, queueLimit, job.key ?? ''],
        ...first,
      ]);
      const made = jobOf(row);
      if (made !== null) return made;
      throw new KilnError('queue.full', `${queueLimit} jobs wait already; no more are taken.`, {
        details: { limit: queueLimit },
      });
    },
    async claim(workerId, kinds, leaseMs, offers = []) {
      const token = newToken();
      const wanted = [JSON.stringify(kinds), JSON.stringify(offers)];
      const row = await redis.run<Row>('kilnClaim', (again) => [
        ...[time(), workerId, token, leaseMs, time(), ...wanted],
        again ? '1' : '0',
      ]);
      const job = jobOf(row);
      return job === null ? null : { job, token };
    },
    heartbeat: ({ job, token }, leaseMs) =>
      redis.run('kilnHeartbeat', () => [time(), job.id, token, leaseMs, time()]),
    async record({ job, token }, events) {
      if (events.length === 0) return;
      const batch = toArguments(events);
      const cut = JSON.stringify(LOG_CUT_LINE);
      await redis.run('kilnRecord', () => [time(), job.id, token, MAX_LOG_BYTES, cut, ...batch]);
    },
    finish: (claim, result) => end(claim, 'finished', 'result', result),
    fail: (claim, error) => end(claim, 'failed', 'error', error),
    cancelClaimed: (claim) => end(claim, 'canceled', 'error', canceledReport('while it ran')),
    handBack: async (claim) =>
      held(
        await redis.run<Row>('kilnHandBack', () => [time(), claim.job.id, claim.token, canceled]),
        claim,
      ),
    async cancel(id) {
      if (!isJobId(id)) return null;
      const error = JSON.stringify(canceledReport('before it started'));
      return jobOf(await redis.run<Row>('kilnCancel', () => [time(), id, error]));
    },
    async refuse(id, error) {
      if (!isJobId(id)) return null;
      return jobOf(await redis.run<Row>('kilnRefuse', () => [time(), id, JSON.stringify(error)]));
    },
    recover: async (workerId = '') =>
      jobsOf(
        await redis.run<readonly FlatRow[]>('kilnRecover', () => [
          ...[time(), time(), workerId, MAX_TRIES, canceled],
          JSON.stringify(workerLostReport()),
        ]),
      ),

    async get(id) {
      if (!isJobId(id)) return null;
      const row = await redis.ask((client) => client.hgetall(`${prefix}job:${id}`));
      return toJob(Object.entries(row).flat());
    },
    list: async ({ states = ALL_STATES, limit = DEFAULT_LIST_LIMIT } = {}) =>
      states.length === 0
        ? []
        : jobsOf(await redis.run<readonly FlatRow[]>('kilnList', () => ['', limit, ...states])),
    async history({ limit, before = '', text = '', states, pinned }: HistoryOptions) {
      // Only letters of ASCII, as the script does it, and SQLite.
      const words = text
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
        .split(/\s+/)
        .filter((word) => word !== '');
      const jobs = jobsOf(
        await redis.run<readonly FlatRow[]>('kilnHistory', () => [
          ...['', limit + 1, before, states === undefined ? '' : JSON.stringify(states)],
          ...[pinned === true ? '1' : '0', ...words],
        ]),
      );
      return { jobs: jobs.slice(0, limit), more: jobs.length > limit };
    },
    async counts() {
      const [queued, running] = await redis.ask((client) =>
        Promise.all([client.zcard(`${prefix}order`), client.zcard(`${prefix}state:running`)]),
      );
      return { queued, running };
    },
    position: async (id) =>
      isJobId(id) ? redis.ask((client) => client.zrank(`${prefix}order`, id)) : null,
    async events(id, afterSeq) {
      if (!isJobId(id)) return [];
      const lines = await redis.ask((client) =>
        client.lrange(`${prefix}events:${id}`, afterSeq, -1),
      );
      return toEvents(lines, afterSeq + 1);
    },

    async pin(id, pinned) {
      if (!isJobId(id)) return null;
      return jobOf(await redis.run<Row>('kilnPin', () => [time(), id, pinned ? '1' : '0']));
    },
    forget: async (id) =>
      isJobId(id) && (await redis.run<number>('kilnForget', () => [time(), id])) === 1,
    async sweep(before) {
      const swept: string[] = [];
      let passed = 0;
      for (;;) {
        const [gone, over, seen] = await redis.run<[string[], number, number]>('kilnSweep', () => [
          ...[time(), before, SWEEP_BATCH, passed],
        ]);
        swept.push(...gone);
        passed = over;
        if (seen < SWEEP_BATCH) return swept;
      }
    },
    watch: (listener) => watchers.add(listener),
    connectedMs: redis.connectedMs,
    async close() {
      watchers.close();
      redis.close();
    },
  };
}
