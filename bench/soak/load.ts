/**
 * What many people do to a service at once, at a pace that a small machine keeps up with: build, poll, download,
 * cancel, follow, search, and send nonsense. Each client waits for its answers, so a slow machine has fewer of them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ContractJob } from '../../api/schemas/contract-compile.ts';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import type { Random } from '../../test/faults/random.ts';
import { KEYMAPS, keymapOf, keymapsIn, withKey } from '../../test/fixtures/service/keymaps.ts';
import type { Service } from '../../test/fixtures/service/service.ts';

/** Longer than any answer takes on a machine that does much else. */
const ANSWER_MS = 60_000;
/** From its acceptance to a job's end; queues are short here. */
const JOB_MS = 240_000;
const QUERIES = ['pad', 'kiln', '4x4', 'sixty', 'KILN 60', '0x', 'zz', 'p', '%_"', 'ü'];
const PAGES = [
  '/v1',
  '/v1/keyboards',
  '/v1/keyboards/kiln/sixty',
  '/v1/keyboards/kiln/pad4x4',
  '/v1/keyboard_list.json',
  '/v1/keyboard_metadata.json',
  '/v1/usb.json',
  '/v1/constants_metadata.json',
  '/kiln/v1/health',
  '/kiln/v1/openapi.json',
];

export interface LoadCounts {
  requests: number;
  /** Requests that were answered with 429 or 503, and came again later. */
  putOff: number;
  built: number;
  canceled: number;
  followed: number;
  searches: number;
  refused: number;
}

export interface Load {
  readonly counts: LoadCounts;
  /** What must not happen, in sentences. */
  readonly violations: string[];
  /** Ends every client once its present round is over. */
  stop(): Promise<void>;
}

type Round = (client: Client) => Promise<void>;

class Client {
  readonly counts: LoadCounts;
  readonly random: Random;
  readonly stopped: AbortSignal;
  readonly #service: Service;

  constructor(service: Service, random: Random, counts: LoadCounts, stopped: AbortSignal) {
    this.#service = service;
    this.random = random;
    this.counts = counts;
    this.stopped = stopped;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }

  /** A part more or less than the mean, and no longer once the load ends. */
  async rest(meanMs: number): Promise<void> {
    const time = meanMs * (0.5 + this.random());
    await pause(time, undefined, { signal: this.stopped }).catch(() => undefined);
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    for (;;) {
      this.counts.requests += 1;
      const signal = init.signal ?? AbortSignal.timeout(ANSWER_MS);
      const response = await this.#service.request(path, { ...init, signal });
      const { status } = response;
      const after = Number(response.headers.get('retry-after') ?? Number.NaN);
      if ((status !== 429 && status !== 503) || Number.isNaN(after)) {
        if (status >= 500) throw new Error(`${path} was answered with ${status}`);
        return response;
      }
      await response.arrayBuffer();
      this.counts.putOff += 1;
      await pause(Math.min(after, 10) * 1000);
    }
  }

  async json<Value>(path: string, init?: RequestInit): Promise<Value> {
    return (await (await this.send(path, init)).json()) as Value;
  }

  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  async submit(keymap: unknown): Promise<string> {
    const response = await this.post('/v1/compile', JSON.stringify(keymap));
    const body = (await response.json()) as { job_id?: string };
    if (body.job_id === undefined) {
      throw new Error(`a keymap was refused with ${response.status}: ${JSON.stringify(body)}`);
    }
    return body.job_id;
  }

  withToken(): Record<string, string> {
    return { authorization: `Bearer ${this.#service.token}` };
  }

  /** As Configurators do it, but sooner again. */
  async polled(id: string): Promise<ContractJob> {
    const deadline = performance.now() + JOB_MS;
    for (;;) {
      const job = await this.json<ContractJob>(`/v1/compile/${id}`);
      if (!['queued', 'running'].includes(job.status)) return job;
      if (performance.now() > deadline) throw new Error(`job ${id} does not end`);
      await pause(400);
    }
  }
}

/** A build with all its files, which have to be those of this keymap. */
const build: Round = async (client) => {
  const number = Math.floor(client.random() * KEYMAPS);
  const id = await client.submit(keymapOf(number));
  const job = await client.polled(id);
  if (job.status !== 'finished' || job.result?.returncode !== 0) {
    throw new Error(`job ${id} ended as ${job.status}: ${JSON.stringify(job.result)}`);
  }
  const image = await (await client.send(`/v1/compile/${id}/download`)).arrayBuffer();
  const held = keymapsIn(new Uint8Array(image));
  if (held.length !== 1 || held[0] !== number) {
    throw new Error(`job ${id} holds the keymaps ${held.join()} instead of ${number}`);
  }
  const file = client.pick(['hex', 'source', 'keymap']);
  await (await client.send(`/v1/compile/${id}/${file}`)).arrayBuffer();
  client.counts.built += 1;
  await client.rest(1500);
};

const cancel: Round = async (client) => {
  const id = await client.submit(keymapOf(Math.floor(client.random() * KEYMAPS)));
  await client.rest(client.pick([10, 400, 1200]));
  const headers = client.withToken();
  await client.json<JobView>(`/kiln/v1/jobs/${id}/cancel`, { method: 'POST', headers });
  await client.polled(id);
  client.counts.canceled += 1;
  await client.rest(3000);
};

/** Reads a stream of events until its end, or until `most` of them came. @returns what came, as text. */
async function readEvents(
  client: Client,
  id: string,
  most: number,
  afterId: string,
): Promise<string> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(JOB_MS)]);
  const headers = { 'last-event-id': afterId };
  const { body } = await client.send(`/kiln/v1/jobs/${id}/events`, { headers, signal });
  let text = '';
  try {
    for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.split('\n\n').length > most) break;
    }
  } finally {
    stop.abort();
  }
  return text;
}

/** A page that follows a build, often loses the connection, and takes it up where it was. */
const follow: Round = async (client) => {
  const id = await client.submit(keymapOf(Math.floor(client.random() * KEYMAPS)));
  let seen = '';
  if (client.random() < 0.6) {
    const part = await readEvents(client, id, 1 + Math.floor(client.random() * 4), '0');
    seen = /^id: (\d+)$(?![\s\S]*^id: )/m.exec(part)?.[1] ?? '0';
  }
  const text = await readEvents(client, id, Number.POSITIVE_INFINITY, seen);
  if (!/^event: end$/m.test(text)) throw new Error(`the events of job ${id} have no end`);
  client.counts.followed += 1;
  await client.rest(3000);
};

const search: Round = async (client) => {
  const query = encodeURIComponent(client.pick(QUERIES));
  const page = client.pick([`/kiln/v1/keyboards?q=${query}`, ...PAGES]);
  const response = await client.send(page);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${page} was answered with ${response.status}`);
  client.counts.searches += 1;
  await client.rest(700);
};

/** A body that breaks off in the middle. */
function breakOff(client: Client): Promise<unknown> {
  const parts = ['{"keyboard":', '"kiln/'];
  const body = new ReadableStream({
    async pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.error(new Error('the client is gone'));
      else controller.enqueue(new TextEncoder().encode(part));
      await pause(50);
    },
  });
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body, duplex: 'half' };
  return client.send('/v1/compile', init as RequestInit).catch(() => undefined);
}

const NONSENSE: readonly ((client: Client) => Promise<unknown>)[] = [
  (client) => client.post('/v1/compile', '{"keyboard":'),
  (client) => client.post('/v1/compile', `"${'x'.repeat(300 * 1024)}"`).catch(() => undefined),
  (client) => client.post('/v1/compile', JSON.stringify({ ...keymapOf(1), keymap: '$(id)' })),
  (client) => client.post('/v1/compile', JSON.stringify({ ...keymapOf(1), keyboard: 'none' })),
  (client) => client.post('/v1/compile', JSON.stringify(withKey(keymapOf(1), 0, 3, 'KC_NOT_ONE'))),
  (client) => client.post('/v1/converters/kle', JSON.stringify([[{ w: 'x' }, '']])),
  (client) => client.send('/v1/compile', { method: 'POST', body: 'text' }),
  (client) => client.send('/v1/compile/00000000000000000000000000000000/download'),
  (client) => client.send('/kiln/v1/jobs', { headers: { authorization: 'Bearer wrong' } }),
  (client) => client.send('/v1/keyboards/..%2f..%2fetc/passwd'),
  (client) => client.send('/', { headers: { origin: 'http://elsewhere.example' } }),
  breakOff,
];

const nonsense: Round = async (client) => {
  const answer = await client.pick(NONSENSE)(client);
  if (answer instanceof Response) await answer.arrayBuffer();
  client.counts.refused += 1;
  await client.rest(1000);
};

/** Who comes at once. */
const CROWD: readonly Round[] = [build, build, cancel, follow, search, nonsense];

async function attend(round: Round, client: Client, violations: string[]): Promise<void> {
  while (!client.stopped.aborted) {
    try {
      await round(client);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      violations.push(`${round.name}: ${message}`);
      await client.rest(5000);
    }
  }
}

/** @returns at once; the clients go on until they are stopped. */
export function startLoad(service: Service, random: Random): Load {
  const counts: LoadCounts = {
    requests: 0,
    putOff: 0,
    built: 0,
    canceled: 0,
    followed: 0,
    searches: 0,
    refused: 0,
  };
  const violations: string[] = [];
  const stop = new AbortController();
  const clients = CROWD.map((round) =>
    attend(round, new Client(service, random, counts, stop.signal), violations),
  );
  return {
    counts,
    violations,
    async stop() {
      stop.abort();
      await Promise.all(clients);
    },
  };
}
