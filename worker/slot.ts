/**
 * A worker's loop: claim, work, end; one job at a time. May die at any instant: the queue gives its job to another
 * worker.
 */
import { KilnError, toKilnError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type {
  Claim,
  JobProgress,
  JobQueue,
  JsonValue,
  WorkerEvent,
} from '../core/queue/contract.ts';

/** A worker that says nothing for so long is taken for dead. */
export const LEASE_MS = 30_000;
const HEARTBEAT_MS = LEASE_MS / 6;
/** Asked without a nudge so often; nudges make it quick. */
const IDLE_POLL_MS = 1000;
/** Log lines are written in batches: each write waits for the disk. */
const FLUSH_MS = 100;
/** While another program has the database locked. */
const RETRY_MS = 500;
/** Of the last batch, which the end of the job waits for. */
const LAST_TRIES = 4;
const MOST_KEPT_LINES = 20_000;

export interface JobContext {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onLine: (line: string) => void;
}

/** Carries out a job of one kind. @throws KilnError with why it could not be. */
export type Handler = (claim: Claim, context: JobContext) => Promise<JsonValue>;

export interface SlotOptions {
  readonly queue: JobQueue;
  readonly workerId: string;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly log: Logger;
  /** Aborting it drains: the job in hand goes back to the queue. */
  readonly signal: AbortSignal;
  /** Aborting it ends the loop after the job in hand. */
  readonly last?: AbortSignal;
  /** What this worker has, see `NewJob.needs`; asked before each claim. */
  readonly offers?: () => Promise<readonly string[]>;
  /** Called whenever there is nothing to do. */
  readonly onIdle?: () => void;
  /** Called with the job in hand, or null, whenever it changes. */
  readonly onBusy?: (jobId: string | null) => void;
}

type Interruption = 'cancel' | 'lost' | 'drain';

/** Gathers a job's log lines and its newest progress, and writes them in order, a batch at a time. */
function createRecorder(queue: JobQueue, claim: Claim, log: Logger) {
  let lines: string[] = [];
  let progress: JobProgress | null = null;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const takeEvents = (): WorkerEvent[] => {
    const events: WorkerEvent[] = [];
    if (lines.length > 0) events.push({ type: 'log', lines });
    if (progress !== null) events.push({ type: 'progress', progress });
    lines = [];
    progress = null;
    return events;
  };
  /** What could not be written comes first at the next try, unless that became a flood. */
  const keep = (events: readonly WorkerEvent[], error: unknown): void => {
    const kept = events.flatMap((event) => (event.type === 'log' ? event.lines : []));
    const newest = events.findLast((event) => event.type === 'progress');
    if (newest !== undefined) progress ??= newest.progress;
    if (kept.length + lines.length > MOST_KEPT_LINES) {
      // The live view is a comfort; the build and its full log go on without it.
      log.warn({ err: error, lines: kept.length }, 'live log could not be written');
      return;
    }
    lines = [...kept, ...lines];
    timer ??= setTimeout(() => void flush(), RETRY_MS);
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0 && progress === null) return writing;
    writing = writing.then(async () => {
      const events = takeEvents();
      if (events.length === 0) return;
      await queue.record(claim, events).catch((error: unknown) => keep(events, error));
    });
    return writing;
  };
  const flushSoon = (): void => {
    timer ??= setTimeout(() => void flush(), FLUSH_MS);
  };
  return {
    /** Writes what is left of the log, as well as that can be done; nothing is written afterwards. */
    async close(): Promise<void> {
      // The end itself says more than how far it was before.
      if (lines.length === 0) progress = null;
      for (let tries = 0; tries < LAST_TRIES; tries += 1) {
        await flush();
        clearTimeout(timer);
        timer = undefined;
        if (lines.length === 0 && progress === null) return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    },
    addLine(line: string): void {
      lines.push(line);
      flushSoon();
    },
    setProgress(newest: JobProgress): void {
      progress = newest;
      flushSoon();
    },
  };
}

/** Keeps the claim alive; calls back when the job has to stop. */
function keepAlive(
  queue: JobQueue,
  claim: Claim,
  log: Logger,
  interrupt: (why: Interruption) => void,
): () => void {
  const beat = async (): Promise<void> => {
    try {
      const answer = await queue.heartbeat(claim, LEASE_MS);
      if (answer !== 'held') interrupt(answer);
    } catch (error) {
      log.warn({ err: error }, 'heartbeat could not be written');
    }
  };
  const timer = setInterval(() => void beat(), HEARTBEAT_MS);
  // A cancel is not to wait for the next beat; and a beat at each of the job's own events would double the writes.
  const look = async (): Promise<void> => {
    try {
      if ((await queue.get(claim.job.id))?.cancelRequested) interrupt('cancel');
    } catch (error) {
      log.warn({ err: error }, 'the job could not be looked at');
    }
  };
  const unwatch = queue.watch((jobId) => {
    if (jobId === claim.job.id || jobId === null) void look();
  });
  return () => {
    clearInterval(timer);
    unwatch();
  };
}

/** Writes how a job ended. A claim that is lost by now is somebody else's job: nothing to do. */
async function end(log: Logger, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof KilnError) || error.code !== 'queue.claim-lost') throw error;
    log.warn('the job was given to another worker meanwhile');
  }
}

async function work(claim: Claim, options: SlotOptions): Promise<void> {
  const { queue } = options;
  const { id: jobId, requestId } = claim.job;
  const log = options.log.child({ jobId, ...(requestId === null ? {} : { reqId: requestId }) });
  // Drained while it claimed.
  if (options.signal.aborted) return end(log, () => queue.handBack(claim));
  const stop = new AbortController();
  let interruption: Interruption | null = null;
  const interrupt = (why: Interruption): void => {
    interruption ??= why;
    stop.abort();
  };
  const drain = (): void => interrupt('drain');
  options.signal.addEventListener('abort', drain);
  const letGo = keepAlive(queue, claim, log, interrupt);
  const recorder = createRecorder(queue, claim, log);
  const startedAt = performance.now();
  log.info({ kind: claim.job.kind, tries: claim.job.tries }, 'job started');
  try {
    const handler = options.handlers[claim.job.kind];
    if (handler === undefined) {
      throw new KilnError('internal.defect', `No worker knows the kind ${claim.job.kind}.`);
    }
    const result = await handler(claim, {
      signal: stop.signal,
      log,
      onProgress: recorder.setProgress,
      onLine: recorder.addLine,
    });
    await recorder.close();
    await end(log, () => queue.finish(claim, result));
    log.info({ durationMs: Math.round(performance.now() - startedAt) }, 'job finished');
  } catch (error) {
    await recorder.close();
    await endInterrupted(claim, options, log, interruption, error);
  } finally {
    letGo();
    options.signal.removeEventListener('abort', drain);
  }
}

async function endInterrupted(
  claim: Claim,
  { queue }: SlotOptions,
  log: Logger,
  interruption: Interruption | null,
  error: unknown,
): Promise<void> {
  const known = toKilnError(error);
  switch (interruption) {
    case 'lost':
      log.warn('the job was taken back while it ran');
      return;
    case 'cancel':
      log.info('job canceled');
      return end(log, () => queue.cancelClaimed(claim));
    case 'drain':
      log.info('job handed back');
      return end(log, () => queue.handBack(claim));
    case null:
      if (known.code === 'tree.not-here') {
        log.info({ err: error }, 'job handed back');
        return end(log, () => queue.handBack(claim));
      }
      log[known.kind === 'defect' ? 'error' : 'warn'](
        { err: error, code: known.code },
        'job failed',
      );
      return end(log, () => queue.fail(claim, known.toReport()));
  }
}

/**
 * A bell that rings when there may be work. Armed before a claim and asked after it, so that a job that came in
 * between is not overlooked.
 */
function createBell(queue: JobQueue, signals: readonly AbortSignal[]) {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const unwatch = queue.watch(ring);
  for (const signal of signals) signal.addEventListener('abort', ring);
  return {
    disarm(): void {
      unwatch();
      for (const signal of signals) signal.removeEventListener('abort', ring);
    },
    /** Resolves at once when it rang since the last call, else at the next ring or after the poll's time. */
    async wait(): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, IDLE_POLL_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}

/** Works until the signal is aborted. @throws when the queue itself fails: end the process and start anew. */
export async function runSlot(options: SlotOptions): Promise<void> {
  const { queue, signal, last, offers = async () => [] } = options;
  const kinds = Object.keys(options.handlers);
  const bell = createBell(queue, last === undefined ? [signal] : [signal, last]);
  try {
    while (!signal.aborted && last?.aborted !== true) {
      const claim = await queue.claim(options.workerId, kinds, LEASE_MS, await offers());
      if (claim === null) {
        options.onIdle?.();
        await bell.wait();
        continue;
      }
      options.onBusy?.(claim.job.id);
      await work(claim, options).finally(() => options.onBusy?.(null));
    }
  } finally {
    bell.disarm();
  }
}
