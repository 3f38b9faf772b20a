/** When a service that died is started again. Pure. */

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
/** A service that answered for so long was healthy: its next restart is quick again. */
const HEALTHY_MS = 60_000;
/** After so many ends in a row without a sign of health a person is told. It is tried on all the same. */
const TELL_AFTER = 3;

export interface BackOff {
  /**
   * @param livedMs how long it answered; 0 for one that never did.
   * @returns how long to wait, and whether it is time to say that something is wrong
   */
  ended(livedMs: number): { readonly delayMs: number; readonly tell: boolean };
  /** A person asked for a new start. */
  reset(): void;
}

export function createBackOff(): BackOff {
  let ends = 0;
  return {
    ended(livedMs) {
      ends = livedMs >= HEALTHY_MS ? 1 : ends + 1;
      const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (ends - 1));
      return { delayMs, tell: ends >= TELL_AFTER };
    },
    reset() {
      ends = 0;
    },
  };
}
