/** Says so when the service could not answer anybody for a while, since something held its one thread. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from '../../core/log.ts';

const LOOK_EVERY_MS = 10_000;
const RESOLUTION_MS = 20;

/**
 * @param slowMs what is worth a line, in milliseconds; 0 for nothing.
 * @returns a function that ends the watch.
 */
export function watchEventLoop(slowMs: number, log: Logger): () => void {
  if (slowMs === 0) return () => undefined;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const timer = setInterval(() => {
    const ms = Math.round(delay.max / 1e6);
    delay.reset();
    if (ms >= slowMs) log.warn({ ms }, 'the service stood still');
  }, LOOK_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
