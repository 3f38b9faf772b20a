/** The keys and pairing codes that the settings name: of this machine, or of all hosts of one service. */
import type { Database } from '../db/database.ts';
import { redisAddressOf } from '../queue/open-queue.ts';
import type { RedisConnection } from '../queue/redis/connection.ts';
import type { Settings } from '../settings.ts';
import type { ApiKeys, Pairings } from './contract.ts';
import { createSqliteKeys } from './sqlite-keys.ts';
import { createSqlitePairings } from './sqlite-pairings.ts';

export interface Access {
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
  /** The connection is whoever opened it to close. */
  readonly shared?: { readonly redis: RedisConnection; readonly prefix: string };
}

/** @param waitMs how long a call waits for a Redis that is away. */
export async function openAccess(
  settings: Settings,
  database: Database,
  waitMs: number,
): Promise<Access> {
  const address = redisAddressOf(settings);
  if (address === null) {
    return { keys: createSqliteKeys(database), pairings: createSqlitePairings(database) };
  }
  const [{ connect }, { createRedisAccess }] = await Promise.all([
    import('../queue/redis/connection.ts'),
    import('./redis-access.ts'),
  ]);
  const prefix = `{kiln-${settings.clusterName}}:`;
  const redis = connect({ address, prefix, waitMs });
  return { ...createRedisAccess(redis, prefix), shared: { redis, prefix } };
}
