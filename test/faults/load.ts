/**
 * What people and their programs do to a service all day: compile, poll, download, cancel, follow the story, look
 * keyboards up. Every answer is held to the truth; that none comes from a service that was just killed is no fault.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContractJob } from '../../api/schemas/contract-compile.ts';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Service } from '../fixtures/service/service.ts';
import type { Random } from './random.ts';

/** Jobs that have not ended; more would only wait. */
const MOST_OPEN = 6;
const BUILDS_A_CANCEL = 10;
/** Whose images are downloaded again and again. */
const MOST_FINISHED = 30;
const PAUSE_MS = 40;
const AWAY_MS = 100;

const ENDED: readonly string[] = ['finished', 'failed', 'canceled'];

export interface AcceptedJob {
  readonly id: string;
  /** Of its keymap. */
  readonly number: number;
  /** The service promised to cancel it. */
  cancelPromised: boolean;
  /** As which it was seen to have ended; it must stay that. */
  endedAs: string | null;
}

export type Action = 'compile' | 'poll' | 'download' | 'cancel' | 'follow' | 'search';

/** How often each is chosen, of a hundred: builds without end, and only a few cancels. */
const SHARES: readonly (readonly [Action, number])[] = [
  ['compile', 40],
  ['poll', 20],
  ['download', 18],
  ['cancel', 4],
  ['follow', 9],
  ['search', 9],
];

function chooseAction(drawn: number): Action {
  let left = drawn * 100;
  for (const [action, share] of SHARES) {
    left -= share;
    if (left < 0) return action;
  }
  return 'poll';
}

export interface LoadOptions {
  readonly random: Random;
  /** SHA-256 of the one right image, by the keymap's number. */
  readonly expected: readonly string[];
  /** The service of the moment; null while there is none. */
  readonly service: () => Service | null;
  /** Takes what must not be, in a sentence. */
  readonly onViolation: (sentence: string) => void;
}

export class Load {
  readonly accepted = new Map<string, AcceptedJob>();
  readonly answered: Record<Action, number> = {
    compile: 0,
    poll: 0,
    download: 0,
    cancel: 0,
    follow: 0,
    search: 0,
  };
  readonly #options: LoadOptions;
  readonly #keyboards = new Set<string>();
  readonly #finished: AcceptedJob[] = [];
  #paused = true;
  #stopped = false;
  #clients: Promise<void>[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(clients: number): void {
    this.#paused = false;
    this.#clients = Array.from({ length: clients }, () => this.#client());
  }

  /** While paused nothing new comes in. */
  pause(paused: boolean): void {
    this.#paused = paused;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  /** A job that was looked at after its end only serves its image from now on. */
  forget(job: AcceptedJob): void {
    this.accepted.delete(job.id);
    if (job.endedAs !== 'finished') return;
    this.#finished.push(job);
    if (this.#finished.length > MOST_FINISHED) this.#finished.shift();
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#options.random() * items.length)];
  }

  async #client(): Promise<void> {
    while (!this.#stopped) {
      const service = this.#options.service();
      if (this.#paused || service === null) {
        await sleep(AWAY_MS);
        continue;
      }
      const action = chooseAction(this.#options.random());
      try {
        if (await this.#act(action, service)) this.answered[action] += 1;
      } catch {
        // Cut off: what was asked of a service that is killed gets no answer.
        await sleep(AWAY_MS);
      }
      await sleep(this.#options.random() * PAUSE_MS);
    }
  }

  /** @returns whether there was something to do. */
  async #act(action: Action, service: Service): Promise<boolean> {
    const jobs = [...this.accepted.values()];
    const open = jobs.filter(({ endedAs }) => endedAs === null);
    if (action === 'compile') {
      if (open.length >= MOST_OPEN) return false;
      await this.#compile(service);
      return true;
    }
    if (action === 'search') {
      await this.#search(service);
      return true;
    }
    const finished = [...this.#finished, ...jobs.filter(({ endedAs }) => endedAs === 'finished')];
    const job = this.#pick(action === 'download' ? finished : open);
    if (job === undefined) return false;
    if (action === 'cancel') return this.#cancel(service, job);
    if (action === 'download') await this.checkImage(service, job);
    else if (action === 'follow') await this.#follow(service, job);
    else await this.look(service, job);
    return true;
  }

  async #compile(service: Service): Promise<void> {
    const number = Math.floor(this.#options.random() * this.#options.expected.length);
    const response = await service.post('/v1/compile', keymapOf(number));
    const body = (await response.json()) as { job_id?: string };
    if (response.status !== 200 || body.job_id === undefined) {
      this.#options.onViolation(`a good keymap was answered with ${response.status}`);
      return;
    }
    const id = body.job_id;
    this.accepted.set(id, { id, number, cancelPromised: false, endedAs: null });
  }

  /** Asks how the job is. @returns its view, null when there was no whole answer. */
  async look(service: Service, job: AcceptedJob): Promise<JobView | null> {
    // Answers overtake each other: only what was asked after an end was seen has to say so.
    const { endedAs } = job;
    const response = await service.request(`/kiln/v1/jobs/${job.id}`);
    const view = (await response.json()) as JobView;
    if (response.status !== 200) {
      this.#options.onViolation(
        `job ${job.id} was accepted and is answered with ${response.status}`,
      );
      return null;
    }
    this.#sawState(job, view.state, endedAs);
    return view;
  }

  /** @param endedAs what it was known to have ended as when the question was put. */
  #sawState(job: AcceptedJob, state: string, endedAs: string | null): void {
    const { onViolation } = this.#options;
    const ended = ENDED.includes(state) ? job.endedAs : endedAs;
    if (ended !== null && ended !== state) {
      onViolation(`job ${job.id} had ended as ${ended} and is ${state} now`);
    }
    if (ENDED.includes(state)) job.endedAs = state;
  }

  /** Downloads the image of a finished job: it is the right one, whole, or the answer breaks off. */
  async checkImage(service: Service, job: AcceptedJob): Promise<void> {
    const response = await service.request(`/v1/compile/${job.id}/download`);
    const image = new Uint8Array(await response.arrayBuffer());
    if (response.status !== 200) {
      this.#options.onViolation(
        `job ${job.id} has finished and its image is answered with ${response.status}`,
      );
      return;
    }
    const digest = createHash('sha256').update(image).digest('hex');
    if (digest === this.#options.expected[job.number]) return;
    this.#options.onViolation(
      `job ${job.id} served ${image.length} bytes that are not the image of keymap ${job.number}`,
    );
  }

  async #cancel(service: Service, job: AcceptedJob): Promise<boolean> {
    // However fast the builds are, most of them are to come to their end.
    if (this.answered.cancel * BUILDS_A_CANCEL > this.answered.compile) return false;
    const { endedAs } = job;
    const view = await service.cancel(job.id);
    this.#sawState(job, view.state, endedAs);
    if (view.cancelRequested && !ENDED.includes(view.state)) job.cancelPromised = true;
    return true;
  }

  async #follow(service: Service, job: AcceptedJob): Promise<void> {
    let ends = 0;
    for await (const { event, data } of service.events(job.id)) {
      if (event === 'state' && ENDED.includes(data.state ?? '')) ends += 1;
      if (event === 'end') this.#sawState(job, data.state ?? '', job.endedAs);
    }
    if (ends > 1) this.#options.onViolation(`the story of job ${job.id} tells of ${ends} ends`);
  }

  async #search(service: Service): Promise<void> {
    const response = await service.request('/v1/keyboards');
    const names = (await response.json()) as string[];
    this.#keyboards.add(`${response.status} ${names.length}`);
    if (response.status !== 200 || this.#keyboards.size > 1) {
      this.#options.onViolation(
        `the list of keyboards was ${[...this.#keyboards].join(', then ')}`,
      );
    }
    const name = this.#pick(names) ?? '';
    const keyboard = await service.request(`/v1/keyboards/${name}`);
    await keyboard.arrayBuffer();
    if (keyboard.status !== 200) {
      this.#options.onViolation(`keyboard ${name} was answered with ${keyboard.status}`);
    }
    // As old clients ask.
    const [job] = this.accepted.values();
    if (job === undefined) return;
    const contract = (await (await service.request(`/v1/compile/${job.id}`)).json()) as ContractJob;
    if (contract.id !== job.id) this.#options.onViolation(`job ${job.id} is gone for old clients`);
  }
}
