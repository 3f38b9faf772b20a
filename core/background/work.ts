/**
 * Work that takes longer than a request may (a clone, an update, an installation), done inside the service: one at a
 * time for each subject, told of by the line that it printed last, remembered until the next one of its subject.
 */
import { type ErrorReport, KilnError, toKilnError } from '../errors.ts';

export interface Work {
  /** What is done: `add-tree`, `update-tree`, … */
  readonly kind: string;
  /** What it is done to: a tree's name, say. */
  readonly subject: string;
  readonly state: 'running' | 'done' | 'failed';
  /** The last line of the tool that does it. */
  readonly line: string | null;
  readonly error: ErrorReport | null;
  /** What came of it; its shape belongs to the kind. */
  readonly result: unknown;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export interface BackgroundWork {
  /** The work in hand, and the last of each subject; the newest first. */
  list(): readonly Work[];
  /**
   * Starts, and does not wait.
   * @param task gets a function that takes each line which its tools print.
   * @throws KilnError `work.in-hand` when something is done to that subject already.
   */
  start(
    kind: string,
    subject: string,
    task: (say: (line: string) => void) => Promise<unknown>,
  ): Work;
  /** Resolves when nothing is in hand any more. */
  idle(): Promise<void>;
}

/** Finished work of more subjects than that is forgotten, the oldest first. */
const MOST_REMEMBERED = 50;

/** @param now milliseconds since the epoch */
export function createBackgroundWork(now: () => number = Date.now): BackgroundWork {
  const bySubject = new Map<string, Work>();
  const running = new Set<Promise<void>>();

  const change = (subject: string, changes: Partial<Work>): void => {
    const work = bySubject.get(subject);
    if (work !== undefined) bySubject.set(subject, { ...work, ...changes });
  };

  const forgetOldest = (): void => {
    for (const [subject, { state }] of bySubject) {
      if (bySubject.size <= MOST_REMEMBERED) return;
      if (state !== 'running') bySubject.delete(subject);
    }
  };

  return {
    list: () => [...bySubject.values()].reverse(),
    start(kind, subject, task) {
      if (bySubject.get(subject)?.state === 'running') {
        throw new KilnError('work.in-hand', `Something is done to ${subject} already.`);
      }
      const work: Work = {
        kind,
        subject,
        state: 'running',
        line: null,
        error: null,
        result: null,
        startedAt: now(),
        endedAt: null,
      };
      // Moves to the end, as the newest.
      bySubject.delete(subject);
      bySubject.set(subject, work);
      forgetOldest();
      const done = (async () => task((line) => change(subject, { line })))().then(
        (result) => change(subject, { state: 'done', result: result ?? null, endedAt: now() }),
        (error: unknown) =>
          change(subject, {
            state: 'failed',
            error: toKilnError(error).toReport(),
            endedAt: now(),
          }),
      );
      running.add(done);
      void done.then(() => running.delete(done));
      return work;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
