/**
 * Two API hosts, three worker hosts, Redis, an S3-compatible store and HAProxy, each host with a network of its own. While
 * people build through HAProxy, hosts are killed, cut off, brought back and restarted at random.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedisQueue } from '../../core/queue/redis/redis-queue.ts';
import { type Haproxy, startHaproxy } from '../fixtures/cluster/haproxy.ts';
import { apiSettings, type Shared, startShared } from '../fixtures/cluster/shared.ts';
import { keymapsIn } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { until } from '../fixtures/service/until.ts';
import { createNetwork, GATEWAY, type Network, type NetworkHost } from './network.ts';
import { People } from './people.ts';
import { createRandom, type Random } from './random.ts';

const KILN = resolve(import.meta.dirname, '../../cli/kiln.js');
const CLUSTER = 'storm';
const PORT = 5001;
const READY_MS = 120_000;
const SETTLED_MS = 240_000;
/** Some longer than a lease, so that another host takes the job of one that is only cut off. */
const LONGEST_CUT_MS = 40_000;
const LONGEST_API_CUT_MS = 8000;
const LONGEST_PAUSE_MS = 4000;

type Role = 'api' | 'worker';
export const TROUBLES = [
  'kill a worker',
  'cut a worker off',
  'restart a worker',
  'kill an API host',
  'cut an API host off',
  'restart an API host',
  'kill Redis',
] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface ClusterSummary {
  readonly troubles: Readonly<Record<Trouble, number>>;
  /** How often every host was restarted in turn while people built. */
  readonly rounds: number;
  readonly accepted: number;
  readonly finished: number;
  /** Built more than once, since a host was lost. */
  readonly retried: number;
  readonly requests: number;
  readonly longestRequestMs: number;
  readonly seconds: number;
  readonly violations: readonly string[];
}

export interface ClusterOptions {
  readonly jobs: number;
  readonly seed: number;
  /** Restarts every host in turn, as an update of all of them goes, and does nothing worse. */
  readonly rolling?: boolean;
  readonly say?: (line: string) => void;
}

class Host {
  readonly #place = new Place();
  readonly #net: NetworkHost;
  readonly #role: Role;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;

  constructor(role: Role, net: NetworkHost, settings: Readonly<Record<string, string>>) {
    this.#role = role;
    this.#net = net;
    this.#settings = settings;
  }

  get address(): string {
    return this.#net.address;
  }

  async start(): Promise<void> {
    const own =
      this.#role === 'api'
        ? {
            ...apiSettings(GATEWAY, [this.address]),
            KILN_LAN: 'plain',
            KILN_HOST: '0.0.0.0',
            KILN_PORT: String(PORT),
          }
        : { KILN_DRAIN_SECONDS: '10' };
    const args = [process.execPath, KILN, 'serve', '--role', this.#role, '--json'];
    const [program = '', ...rest] = [...this.#net.enter, ...args];
    const child = spawn(program, rest, {
      cwd: this.#place.folder,
      env: this.#place.environment({ ...this.#settings, ...own }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    this.#child = child;
    await until(
      `${this.#role} ${this.address} to be ready`,
      () => {
        if (child.exitCode !== null) throw new Error(`${this.address} did not start: ${errors}`);
        return said.endsWith('\n') ? true : null;
      },
      READY_MS,
    );
  }

  /** As a power cut: every process of it. */
  async kill(): Promise<void> {
    for (const { pid } of this.#place.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It was quicker.
      }
    }
    await this.#gone();
  }

  /** As a supervisor does it. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#gone();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async #gone(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    await until('it to end', () => child.exitCode !== null || child.signalCode !== null, 60_000);
    await this.#place.untilNothingRuns(30_000);
  }

  async cutFor(milliseconds: number): Promise<void> {
    this.#net.cut();
    await sleep(milliseconds);
    this.#net.heal();
  }

  async close(): Promise<void> {
    this.#net.heal();
    await this.stop();
    await this.#place.close();
  }
}

interface Parts {
  readonly network: Network;
  readonly shared: Shared;
  readonly apis: readonly Host[];
  readonly workers: readonly Host[];
  readonly proxy: Haproxy;
}

async function setUp(): Promise<Parts> {
  const network = createNetwork();
  const shared = await startShared(GATEWAY);
  const settings = { ...shared.settings(CLUSTER), KILN_WORKERS: '1' };
  const make = (role: Role) => new Host(role, network.addHost(), settings);
  const apis = [make('api'), make('api')] as const;
  const workers = [make('worker'), make('worker'), make('worker')];
  const parts = { network, shared, apis, workers };
  try {
    await Promise.all([...apis, ...workers].map((host) => host.start()));
    const [first, second] = apis;
    const hosts = [`${first.address}:${PORT}`, `${second.address}:${PORT}`] as const;
    const proxy = await startHaproxy(hosts, GATEWAY);
    await proxy.untilServedBy('api-1', 'api-2');
    return { ...parts, proxy };
  } catch (error) {
    await tearDown(parts);
    throw error;
  }
}

async function tearDown(parts: Omit<Parts, 'proxy'> & Partial<Parts>): Promise<void> {
  await parts.proxy?.close();
  await Promise.allSettled([...parts.apis, ...parts.workers].map((host) => host.close()));
  await parts.shared.close();
  parts.network.close();
}

/** One trouble, to its end. Of the API hosts one at a time: without any nobody can answer. */
async function bring(trouble: Trouble, parts: Parts, random: Random): Promise<void> {
  const pick = (hosts: readonly Host[]): Host => {
    const host = hosts[Math.floor(random() * hosts.length)];
    if (host === undefined) throw new Error('there is no host');
    return host;
  };
  switch (trouble) {
    case 'kill a worker': {
      const host = pick(parts.workers);
      await host.kill();
      await sleep(random() * LONGEST_PAUSE_MS);
      return host.start();
    }
    case 'cut a worker off':
      return pick(parts.workers).cutFor(random() * LONGEST_CUT_MS);
    case 'restart a worker':
      return pick(parts.workers).restart();
    case 'kill an API host': {
      const host = pick(parts.apis);
      await host.kill();
      await sleep(random() * LONGEST_PAUSE_MS);
      await host.start();
      return parts.proxy.untilServedBy('api-1', 'api-2');
    }
    case 'cut an API host off':
      await pick(parts.apis).cutFor(random() * LONGEST_API_CUT_MS);
      return parts.proxy.untilServedBy('api-1', 'api-2');
    case 'restart an API host':
      await pick(parts.apis).restart();
      return parts.proxy.untilServedBy('api-1', 'api-2');
    case 'kill Redis':
      await parts.shared.redis.kill();
      return parts.shared.redis.start();
  }
}

/** @returns how often every host was restarted before the people were done. */
async function roll(parts: Parts, people: People, say: (line: string) => void): Promise<number> {
  for (let rounds = 0; ; rounds += 1) {
    for (const host of [...parts.workers, ...parts.apis]) {
      if (people.done) return rounds;
      say(`${people.accepted.size} jobs; restart ${host.address}`);
      await host.restart();
      await parts.proxy.untilServedBy('api-1', 'api-2');
    }
  }
}

/** Every accepted job against Redis’s own story of it, and against its image. */
async function judge(
  { shared }: Parts,
  people: People,
  report: (sentence: string) => void,
): Promise<{ finished: number; retried: number }> {
  const queue = createRedisQueue({
    address: shared.redis.address,
    name: CLUSTER,
    queueLimit: 1000,
    waitMs: 5000,
  });
  let finished = 0;
  let retried = 0;
  try {
    await until(
      'every job to end',
      async () => {
        const { queued, running } = await queue.counts();
        return queued + running === 0 ? true : null;
      },
      SETTLED_MS,
    );
    for (const [id, number] of people.accepted) {
      const job = await queue.get(id);
      if (job?.state !== 'finished') {
        report(`job ${id} is ${job?.state ?? 'gone'}: ${JSON.stringify(job?.error ?? null)}`);
        continue;
      }
      finished += 1;
      if (job.tries > 1) retried += 1;
      const events = await queue.events(id, 0);
      const ends = events.filter((event) => event.type === 'state' && event.state === 'finished');
      if (ends.length !== 1) report(`job ${id} ended ${ends.length} times`);
      const answer = await people.ask(`/v1/compile/${id}/download`);
      const image = new Uint8Array((await answer?.arrayBuffer()) ?? new ArrayBuffer(0));
      if (JSON.stringify(keymapsIn(image)) !== JSON.stringify([number]))
        report(`job ${id} has another image than that of keymap ${number}`);
    }
  } finally {
    await queue.close();
  }
  return { finished, retried };
}

/** @throws Error when hosts do not start, or jobs do not end. */
export async function clusterStorm(options: ClusterOptions): Promise<ClusterSummary> {
  const { seed, say = () => undefined } = options;
  const began = performance.now();
  const violations: string[] = [];
  const report = (sentence: string): void => {
    violations.push(sentence);
    say(`VIOLATION: ${sentence}`);
  };
  const troubles = Object.fromEntries(TROUBLES.map((name) => [name, 0])) as Record<Trouble, number>;
  const parts = await setUp();
  const people = new People(parts.proxy.url, options, report);
  try {
    say('all hosts serve');
    const work = people.work();
    const among = async (names: readonly Trouble[], drawn: Random): Promise<void> => {
      while (!people.done) {
        const trouble = names[Math.floor(drawn() * names.length)] ?? 'kill a worker';
        say(`${people.accepted.size} jobs; ${trouble}`);
        await bring(trouble, parts, drawn);
        troubles[trouble] += 1;
        await sleep(drawn() * LONGEST_PAUSE_MS);
      }
    };
    let rounds = 0;
    if (options.rolling === true) {
      rounds = await roll(parts, people, say);
    } else {
      // Workers may be in trouble while an API host is; of each kind one at a time.
      const isOfWorkers = (name: Trouble): boolean => name.includes('worker');
      await Promise.all([
        among(TROUBLES.filter(isOfWorkers), createRandom(seed)),
        among(
          TROUBLES.filter((name) => !isOfWorkers(name)),
          createRandom(seed + 2),
        ),
      ]);
    }
    await work;
    say('all sent; waiting for their ends');
    const { finished, retried } = await judge(parts, people, report);
    return {
      troubles,
      rounds,
      accepted: people.accepted.size,
      finished,
      retried,
      requests: people.requests,
      longestRequestMs: Math.round(people.longestRequestMs),
      seconds: Math.round((performance.now() - began) / 1000),
      violations,
    };
  } finally {
    await tearDown(parts);
  }
}
