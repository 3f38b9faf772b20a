/** Counts the uses of keys, and writes them down in batches: a poll must not cost a write. */
import type { Logger } from '../log.ts';
import type { ApiKeys, KeyUse } from './contract.ts';

export interface UseCounter {
  note(keyId: string): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface UseCounterOptions {
  readonly keys: Pick<ApiKeys, 'recordUses'>;
  readonly log: Pick<Logger, 'warn'>;
  /** The longest that a use stays unwritten. */
  readonly intervalMs?: number;
  /** So many uses are written without waiting for that. */
  readonly threshold?: number;
  readonly now?: () => number;
}

export function createUseCounter({
  keys,
  log,
  intervalMs = 30_000,
  threshold = 10,
  now = Date.now,
}: UseCounterOptions): UseCounter {
  let pending = new Map<string, KeyUse>();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.size === 0) return writing;
    const uses = [...pending.values()];
    pending = new Map();
    count = 0;
    writing = writing
      .then(() => keys.recordUses(uses))
      // Counts are worth less than the request that was counted.
      .catch((error: unknown) => log.warn({ err: error }, 'uses of keys could not be written'));
    return writing;
  };

  return {
    note(id) {
      pending.set(id, { id, uses: (pending.get(id)?.uses ?? 0) + 1, lastUsedAt: now() });
      count += 1;
      if (count >= threshold) void flush();
      else timer ??= setTimeout(() => void flush(), intervalMs).unref();
    },
    close: flush,
  };
}
