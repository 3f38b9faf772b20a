/**
 * Polling the state of a job while a build runs: 200 requests a second against a real service on the starter tree, as
 * a room full of Configurators would. Latency by request, over one keep-alive connection for each of ten clients.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BenchmarkOptions, Figure } from './figure.ts';
import { startService } from './service.ts';

const KEYMAP = join(
  import.meta.dirname,
  '../resources/starter/keyboards/kiln/sixty/keymaps/default/keymap.json',
);
const REQUESTS_PER_SECOND = 200;
const CLIENTS = 10;
const SECONDS_PER_RUN = 5;

async function submit(url: string, name: string): Promise<string> {
  const keymap = { ...(JSON.parse(readFileSync(KEYMAP, 'utf8')) as object), keymap: name };
  const response = await fetch(`${url}/v1/compile`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(keymap),
  });
  return ((await response.json()) as { job_id: string }).job_id;
}

function poll(url: string, agent: Agent): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent }, (response) => {
      response.on('data', () => undefined);
      response.on('end', () => resolve(performance.now() - startedAt));
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Sends at fixed times, whether earlier requests were answered or not: a slow answer delays nobody's question. */
async function load(url: string, jobs: readonly string[]): Promise<number[]> {
  const agents = Array.from(
    { length: CLIENTS },
    () => new Agent({ keepAlive: true, maxSockets: 4 }),
  );
  const total = REQUESTS_PER_SECOND * SECONDS_PER_RUN;
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  for (let sent = 0; sent < total; sent += 1) {
    const due = startedAt + (sent * 1000) / REQUESTS_PER_SECOND;
    const wait = due - performance.now();
    if (wait > 1) await pause(wait);
    const agent = agents[sent % CLIENTS] as Agent;
    answers.push(poll(`${url}/v1/compile/${jobs[sent % jobs.length]}`, agent));
  }
  const times = await Promise.all(answers);
  for (const agent of agents) agent.destroy();
  return times;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export async function* benchmark({ runs, say }: BenchmarkOptions): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-bench-'));
  const service = await startService({ ...process.env, KILN_DATA_DIR: folder });
  try {
    const medians: number[] = [];
    const tails: number[] = [];
    for (let run = 0; run <= runs; run += 1) {
      say(`run ${run} of ${runs}${run === 0 ? ' (not counted)' : ''}`);
      // Enough builds to last longer than the polling.
      const jobs = await Promise.all(
        Array.from({ length: 20 }, (_, index) => submit(service.url, `poll_${run}_${index}`)),
      );
      const times = (await load(service.url, jobs)).sort((a, b) => a - b);
      if (run === 0) continue;
      medians.push(percentile(times, 0.5));
      tails.push(percentile(times, 0.99));
    }
    const middle = (values: readonly number[]) =>
      [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    yield {
      figure: 'status poll while building, median',
      value: middle(medians),
      unit: 'ms',
      runs: medians,
      target: 5,
    };
    yield {
      figure: 'status poll while building, 99th percentile',
      value: middle(tails),
      unit: 'ms',
      runs: tails,
      target: 25,
    };
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
