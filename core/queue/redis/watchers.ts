/** Who wants to know when something changed, on whatever machine: Redis tells every subscriber. */
import type { Redis } from 'ioredis';
import { type ConnectionOptions, createClient } from './connection.ts';

/** A job id, or null for «look at all». */
export type Listener = (jobId: string | null) => void;

export interface Watchers {
  add(listener: Listener): () => void;
  close(): void;
}

/** A subscription that says nothing for so long is asked whether it still stands. */
const PING_MS = 5000;

/**
 * Subscribes, and again after each break; whoever watches then hears «look at all», for what happened meanwhile is not
 * told again.
 */
export function createWatchers(options: ConnectionOptions): Watchers {
  const client: Redis = createClient(options);
  const listeners = new Set<{ readonly call: Listener }>();
  const notify = (jobId: string | null): void => {
    for (const listener of listeners) {
      // Apart: what one listener throws is not the others' matter.
      queueMicrotask(() => {
        if (listeners.has(listener)) listener.call(jobId);
      });
    }
  };
  client.on('ready', () => {
    client.subscribe(`${options.prefix}changed`).then(
      () => notify(null),
      // The connection broke in between; the next one subscribes.
      () => undefined,
    );
  });
  client.on('message', (_channel: string, id: string) => notify(id === '' ? null : id));
  // Said by the other connection, to whoever calls; this one tries again by itself.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  const timer = setInterval(() => {
    if (client.status !== 'ready') return;
    client.ping().catch(() => client.disconnect(true));
  }, PING_MS);
  timer.unref();

  return {
    add(call) {
      const listener = { call };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      clearInterval(timer);
      listeners.clear();
      client.disconnect();
    },
  };
}
