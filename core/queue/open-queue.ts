/** The job queue that the settings name. */
import type { Database } from '../db/database.ts';
import type { Settings } from '../settings.ts';
import type { JobQueue } from './contract.ts';
import type { RedisAddress } from './redis/connection.ts';
import { createSqliteQueue } from './sqlite/sqlite-queue.ts';

export interface OpenQueueOptions {
  readonly database: Database;
  /** Milliseconds that a call waits for a Redis that is away. */
  readonly waitMs: number;
  /** See `SqliteQueueOptions.onWrite`; Redis tells other processes itself. */
  readonly onWrite?: (jobId: string | null) => void;
}

export interface OpenQueue extends JobQueue {
  /** Another process of this machine changed this job (null: any job). Makes watchers quick, not right. */
  notify(jobId: string | null): void;
  /** Milliseconds since the queue can be reached without a break; null while it cannot. */
  connectedMs(): number | null;
}

/** Where Redis is; null for a queue of this machine's own. */
export function redisAddressOf(settings: Settings): RedisAddress | null {
  if (settings.redisHost === undefined) return null;
  return {
    host: settings.redisHost,
    port: settings.redisPort,
    user: settings.redisUser,
    password: settings.redisPassword,
    tls: settings.redisTls === 'on',
  };
}

/** Opens it; Redis is asked at the first call, and its client loaded only where there is one. */
export async function openQueue(settings: Settings, options: OpenQueueOptions): Promise<OpenQueue> {
  const address = redisAddressOf(settings);
  const { queueLimit } = settings;
  const { database, onWrite, waitMs } = options;
  if (address === null) {
    return createSqliteQueue({
      database,
      queueLimit,
      ...(onWrite === undefined ? {} : { onWrite }),
    });
  }
  const { createRedisQueue } = await import('./redis/redis-queue.ts');
  const queue = createRedisQueue({ address, name: settings.clusterName, queueLimit, waitMs });
  return { ...queue, notify: () => undefined };
}
