/** Runs a task soon, however often that is asked for: at most one more run waits behind the one that is under way. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KilnError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/log.ts';
import type { Schedule } from '../../../core/schedule/contract.ts';

const AGAIN_MS = 1000;

/** @param signal no run begins after it is aborted. */
export function createLookAgain(
  schedule: Schedule,
  task: string,
  log: Logger,
  signal: AbortSignal,
): () => void {
  let isWanted = false;
  let isGoing = false;
  const go = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      try {
        // Before the run: what is pushed while it fetches is looked for once more.
        isWanted = false;
        await schedule.run(task, false);
      } catch (error) {
        if (!(error instanceof KilnError) || error.code !== 'schedule.running') throw error;
        // Somebody else's run; it may have fetched already.
        isWanted = true;
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  return () => {
    isWanted = true;
    if (isGoing) return;
    isGoing = true;
    go()
      .catch((error: unknown) => log.error({ err: error, task }, 'a task could not be started'))
      .finally(() => {
        isGoing = false;
      });
  };
}
