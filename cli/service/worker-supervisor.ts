/** Keeps the workers alive: starts them, restarts them with back-off, takes back what a dead one held. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { networkEnvironment } from '../../core/environment.ts';
import type { Logger } from '../../core/log.ts';
import type { LogLevel } from '../../core/log-level.ts';
import type { OpenQueue } from '../../core/queue/open-queue.ts';
import { partSecrets, type Settings } from '../../core/settings.ts';
import { type ProcessIdentity, type RunningProcess, start } from '../../core/subprocess.ts';
import { removeLeftovers } from '../../worker/build/build-folder.ts';
import type { FromWorker, ToWorker, WorkerArguments } from '../../worker/messages.ts';
import { SMALL_HEAP } from './small-heap.ts';

const PROGRAM = join(import.meta.dirname, '../../worker/main.ts');

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
/** A worker that lived so long was healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000;
/** A worker that drains kills its build, which takes up to two seconds, and hands the job back. */
const DRAIN_MS = 8000;
const ALIVE_MS = 10_000;
/** A worker that left out so many signs of life hangs. A busy machine delays one or two. */
const MISSED_SIGNS = 6;
const PING_MS = 5000;
const CLEAN_UP_RETRY_MS = 2000;
/** More jobs than can run at the same time. */
const ALL = 1_000_000;

export interface WorkerState {
  readonly id: string;
  readonly alive: boolean;
  readonly lastHeartbeatAt: number | null;
  /** The job in hand. */
  readonly jobId: string | null;
}

export interface WorkerPong {
  readonly id: string;
  readonly ms: number | null;
  readonly jobId: string | null;
}

export interface WorkerSupervisor {
  workers(): readonly WorkerState[];
  /** Asks each for a sign of life; null milliseconds for one that gives none in time. */
  ping(): Promise<readonly WorkerPong[]>;
  /** Passes a change of the queue on to the workers. */
  tell(jobId: string | null): void;
  /** Of those that live; one that starts later logs as the settings say. */
  setLogLevel(level: LogLevel): void;
  /** Drains the workers, then ends those that do not. */
  stop(): Promise<void>;
}

export interface SupervisorOptions {
  readonly settings: Settings;
  readonly queue: Pick<OpenQueue, 'list' | 'recover' | 'notify'>;
  /** What the workers' ids begin with, so that a machine knows its own. */
  readonly hostId: string;
  readonly buildsFolder: string;
  readonly log: Logger;
  /** Where workers log; the service's stderr when absent. */
  readonly logFile?: string;
  /** Called for each worker once it runs, so that what is left of it can be ended after a crash. */
  readonly onProcess?: (identity: ProcessIdentity) => void;
  /** How often workers say that they live; 10 seconds by default. */
  readonly aliveMs?: number;
  /** When they are started, in milliseconds from now; at once by default. Until then they count as alive. */
  readonly beginAfterMs?: number;
}

interface Slot {
  id: string;
  process: RunningProcess | null;
  lastHeartbeatAt: number | null;
  /** The same by a clock that stands still while the machine sleeps; its start, before the first sign. */
  heardAt: number;
  jobId: string | null;
  /** Ended jobs whose folders it still has. */
  planJobIds: readonly string[];
  delayMs: number;
  /** Who waits for its next sign of life. */
  onSign: (() => void) | undefined;
  restart: NodeJS.Timeout | undefined;
  ended: Promise<void>;
  /** Resolves when it was started first, or never will be. */
  readonly begun: Promise<void>;
}

async function pingSlot(slot: Slot): Promise<WorkerPong> {
  await slot.begun;
  const { id, process, jobId } = slot;
  if (process === null) return { id, ms: null, jobId };
  const startedAt = performance.now();
  const before = slot.onSign;
  const answered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, PING_MS, false);
    slot.onSign = () => {
      before?.();
      clearTimeout(timer);
      resolve(true);
    };
    const message: ToWorker = { type: 'ping' };
    process.send(message);
  });
  slot.onSign = undefined;
  return { id, ms: answered ? performance.now() - startedAt : null, jobId };
}

/** Waits for the end, but not longer. */
async function withinSeconds(end: Promise<unknown>, seconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  await Promise.race([end, over]);
  clearTimeout(timer);
}

export function startWorkers(options: SupervisorOptions): WorkerSupervisor {
  const { settings, queue, log, aliveMs = ALIVE_MS, beginAfterMs = 0 } = options;
  let stopping = false;
  let hasBegun = false;
  const begun = Promise.withResolvers<void>();
  const retries = new Set<NodeJS.Timeout>();

  const onMessage = (slot: Slot, message: FromWorker): void => {
    slot.lastHeartbeatAt = Date.now();
    slot.heardAt = performance.now();
    slot.onSign?.();
    if (message.type === 'busy') slot.jobId = message.jobId;
    if (message.type === 'plans') slot.planJobIds = message.jobIds;
    if (message.type === 'queue-changed') queue.notify(message.jobId);
  };

  /**
   * What a dead worker held goes back to the queue. What it left on disk goes before that, for the next try of the
   * same job may begin at once and must keep its folder.
   */
  const takeBack = async (workerId: string, ended: readonly string[]): Promise<void> => {
    const running = await queue.list({ states: ['running'], limit: ALL });
    const held = running.filter((job) => job.workerId === workerId).map(({ id }) => id);
    // Its own is the folder that waited for the next build.
    await removeLeftovers(options.buildsFolder, [...held, ...ended, workerId]);
    if (held.length === 0) return;
    const jobs = await queue.recover(workerId);
    log.warn({ workerId, jobs: jobs.map(({ id, state }) => ({ id, state })) }, 'jobs taken back');
  };

  /** Tries again later while the machine refuses (a full disk, a locked database): nobody else takes the job back. */
  const cleanUpAfter = async (workerId: string, ended: readonly string[]): Promise<void> => {
    try {
      await takeBack(workerId, ended);
    } catch (error) {
      if (stopping) return;
      log.error({ err: error, workerId }, 'cleaning up after a worker failed; trying again');
      const retry = setTimeout(() => {
        retries.delete(retry);
        void cleanUpAfter(workerId, ended);
      }, CLEAN_UP_RETRY_MS);
      retries.add(retry);
    }
  };

  const begin = (slot: Slot): void => {
    slot.id = `worker-${options.hostId}${randomBytes(6).toString('hex')}`;
    const { id } = slot;
    const startedAt = performance.now();
    const { logFile } = options;
    const { shown, variables } = partSecrets(settings);
    const workerArguments: WorkerArguments = { settings: shown, workerId: id, aliveMs, logFile };
    slot.heardAt = performance.now();
    slot.process = start(
      process.execPath,
      [...SMALL_HEAP, PROGRAM, JSON.stringify(workerArguments)],
      {
        cwd: settings.dataDir,
        env: { ...networkEnvironment(), ...variables },
        maxOutputBytes: 16 * 1024,
        stderr: 'inherit',
        onMessage: (message) => onMessage(slot, message as FromWorker),
        ...(options.onProcess === undefined ? {} : { onSpawn: options.onProcess }),
      },
    );
    slot.ended = slot.process.exited.then(async (result) => {
      slot.process = null;
      slot.jobId = null;
      const ended = slot.planJobIds;
      slot.planJobIds = [];
      await cleanUpAfter(id, ended);
      if (stopping) return;
      const healthy = performance.now() - startedAt >= HEALTHY_MS;
      slot.delayMs = healthy ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, slot.delayMs * 2);
      log.error(
        { workerId: id, outcome: result.outcome, exitCode: result.exitCode, signal: result.signal },
        `worker ended; restarting in ${slot.delayMs} ms`,
      );
      slot.restart = setTimeout(() => begin(slot), slot.delayMs);
    });
  };

  const slots: Slot[] = Array.from(
    { length: settings.role === 'api' ? 0 : settings.workers },
    () => ({
      id: '',
      process: null,
      lastHeartbeatAt: null,
      heardAt: 0,
      jobId: null,
      planJobIds: [],
      delayMs: FIRST_DELAY_MS / 2,
      onSign: undefined,
      restart: undefined,
      ended: Promise.resolve(),
      begun: begun.promise,
    }),
  );
  const beginAll = (): void => {
    hasBegun = true;
    for (const slot of slots) begin(slot);
    begun.resolve();
  };
  const first = beginAfterMs === 0 ? beginAll() : setTimeout(beginAll, beginAfterMs);
  let lookedAt = performance.now();
  const watchdog = setInterval(() => {
    const now = performance.now();
    // This process itself stood still (Ctrl+Z on a terminal): what workers said meanwhile was not read yet.
    const wasAway = now - lookedAt > aliveMs * 2;
    lookedAt = now;
    for (const slot of slots) {
      if (wasAway) slot.heardAt = now;
      if (slot.process === null || now - slot.heardAt < aliveMs * MISSED_SIGNS) continue;
      log.error({ workerId: slot.id }, 'a worker hangs; ending it');
      void slot.process.kill();
    }
  }, aliveMs);

  return {
    workers: () =>
      slots.map(({ id, process, lastHeartbeatAt, jobId }) => ({
        id,
        alive: process !== null || !hasBegun,
        lastHeartbeatAt,
        jobId,
      })),
    ping: () => Promise.all(slots.map(pingSlot)),
    tell(jobId) {
      const message: ToWorker = { type: 'queue-changed', jobId };
      for (const slot of slots) slot.process?.send(message);
    },
    setLogLevel(level) {
      const message: ToWorker = { type: 'log-level', level };
      for (const slot of slots) slot.process?.send(message);
    },
    async stop() {
      stopping = true;
      clearTimeout(first ?? undefined);
      begun.resolve();
      clearInterval(watchdog);
      for (const retry of retries) clearTimeout(retry);
      const all = Promise.all(slots.map(({ ended }) => ended));
      const tell = (message: ToWorker): void => {
        for (const slot of slots) slot.process?.send(message);
      };
      for (const slot of slots) clearTimeout(slot.restart);
      if (settings.drainSeconds > 0) {
        tell({ type: 'last' });
        await withinSeconds(all, settings.drainSeconds);
      }
      tell({ type: 'drain' });
      const timer = setTimeout(() => {
        log.warn('workers do not drain; ending them');
        for (const slot of slots) void slot.process?.kill();
      }, DRAIN_MS);
      await all;
      clearTimeout(timer);
    },
  };
}
