/** What every transition is made from. */
import type { Database } from '../../db/database.ts';

export interface Engine {
  readonly database: Database;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets, the same in all processes of this machine until it starts anew. */
  readonly leaseNow: () => number;
  /** 128 random bits as 32 hexadecimal digits: a job id or a claim token. */
  readonly newToken: () => string;
  readonly queueLimit: number;
}

/**
 * Makes a function that runs as one transaction, which takes the write lock before it reads: what it read
 * still holds when it writes, whatever other processes do.
 */
export function transaction<Arguments extends unknown[], Result>(
  { database }: Engine,
  body: (...parameters: Arguments) => Result,
): (...parameters: Arguments) => Result {
  return database.transaction(body).immediate as (...parameters: Arguments) => Result;
}
