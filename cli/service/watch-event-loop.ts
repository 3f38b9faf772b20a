/** Says so when the service could not answer anybody for a while, since something held its one thread. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from '../../core/log.ts';

const LOOK_EVERY_MS = 10_000;
const RESOLUTION_MS = 20;

/**
 * @param slowMs what is worth a line, in milliseconds; 0 for nothing.
 * @param everyMs between two looks.
 * @returns a function that ends the watch.
 */
export function watchEventLoop(
  slowMs: number,
  log: Pick<Logger, 'warn'>,
  everyMs: number = LOOK_EVERY_MS,
): () => void {
  if (slowMs === 0) return () => undefined;
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let lookedAt = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // A look that is late itself comes before the standstill is counted, and the reset would forget it.
    const late = now - lookedAt - everyMs;
    lookedAt = now;
    const ms = Math.round(Math.max(delay.max / 1e6, late));
    delay.reset();
    if (ms >= slowMs) log.warn({ ms }, 'the service stood still');
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}
