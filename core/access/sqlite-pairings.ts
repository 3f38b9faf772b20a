/** The pairing code in Kiln's database, which outlives a restart of the service. */
import type { Database } from '../db/database.ts';
import type { Pairing, Pairings } from './contract.ts';
import { createCode } from './pairing-code.ts';

export function createSqlitePairings(database: Database, now: () => number = Date.now): Pairings {
  const select = database.prepare<[number], Pairing>(
    `SELECT code, created_at AS createdAt, expires_at AS expiresAt FROM pairing WHERE expires_at > ?`,
  );
  const replace = database.prepare(
    `INSERT OR REPLACE INTO pairing (only_row, code, created_at, expires_at)
     VALUES (1, @code, @createdAt, @expiresAt)`,
  );
  const clear = database.prepare('DELETE FROM pairing');
  const revokePaired = database.prepare('DELETE FROM api_keys WHERE paired = 1');

  const begin = database.transaction((lifeMs: number): Pairing => {
    const createdAt = now();
    const current = select.get(createdAt);
    if (current !== undefined) return current;
    const pairing = { code: createCode(), createdAt, expiresAt: createdAt + lifeMs };
    replace.run(pairing);
    return pairing;
  }).immediate;

  const end = database.transaction((): boolean => {
    const there = select.get(now()) !== undefined;
    clear.run();
    revokePaired.run();
    return there;
  }).immediate;

  return {
    current: async () => select.get(now()) ?? null,
    begin: async (lifeMs) => begin(lifeMs),
    end: async () => end(),
  };
}
