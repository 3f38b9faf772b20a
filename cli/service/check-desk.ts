/**
 * Whose check is next? One build at a time; clients take turns in the order in which they came, and of each client only
 * the newest wish counts. Knows nothing of processes.
 */
import type { CheckAnswer, Checks } from '../../core/compile/check.ts';
import type { CompilePayload } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';

export interface CheckRun {
  readonly payload: CompilePayload;
  readonly signal: AbortSignal;
  /** Called when the build goes by a plan: it is quick, and leaves nothing for a later one. */
  readonly onPlan: () => void;
}

/** Carries one check out. @throws KilnError as a build does */
export type RunCheck = (run: CheckRun) => Promise<CheckAnswer>;

export interface CheckDeskOptions {
  readonly runCheck: RunCheck;
  /** The same at the lowest priority. */
  readonly runIdle: RunCheck;
  /** Whether no job waits or runs. */
  readonly isQuiet: () => Promise<boolean>;
  /** Milliseconds between two looks whether it is quiet enough for a wish that waits. */
  readonly lookEveryMs?: number;
}

export interface CheckDesk extends Checks {
  stop(): void;
}

interface Wish {
  readonly payload: CompilePayload;
  readonly client: string;
  readonly resolve: (answer: CheckAnswer) => void;
  readonly reject: (error: unknown) => void;
}

interface Run {
  readonly wish: Wish;
  readonly stop: AbortController;
  byPlan: boolean;
}

const LOOK_EVERY_MS = 2000;

function superseded(): KilnError {
  return new KilnError('check.superseded', 'A newer check of the same client took its place.');
}

/** Both would use what the other's full build leaves. */
function isSameBoard(a: CompilePayload, b: CompilePayload): boolean {
  return a.tree === b.tree && a.keyboard === b.keyboard;
}

export function createCheckDesk(options: CheckDeskOptions): CheckDesk {
  const { runCheck, runIdle, isQuiet, lookEveryMs = LOOK_EVERY_MS } = options;
  /** By client; a map keeps the order of arrival, also of a wish that is replaced. */
  const waiting = new Map<string, Wish>();
  let current: Run | null = null;
  const idle = createIdleTurn(runIdle, isQuiet, lookEveryMs);

  const next = (): void => {
    if (current !== null) return;
    const [first] = waiting.values();
    if (first === undefined) return;
    waiting.delete(first.client);
    idle.giveWay(first.payload);
    const run: Run = { wish: first, stop: new AbortController(), byPlan: false };
    current = run;
    const onPlan = (): void => {
      run.byPlan = true;
      // What took its place may have come before that was known.
      const newer = waiting.get(first.client);
      if (newer !== undefined) replace(run, newer.payload);
    };
    void runCheck({ payload: first.payload, signal: run.stop.signal, onPlan })
      .then(first.resolve, first.reject)
      .finally(() => {
        current = null;
        next();
      });
  };

  /** A full build of the same keyboard goes on: the newer check waits for what it leaves. */
  const replace = (run: Run, newer: CompilePayload): void => {
    run.wish.reject(superseded());
    const isUseful = !run.byPlan && isSameBoard(run.wish.payload, newer);
    if (!isUseful) run.stop.abort();
  };

  const leave = (wish: Wish): void => {
    if (waiting.get(wish.client) === wish) waiting.delete(wish.client);
    else if (current?.wish === wish && !waiting.has(wish.client)) current.stop.abort();
  };

  return {
    check(payload, client, signal) {
      return new Promise<CheckAnswer>((resolve, reject) => {
        const wish: Wish = { payload, client, resolve, reject };
        waiting.get(client)?.reject(superseded());
        waiting.set(client, wish);
        if (current?.wish.client === client) replace(current, payload);
        signal.addEventListener('abort', () => {
          reject(new KilnError('job.canceled', 'Nobody waits for this check any more.'));
          leave(wish);
        });
        next();
      });
    },
    prewarm: idle.wish,
    stop() {
      idle.stop();
      for (const { reject } of waiting.values()) {
        reject(new KilnError('job.canceled', 'The service stops.'));
      }
      waiting.clear();
      current?.stop.abort();
    },
  };
}

/** At most one build that nobody waits for, and one wish behind it. */
function createIdleTurn(runIdle: RunCheck, isQuiet: () => Promise<boolean>, lookEveryMs: number) {
  let wish: CompilePayload | null = null;
  let current: { readonly payload: CompilePayload; readonly stop: AbortController } | null = null;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    if (current !== null || wish === null || !(await isQuiet())) return;
    // Both may have changed while the queue was asked.
    if (current !== null || wish === null) return;
    const run = { payload: wish, stop: new AbortController() };
    wish = null;
    current = run;
    await runIdle({ payload: run.payload, signal: run.stop.signal, onPlan: () => undefined })
      // Whoever builds that keyboard meets the same trouble, and is told.
      .catch(() => undefined);
    current = null;
  };
  const lookAgain = (): void => {
    clearTimeout(timer);
    void look()
      .catch(() => undefined)
      .finally(() => {
        if (wish !== null) timer = setTimeout(lookAgain, lookEveryMs).unref();
      });
  };
  return {
    wish(payload: CompilePayload): void {
      if (current !== null && isSameBoard(current.payload, payload)) return;
      wish = payload;
      lookAgain();
    },
    /** Somebody waits for a build of that keyboard: two full builds of it would only hinder each other. */
    giveWay(payload: CompilePayload): void {
      if (wish !== null && isSameBoard(wish, payload)) wish = null;
      if (current !== null && isSameBoard(current.payload, payload)) current.stop.abort();
    },
    stop(): void {
      wish = null;
      clearTimeout(timer);
      current?.stop.abort();
    },
  };
}
