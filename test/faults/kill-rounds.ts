/**
 * Kills processes of a working service at random moments, starts it again where it died, and looks whether the
 * promises of core/queue/README.md hold: every accepted job ends, none is lost, none ends twice, and nothing is left.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import type { QueueCounts } from '../../core/queue/contract.ts';
import { KEYMAPS, keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { describeProcesses, type SeenProcess } from '../fixtures/service/processes.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { until } from '../fixtures/service/until.ts';
import type { Random } from './random.ts';

export const VICTIMS = ['worker', 'service', 'both'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface KillOptions {
  readonly victim: Victim;
  readonly rounds: number;
  readonly random: Random;
  /** Submitted in each round. */
  readonly jobs: number;
  readonly onRound?: (line: string) => void;
}

export interface KillSummary {
  readonly victim: Victim;
  readonly rounds: number;
  /** Kills that met at least one running job. */
  readonly hits: number;
  readonly accepted: number;
  readonly finished: number;
  /** Ended as failed, with a reason. */
  readonly failed: number;
  /** Jobs that were claimed more than once. */
  readonly retried: number;
  /** What must not be, in sentences. Empty when all is well. */
  readonly violations: readonly string[];
}

const WORKERS = 2;

function workersOf(place: Place): readonly SeenProcess[] {
  return place.processes().filter(({ command }) => command.includes('worker/main.ts'));
}

/** Compilers, make and what else a build starts. */
function buildProcessesOf(place: Place): readonly SeenProcess[] {
  return place.processes().filter(({ mark }) => mark.split('/').length > 2);
}

async function countsOf(service: Service): Promise<QueueCounts> {
  const health = (await (await service.request('/kiln/v1/health')).json()) as {
    queue: QueueCounts;
  };
  return health.queue;
}

async function isIdle(service: Service): Promise<boolean> {
  const { queued, running } = await countsOf(service);
  return queued + running === 0;
}

function hasExited({ command: { child } }: Service): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself an instant ago; so the round kills nothing, and all must hold as well.
  }
}

class KillRun {
  readonly place = new Place();
  readonly options: KillOptions;
  readonly violations: string[] = [];
  /** Keymap number by job id. */
  readonly accepted = new Map<string, number>();
  readonly #digests = new Map<number, string>();
  hits = 0;
  #next = 0;
  /** About what a build takes here; the last one's time. */
  #buildMs = 1000;

  constructor(options: KillOptions) {
    this.options = options;
  }

  start(): Promise<Service> {
    return this.place.serve({ env: { KILN_WORKERS: String(WORKERS) } });
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.options.random() * items.length)];
  }

  async submit(service: Service): Promise<void> {
    const number = this.#next % KEYMAPS;
    this.#next += 1;
    this.accepted.set(await service.submit(keymapOf(number)), number);
  }

  /** Kills, and gives the service that runs afterwards. */
  async strike(service: Service): Promise<Service> {
    const { victim, random } = this.options;
    if ((await countsOf(service)).running > 0) this.hits += 1;
    const workers = workersOf(this.place).map(({ pid }) => pid);
    if (victim === 'worker') {
      kill(this.pick(workers) ?? 0);
      return service;
    }
    const targets = victim === 'both' ? [service.pid, ...workers] : [service.pid];
    // Which of them goes first must not matter.
    for (const pid of random() < 0.5 ? targets : targets.toReversed()) kill(pid);
    // Its exit, not the end of its output: its workers write to that until they end.
    await until('the killed service to end', () => hasExited(service));
    // At once, while the workers of the dead service may still be there, or after a rest.
    if (random() < 0.5) await sleep(random() * 2000);
    return this.start();
  }

  async checkJob(service: Service, id: string): Promise<JobView> {
    const view = await service.view(id);
    const number = this.accepted.get(id);
    if (view.state === 'finished' && view.result?.returncode === 0) {
      const image = await service.file(id, 'download');
      const digest = createHash('sha256').update(image).digest('hex');
      const expected = this.#digests.get(number ?? -1) ?? digest;
      this.#digests.set(number ?? -1, expected);
      this.#buildMs = view.result.durationMs;
      if (digest !== expected || digest !== view.result.firmwareSha256) {
        this.violations.push(`job ${id} has another image than an equal job before it`);
      }
      const found = keymapsIn(image);
      if (found.length !== 1 || found[0] !== number) {
        this.violations.push(`job ${id} holds the keymaps ${found.join()} instead of ${number}`);
      }
    } else if (view.state !== 'failed' || view.error?.code !== 'job.worker-lost') {
      const how = JSON.stringify(view.error ?? view.result);
      this.violations.push(`job ${id} ended as ${view.state}: ${how}`);
    }
    return view;
  }

  /** Once all jobs have ended, with the service still there. */
  async checkRest(): Promise<void> {
    await until('builds to end', () => buildProcessesOf(this.place).length === 0).catch(() =>
      this.violations.push(`left behind:\n${describeProcesses(buildProcessesOf(this.place))}`),
    );
    await until('workers to be there again', () => workersOf(this.place).length === WORKERS).catch(
      () => this.violations.push(`${workersOf(this.place).length} workers run, not ${WORKERS}`),
    );
    await until('build folders to go', async () => {
      return (await readRecords(this.place.dataDir)).buildFolders.length === 0;
    }).catch(() => this.violations.push('folders of builds were left'));
    const { jobs, damage } = await readRecords(this.place.dataDir);
    for (const line of damage) this.violations.push(`the database is damaged: ${line}`);
    for (const id of this.accepted.keys()) {
      const record = jobs.find(({ job }) => job.id === id);
      if (record === undefined) this.violations.push(`job ${id} was lost`);
    }
    for (const { job, ends, gapless } of jobs) {
      if (ends !== 1) this.violations.push(`job ${job.id} ended ${ends} times`);
      if (!gapless) this.violations.push(`the story of job ${job.id} has gaps`);
    }
  }

  async round(service: Service): Promise<Service> {
    const { jobs, random } = this.options;
    for (let count = 0; count < jobs; count += 1) await this.submit(service);
    const rest = jobs - Math.floor(random() * jobs);
    await until('the builds to be so far', async () => {
      const { queued, running } = await countsOf(service);
      return queued + running <= rest && (running > 0 || queued === 0);
    });
    await sleep(random() * this.#buildMs);
    // One more comes in as the blow falls; when no answer came, nothing was promised.
    const late = this.submit(service).catch(() => undefined);
    const next = await this.strike(service);
    await late;
    // Also those whose acceptance the kill kept from us.
    await until('the queue to be empty', () => isIdle(next), 120_000);
    return next;
  }
}

/** @throws only when the rounds themselves cannot be run; what goes wrong in Kiln is in the summary. */
export async function killRounds(options: KillOptions): Promise<KillSummary> {
  const run = new KillRun(options);
  try {
    let service = await run.start();
    const states = { finished: 0, failed: 0, retried: 0 };
    for (let round = 1; round <= options.rounds; round += 1) {
      const before = new Set(run.accepted.keys());
      const hitsBefore = run.hits;
      service = await run.round(service);
      let tries = 0;
      for (const id of [...run.accepted.keys()].filter((known) => !before.has(known))) {
        const view = await run.checkJob(service, id);
        if (view.state === 'finished') states.finished += 1;
        else states.failed += 1;
        if (view.tries > 1) states.retried += 1;
        tries += view.tries;
      }
      await run.checkRest();
      const hit = run.hits > hitsBefore ? 'while jobs ran' : 'at rest';
      const count = run.accepted.size - before.size;
      options.onRound?.(
        `${options.victim} ${round}/${options.rounds}: killed ${hit}, ${count} jobs ended in ${tries} tries, ` +
          `${run.violations.length} violations so far`,
      );
    }
    const { exitCode } = await service.stop();
    if (exitCode !== 0) run.violations.push(`the last service ended with ${exitCode}`);
    await run.place
      .untilNothingRuns()
      .catch((error: unknown) => run.violations.push(String(error)));
    return {
      victim: options.victim,
      rounds: options.rounds,
      hits: run.hits,
      accepted: run.accepted.size,
      ...states,
      violations: run.violations,
    };
  } finally {
    await run.place.close();
  }
}
