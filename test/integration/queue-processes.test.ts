/** The queue as it is used: several processes on one file, any of which may die at any instant. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../core/db/database.ts';
import type { Job, JobQueue } from '../../core/queue/contract.ts';
import { createSqliteQueue } from '../../core/queue/sqlite/sqlite-queue.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/queue');
const ENDED = ['finished', 'failed', 'canceled'];

let folder: string;
let file: string;
const children = new Set<ChildProcess>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-processes-'));
  file = join(folder, 'kiln.sqlite');
});

afterEach(async () => {
  await Promise.all([...children].map(killAndWait));
  rmSync(folder, { recursive: true });
});

/** Starts a script of the fixtures; what it prints on stderr fails no test but is seen. */
function start(script: string, ...parameters: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(FIXTURES, script), ...parameters], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

async function killAndWait(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function onLine(child: ChildProcess, listener: (line: string) => void): void {
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', listener);
}

describe('opening one new database from several processes at once', () => {
  it('gives all of them the same schema, and each can work', async () => {
    const lines: string[] = [];
    const openers = Array.from({ length: 5 }, () => start('opener.ts', file));
    const exits = openers.map(async (child) => (await once(child, 'exit'))[0]);
    for (const opener of openers) onLine(opener, (line) => lines.push(line));
    await vi.waitFor(() => expect(lines).toHaveLength(5), 20_000);
    for (const opener of openers) opener.stdin?.write('go\n');
    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0, 0]);

    const database = openDatabase(file);
    const version = database.pragma('user_version', { simple: true });
    await vi.waitFor(
      () => expect(lines.slice(5)).toEqual(Array(5).fill(`version ${version}`)),
      20_000,
    );
    const queue = createSqliteQueue({ database, queueLimit: 100 });
    expect(await queue.counts()).toEqual({ queued: 5, running: 0 });
    database.close();
  });
});

/**
 * Keeps workers running and kills one of them after every few claims, wherever it is by then; a killed worker
 * is recovered and replaced, as the service does it.
 */
class Supervisor {
  readonly file: string;
  readonly queue: JobQueue;
  readonly claimsPerKill: number;
  kills = 0;
  #claims = 0;
  #started = 0;
  #stopping = false;
  /** What went wrong after a worker's exit; nobody awaits those handlers. */
  readonly faults: unknown[] = [];

  constructor(file: string, queue: JobQueue, claimsPerKill: number) {
    this.file = file;
    this.queue = queue;
    this.claimsPerKill = claimsPerKill;
  }

  startWorker(): void {
    this.#started += 1;
    const workerId = `worker-${this.#started}`;
    const child = start('worker.ts', this.file, workerId);
    onLine(child, () => {
      this.#claims += 1;
      if (this.#claims % this.claimsPerKill === 0 && child.kill('SIGKILL')) this.kills += 1;
    });
    child.once('exit', () => {
      this.queue.recover(workerId).catch((error: unknown) => this.faults.push(error));
      if (!this.#stopping) this.startWorker();
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const running = [...children];
    const exits = running.map((child) => once(child, 'exit'));
    for (const child of running) child.stdin?.end();
    await Promise.all(exits);
  }
}

/** How often a job's story says that it came to an end. */
async function endsOf(queue: JobQueue, job: Job): Promise<number> {
  const events = await queue.events(job.id, 0);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events.filter((event) => event.type === 'state' && ENDED.includes(event.state)).length;
}

function isIntact(database: Database): boolean {
  return (
    database.pragma('integrity_check', { simple: true }) === 'ok' &&
    (database.pragma('foreign_key_check') as unknown[]).length === 0
  );
}

describe('workers that are killed at random', () => {
  it('lose no job and end none twice', async () => {
    const JOBS = 300;
    const database = openDatabase(file);
    const queue = createSqliteQueue({ database, queueLimit: JOBS });
    const ids: string[] = [];
    for (let count = 0; count < JOBS; count += 1) {
      ids.push((await queue.submit({ kind: 'compile', payload: count, timeLimitMs: 1000 })).id);
    }
    const supervisor = new Supervisor(file, queue, 31);
    for (let count = 0; count < 3; count += 1) supervisor.startWorker();
    await vi.waitFor(async () => expect(await queue.counts()).toEqual({ queued: 0, running: 0 }), {
      timeout: 40_000,
      interval: 50,
    });
    await supervisor.stop();

    expect(supervisor.faults).toEqual([]);
    expect(supervisor.kills).toBeGreaterThan(5);
    const jobs = await queue.list({ limit: JOBS + 1 });
    expect(jobs.map(({ id }) => id).sort()).toEqual(ids.sort());
    for (const job of jobs) {
      // A job whose worker was killed three times is given up; the others are done.
      const lost = job.error?.code === 'job.worker-lost' && job.tries === 3;
      expect(job.state).toBe(lost ? 'failed' : 'finished');
      expect(await endsOf(queue, job)).toBe(1);
    }
    expect(isIntact(database)).toBe(true);
    await queue.close();
    database.close();
  });
});
