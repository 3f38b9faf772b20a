/** Turns for requests that can wait: a browser keeps six connections to a service, and what a person waits for needs one. */

export interface Turns {
  /**
   * Does the work when its turn comes. @throws what the work throws; the signal's reason when it is aborted before
   */
  take<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value>;
}

/** @param atOnce how many are at work at the same time */
export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let atWork = 0;

  const mayBegin = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal.reason);
      };
      const begin = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      waiting.push(begin);
      signal.addEventListener('abort', leave, { once: true });
    });

  return {
    async take(work, signal) {
      signal.throwIfAborted();
      // Who is let in takes the place of who ends, so that nobody slips in between.
      if (atWork === atOnce) await mayBegin(signal);
      else atWork += 1;
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) atWork -= 1;
        else next();
      }
    },
  };
}
