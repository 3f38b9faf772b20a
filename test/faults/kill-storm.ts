/**
 * Kills processes of a service at random moments while clients use it, starts it again where it died, and looks
 * whether the promises of core/queue/README.md hold: no accepted job is lost or ends twice, no wrong or half image is
 * served, the database is sound, and nothing is left.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueCounts } from '../../core/queue/contract.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { Place } from '../fixtures/service/place.ts';
import { describeProcesses, type SeenProcess } from '../fixtures/service/processes.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { until } from '../fixtures/service/until.ts';
import { type AcceptedJob, type Action, Load } from './load.ts';
import { createRandom, type Random } from './random.ts';

export const VICTIMS = ['worker', 'service', 'both'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface StormOptions {
  readonly kills: number;
  readonly seed: number;
  /** All of them when absent. */
  readonly only?: Victim;
  /** After so many kills everything comes to rest and is looked at. */
  readonly settleEvery: number;
  readonly onSettled?: (line: string) => void;
  /** Called at once, for a storm that is ended early tells nothing else. */
  readonly onViolation?: (sentence: string) => void;
}

export interface StormSummary {
  /** Kills that met a living process, by victim. */
  readonly kills: Readonly<Record<Victim, number>>;
  /** Kills that met at least one running job. */
  readonly hits: number;
  readonly accepted: number;
  readonly finished: number;
  /** Ended as failed, with a reason. */
  readonly failed: number;
  readonly canceled: number;
  /** Jobs that were claimed more than once. */
  readonly retried: number;
  /** Jobs whose acceptance a kill kept from the client; they must end as well. */
  readonly unheard: number;
  readonly answered: Readonly<Record<Action, number>>;
  /** What must not be, in sentences. Empty when all is well. */
  readonly violations: readonly string[];
}

const WORKERS = 2;
const CLIENTS = 4;
/** Different images; few, so that mix-ups of equal names show. */
const IMAGES = 8;
/** At most so long nothing is killed, so that some builds come to their end. */
const CALM_MS = 1500;
/** About what a build takes. */
const BUILD_MS = 700;
/** A service that just started has its workers by then. */
const BUSY_MS = 8000;
const QUIET_MS = 120_000;

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself an instant ago.
    return false;
  }
}

function hasExited({ command: { child } }: Service): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

class Storm {
  readonly place = new Place();
  readonly violations: string[] = [];
  readonly kills: Record<Victim, number> = { worker: 0, service: 0, both: 0 };
  readonly totals = { accepted: 0, finished: 0, failed: 0, canceled: 0, retried: 0, unheard: 0 };
  readonly #options: StormOptions;
  readonly #random: Random;
  /** Ids of jobs that were looked at after their end. */
  readonly #checked = new Set<string>();
  hits = 0;
  service: Service | null = null;
  load: Load | null = null;

  constructor(options: StormOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
  }

  #workers(): readonly SeenProcess[] {
    return this.place.processes().filter(({ command }) => command.includes('worker/main.ts'));
  }

  /** Compilers, make and what else a build starts. */
  #buildProcesses(): readonly SeenProcess[] {
    return this.place.processes().filter(({ mark }) => mark.split('/').length > 2);
  }

  violation(sentence: string): void {
    this.violations.push(sentence);
    this.#options.onViolation?.(sentence);
  }

  async begin(): Promise<Service> {
    this.service = await this.place.serve({ env: { KILN_WORKERS: String(WORKERS) } });
    return this.service;
  }

  async #counts(): Promise<QueueCounts> {
    if (this.service === null) throw new Error('no service runs');
    const response = await this.service.request('/kiln/v1/health');
    return ((await response.json()) as { queue: QueueCounts }).queue;
  }

  /** The right images, built in peace and held to the keymaps that went in. */
  async expectedImages(): Promise<string[]> {
    const service = await this.begin();
    const ids = await Promise.all(
      Array.from({ length: IMAGES }, (_, number) => service.submit(keymapOf(number))),
    );
    const digests: string[] = [];
    for (const [number, id] of ids.entries()) {
      const { error, result } = await service.ended(id, QUIET_MS);
      if (result?.firmwareFilename == null) {
        throw new Error(
          `without any kill, keymap ${number} was not built: ${JSON.stringify(error ?? result?.errors)}`,
        );
      }
      const image = await service.file(id, 'download');
      const found = keymapsIn(image);
      if (found.length !== 1 || found[0] !== number) {
        this.violation(`without any kill, keymap ${number} gave an image of ${found.join()}`);
      }
      digests.push(createHash('sha256').update(image).digest('hex'));
      this.#checked.add(id);
    }
    return digests;
  }

  /** Null asks to be asked again. */
  async #runs(patient: boolean): Promise<{ running: boolean } | null> {
    const { running } = await this.#counts();
    return running > 0 || !patient ? { running: running > 0 } : null;
  }

  #pickVictim(): Victim {
    const { only } = this.#options;
    // A worker that dies again and again is started later and later, so not too many of them in a row.
    const drawn = this.#random();
    return only ?? (drawn < 0.4 ? 'worker' : drawn < 0.7 ? 'service' : 'both');
  }

  async strike(): Promise<void> {
    const service = this.service;
    if (service === null) return;
    const victim = this.#pickVictim();
    // Mostly while something is being built; else whatever it does, its own start included.
    const patient = this.#random() < 0.85;
    const jobsRun = await until('a build to begin', () => this.#runs(patient), BUSY_MS).catch(
      () => ({ running: false }),
    );
    // Anywhere within the build that was seen.
    await sleep(this.#random() * BUILD_MS);
    const workers = this.#workers().map(({ pid }) => pid);
    const worker = workers[Math.floor(this.#random() * workers.length)];
    let targets = worker === undefined ? [] : [worker];
    if (victim === 'service') targets = [service.pid];
    if (victim === 'both') targets = [service.pid, ...workers];
    // Which of them goes first must not matter.
    if (this.#random() < 0.5) targets.reverse();
    const met = targets.map(kill).some((killed) => killed);
    if (met) this.kills[victim] += 1;
    if (met && jobsRun.running) this.hits += 1;
    if (victim === 'worker') return;
    this.service = null;
    // Its exit, not the end of its output: its workers write to that until they end.
    await until('the killed service to end', () => hasExited(service));
    // At once, while the workers of the dead service may still be there, or after a rest.
    if (this.#random() < 0.3) await sleep(this.#random() * 1500);
    await this.begin();
  }

  async #checkJob(job: AcceptedJob, load: Load, service: Service): Promise<void> {
    const view = await load.look(service, job);
    if (view === null) return;
    this.totals.accepted += 1;
    if (view.tries > 1) this.totals.retried += 1;
    if (view.state === 'finished' && view.result?.returncode === 0) {
      this.totals.finished += 1;
      await load.checkImage(service, job);
    } else if (view.state === 'canceled' && view.cancelRequested) {
      this.totals.canceled += 1;
    } else if (view.state === 'failed' && view.error?.code === 'job.worker-lost') {
      this.totals.failed += 1;
    } else {
      const how = JSON.stringify(view.error ?? view.result);
      this.violation(`job ${job.id} ended as ${view.state}: ${how}`);
    }
    if (job.cancelPromised && !['canceled', 'finished'].includes(view.state)) {
      this.violation(`job ${job.id} was to be canceled and ended as ${view.state}`);
    }
  }

  /** Everything comes to rest; then what there is has to be what was promised. */
  async settle(): Promise<void> {
    const { load, service } = this;
    if (load === null || service === null) return;
    load.pause(true);
    await until(
      'the queue to be empty',
      async () => {
        const { queued, running } = await this.#counts();
        return queued + running === 0;
      },
      QUIET_MS,
    ).catch((error: unknown) => this.violation(String(error)));
    const jobs = [...load.accepted.values()];
    for (const job of jobs) await this.#checkJob(job, load, service);
    await this.#checkRest(jobs);
    for (const job of jobs) load.forget(job);
    load.pause(false);
  }

  async #checkRest(jobs: readonly AcceptedJob[]): Promise<void> {
    const { dataDir } = this.place;
    await until('builds to end', () => this.#buildProcesses().length === 0).catch(() =>
      this.violation(`left behind:\n${describeProcesses(this.#buildProcesses())}`),
    );
    await until('build folders to go', async () => {
      return (await readRecords(dataDir)).buildFolders.length === 0;
    }).catch(() => this.violation('folders of builds were left'));
    await until('workers to be there', () => this.#workers().length === WORKERS, 60_000).catch(() =>
      this.violation(`${this.#workers().length} workers run, not ${WORKERS}`),
    );
    const { jobs: records, damage } = await readRecords(dataDir);
    for (const line of damage) this.violation(`the database is damaged: ${line}`);
    const known = new Map(records.map((record) => [record.job.id, record]));
    for (const { id } of jobs) {
      if (!known.has(id)) this.violation(`job ${id} was lost`);
    }
    const accepted = new Set(jobs.map(({ id }) => id));
    for (const [id, { ends, gapless }] of known) {
      if (this.#checked.has(id)) continue;
      this.#checked.add(id);
      if (!accepted.has(id)) this.totals.unheard += 1;
      if (ends !== 1) this.violation(`job ${id} ended ${ends} times`);
      if (!gapless) this.violation(`the story of job ${id} has gaps`);
    }
  }

  async run(): Promise<StormSummary> {
    const { kills, seed, settleEvery, onSettled } = this.#options;
    const expected = await this.expectedImages();
    const load = new Load({
      expected,
      // Of its own: how many questions were asked must not change when the blows fall.
      random: createRandom(seed + 1),
      service: () => this.service,
      onViolation: (sentence) => this.violation(sentence),
    });
    this.load = load;
    load.start(CLIENTS);
    try {
      for (let count = 1; count <= kills; count += 1) {
        await sleep(this.#random() * CALM_MS);
        await this.strike();
        if (count % settleEvery !== 0 && count !== kills) continue;
        await this.settle();
        const { accepted, finished, failed, canceled, retried } = this.totals;
        onSettled?.(
          `${count}/${kills} kills: ${accepted} jobs accepted, ${finished} finished, ${failed} failed with a reason, ` +
            `${canceled} canceled, ${retried} built again, ${this.violations.length} violations`,
        );
      }
    } finally {
      await load.stop();
    }
    const ended = await this.service?.stop();
    if (ended?.exitCode !== 0) this.violation(`the last service ended with ${ended?.exitCode}`);
    await this.place.untilNothingRuns().catch((error: unknown) => this.violation(String(error)));
    const { kills: met, hits, totals, violations } = this;
    return { kills: met, hits, ...totals, answered: load.answered, violations };
  }
}

/** @throws only when the storm itself cannot be run; what goes wrong in Kiln is in the summary. */
export async function killStorm(options: StormOptions): Promise<StormSummary> {
  const storm = new Storm(options);
  try {
    const summary = await storm.run();
    await storm.place.close();
    return summary;
  } catch (error) {
    // What is left after a storm that broke off tells less than why it did.
    await storm.place.close().catch(() => undefined);
    throw error;
  }
}
