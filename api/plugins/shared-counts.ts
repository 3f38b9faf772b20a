/** Counts of requests on Redis, for hosts that are one service: a store of @fastify/rate-limit. */
import type { RedisConnection } from '../../core/queue/redis/connection.ts';

interface Count {
  readonly current: number;
  /** Milliseconds until it begins anew. */
  readonly ttl: number;
}

type Done = (error: Error | null, count?: Count) => void;

/** One limit each, by the `name` of its options: the package has one store for all that it makes. */
export function sharedCounts(redis: Pick<RedisConnection, 'client'>, prefix: string) {
  return class SharedCounts {
    readonly name: string;

    constructor(options: object) {
      this.name = 'name' in options ? String(options.name) : '';
    }

    child(options: object): SharedCounts {
      return new SharedCounts(options);
    }

    incr(caller: string, done: Done, windowMs: number): void {
      const key = `${prefix}limit:${this.name}:${caller}`;
      redis.client
        .multi()
        .set(key, 0, 'PX', windowMs, 'NX')
        .incr(key)
        .pttl(key)
        .exec()
        .then((answers) => done(null, countOf(answers?.slice(1))), done);
    }

    read(caller: string, done: Done): void {
      const key = `${prefix}limit:${this.name}:${caller}`;
      redis.client
        .multi()
        .get(key)
        .pttl(key)
        .exec()
        .then((answers) => done(null, countOf(answers ?? undefined)), done);
    }
  };
}

function countOf(answers: readonly (readonly [Error | null, unknown])[] | undefined): Count {
  const [current, ttl] = (answers ?? []).map(([, answer]) => Number(answer ?? 0));
  return { current: current ?? 0, ttl: Math.max(0, ttl ?? 0) };
}
