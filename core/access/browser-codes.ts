/**
 * One-time codes that let a browser in: `kiln open` puts one into the address that it opens, the page exchanges it for
 * a key of its own. They live in the service's memory alone: after a restart there is nothing to steal.
 */
import { randomBytes } from 'node:crypto';
import { digestOf } from './secrets.ts';

/** Long enough to read it from another window, too short to matter in a history. */
const LIFE_MS = 10 * 60_000;
/** More than anybody opens in that time; the oldest goes. */
const MOST_CODES = 32;

export interface BrowserCodes {
  /** A new code, good for one exchange within ten minutes. */
  issue(): string;
  /** Uses a code up. @returns whether it was good. */
  redeem(code: string): boolean;
}

/** @param now milliseconds since the epoch */
export function createBrowserCodes(now: () => number = Date.now): BrowserCodes {
  // By digest, so that finding one takes a time that says nothing about the others.
  const expiry = new Map<string, number>();
  const keyOf = (code: string) => digestOf(code).toString('hex');
  return {
    issue() {
      const code = randomBytes(18).toString('base64url');
      const oldest = expiry.keys().next().value;
      if (expiry.size >= MOST_CODES && oldest !== undefined) expiry.delete(oldest);
      expiry.set(keyOf(code), now() + LIFE_MS);
      return code;
    },
    redeem(code) {
      const key = keyOf(code);
      const until = expiry.get(key);
      expiry.delete(key);
      return until !== undefined && now() < until;
    },
  };
}
