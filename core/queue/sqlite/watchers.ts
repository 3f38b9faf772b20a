/** Who wants to know when something changed, in this process or in another one. */
import type { Database } from '../../db/database.ts';

/** A job id, or null for «look at all». */
export type Listener = (jobId: string | null) => void;

export interface Watchers {
  add(listener: Listener): () => void;
  notify(jobId: string | null): void;
  /** Calls nobody any more. */
  close(): void;
}

/**
 * Within a process, writes call `notify`; between processes the supervisor passes the word on. Should that
 * word get lost, SQLite's own counter of other connections' commits is looked at every `pollMs`.
 */
export function createWatchers(database: Database, pollMs: number): Watchers {
  const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
  const listeners = new Set<{ readonly call: Listener }>();
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;

  const notify = (jobId: string | null): void => {
    for (const listener of listeners) {
      // Apart from the caller: what a listener throws must not look like a write that failed.
      queueMicrotask(() => {
        if (listeners.has(listener)) listener.call(jobId);
      });
    }
  };
  const look = (): void => {
    let version: number | undefined;
    try {
      version = dataVersion.get();
    } catch {
      // Who reads next meets the same fault, where it can be handled; an unknown state counts as changed.
      version = undefined;
    }
    if (version !== undefined && version === seen) return;
    seen = version;
    notify(null);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  return {
    add(call) {
      const listener = { call };
      listeners.add(listener);
      if (timer === undefined) {
        seen = dataVersion.get();
        timer = setInterval(look, pollMs);
        timer.unref();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    notify,
    close() {
      listeners.clear();
      stop();
    },
  };
}
