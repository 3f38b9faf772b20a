/** A real service of several hosts on this machine, for benchmarks: API hosts, worker hosts of one worker each, Redis, S3. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CompileResult, compileResultSchema } from '../../core/compile/job.ts';
import type { Job } from '../../core/queue/contract.ts';
import { createRedisQueue, type RedisJobQueue } from '../../core/queue/redis/redis-queue.ts';
import {
  apiSettings,
  type Shared,
  startShared,
  startWorkerHost,
} from '../../test/fixtures/cluster/shared.ts';
import { keymapOf, type TestKeymap, withKey } from '../../test/fixtures/service/keymaps.ts';
import { Place } from '../../test/fixtures/service/place.ts';
import { createSlowCompiler, type SlowCompiler } from './slow-compiler.ts';

const CLUSTER = 'bench';
const QUEUE_LIMIT = 100_000;
/** Rounds until every worker has what makes its builds quick. */
const MOST_ROUNDS = 20;
const LOOK_MS = 20;

export interface EndedJob {
  readonly id: string;
  readonly workerId: string;
  /** Milliseconds since the epoch, by the clock of Redis. */
  readonly createdAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: CompileResult;
}

/** No two numbers below 46 656 give the same keymap. */
export function numberedKeymap(number: number): TestKeymap {
  const digits = [number, Math.floor(number / 36), Math.floor(number / 1296)];
  return digits.reduce((keymap, digit, key) => {
    const code = keymapOf(digit % 36).layers[0]?.[0] ?? '';
    return withKey(keymap, 0, key, code);
  }, keymapOf(0));
}

function endedJob(job: Job | null): EndedJob {
  const { id = '', state, workerId, startedAt, endedAt, createdAt = 0 } = job ?? {};
  const result = compileResultSchema.safeParse(job?.result).data;
  if (workerId == null || startedAt == null || endedAt == null || result?.returncode !== 0) {
    throw new Error(`a job ended as ${state}: ${JSON.stringify(job?.error ?? result?.output)}`);
  }
  return { id, workerId, createdAt, startedAt, endedAt, result };
}

export class Cluster {
  readonly shared: Shared;
  readonly queue: RedisJobQueue;
  readonly compiler: SlowCompiler;
  readonly #places: Place[] = [];
  readonly #apis: string[] = [];
  #workers = 0;
  #keymaps = 0;

  /** @param name of the cluster: what one does, another sees nothing of. */
  static async start(apis: number, name = CLUSTER, shared?: Shared): Promise<Cluster> {
    const cluster = new Cluster(shared ?? (await startShared()), name);
    for (let count = 0; count < apis; count += 1) await cluster.#addApi();
    return cluster;
  }

  readonly #name: string;
  private constructor(shared: Shared, name: string) {
    this.shared = shared;
    this.#name = name;
    const { address } = shared.redis;
    this.queue = createRedisQueue({ address, name, queueLimit: QUEUE_LIMIT, waitMs: 5000 });
    this.compiler = createSlowCompiler(this.#newPlace().folder);
  }

  get apis(): readonly string[] {
    return this.#apis;
  }

  get workers(): number {
    return this.#workers;
  }

  #newPlace(): Place {
    const place = new Place();
    this.#places.push(place);
    return place;
  }

  async #addApi(): Promise<void> {
    const env = {
      ...this.shared.settings(this.#name),
      ...apiSettings('127.0.0.1', ['localhost']),
      KILN_QUEUE_LIMIT: String(QUEUE_LIMIT),
    };
    this.#apis.push((await this.#newPlace().serve({ env })).url);
  }

  /** Adds hosts until there are so many, and has each build until its builds are quick. */
  async haveWorkers(count: number): Promise<void> {
    while (this.#workers < count) {
      await startWorkerHost(this.#newPlace(), {
        ...this.shared.settings(this.#name),
        KILN_WORKERS: '1',
        KILN_TOOLCHAIN_DIR: this.compiler.folder,
      });
      this.#workers += 1;
    }
    const quick = new Set<string>();
    for (let round = 0; quick.size < count; round += 1) {
      if (round === MOST_ROUNDS) throw new Error('not every worker takes part');
      for (const { workerId, result } of await this.build(2 * count)) {
        if (result.way?.path === 'plan') quick.add(workerId);
      }
    }
  }

  /** A keymap that nobody has built. */
  newKeymap(): number {
    this.#keymaps += 1;
    return this.#keymaps;
  }

  /** @returns the job's id. */
  async submit(number: number): Promise<string> {
    const api = this.#apis[number % this.#apis.length] ?? '';
    const answer = await fetch(`${api}/v1/compile`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(numberedKeymap(number)),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return (JSON.parse(text) as { job_id: string }).job_id;
  }

  /** Waits for the end of all jobs. @returns these ones. */
  async ended(ids: readonly string[]): Promise<readonly EndedJob[]> {
    for (;;) {
      const { queued, running } = await this.queue.counts();
      if (queued + running === 0) break;
      await sleep(LOOK_MS);
    }
    return Promise.all(ids.map(async (id) => endedJob(await this.queue.get(id))));
  }

  /** So many jobs at once, of keymaps that nobody has built. */
  async build(count: number): Promise<readonly EndedJob[]> {
    const numbers = Array.from({ length: count }, () => this.newKeymap());
    return this.ended(await Promise.all(numbers.map((number) => this.submit(number))));
  }

  /** @param keepShared for another cluster on the same servers. */
  async close(keepShared = false): Promise<void> {
    await this.queue.close();
    await Promise.all(this.#places.map((place) => place.close()));
    if (!keepShared) await this.shared.close();
  }
}
