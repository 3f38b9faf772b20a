/** People who build through one address while the hosts behind it are in trouble. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYMAPS, keymapOf } from '../fixtures/service/keymaps.ts';
import { createRandom, type Random } from './random.ts';

const CLIENTS = 4;

export interface Crowd {
  /** How many they want to have accepted. */
  readonly jobs: number;
  readonly seed: number;
}

/** People, who submit and poll through the proxy until enough was accepted. */
export class People {
  readonly accepted = new Map<string, number>();
  requests = 0;
  longestRequestMs = 0;
  readonly #url: string;
  readonly #jobs: number;
  readonly #report: (sentence: string) => void;
  readonly #random: Random;

  constructor(url: string, { jobs, seed }: Crowd, report: (sentence: string) => void) {
    this.#url = url;
    this.#jobs = jobs;
    this.#report = report;
    this.#random = createRandom(seed + 1);
  }

  get done(): boolean {
    return this.accepted.size >= this.#jobs;
  }

  /** Null after an answer that is none of a service that is well; that is reported. */
  async ask(path: string, init: RequestInit = {}): Promise<Response | null> {
    const began = performance.now();
    try {
      const answer = await fetch(this.#url + path, init);
      if (answer.status < 500) return answer;
      const text = (await answer.text()).slice(0, 300);
      this.#report(`${init.method ?? 'GET'} ${path} was answered ${answer.status}: ${text}`);
    } catch (error) {
      this.#report(`${init.method ?? 'GET'} ${path} was not answered: ${String(error)}`);
    } finally {
      this.requests += 1;
      this.longestRequestMs = Math.max(this.longestRequestMs, performance.now() - began);
    }
    return null;
  }

  async #client(): Promise<void> {
    while (!this.done) {
      const number = Math.floor(this.#random() * KEYMAPS);
      const answer = await this.ask('/v1/compile', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(keymapOf(number)),
      });
      if (answer === null) continue;
      const body = (await answer.json()) as { job_id?: string };
      if (body.job_id === undefined) {
        this.#report(`a keymap was refused with ${answer.status}: ${JSON.stringify(body)}`);
        continue;
      }
      if (this.accepted.has(body.job_id)) this.#report(`job ${body.job_id} was given twice`);
      this.accepted.set(body.job_id, number);
      for (let polls = 0; polls < 3; polls += 1) {
        await sleep(300 + this.#random() * 1200);
        const polled = await this.ask(`/v1/compile/${body.job_id}`);
        if (polled?.status === 404) this.#report(`job ${body.job_id} is not known`);
        if (((await polled?.json()) as { status?: string } | undefined)?.status === 'finished')
          break;
      }
    }
  }

  async work(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
  }
}
