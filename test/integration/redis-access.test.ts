/** Keys, pairing codes and limits that several hosts share, on a real Redis. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRedisAccess } from '../../core/access/redis-access.ts';
import { connect } from '../../core/queue/redis/connection.ts';
import { describeAccess } from '../contracts/access.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../fixtures/redis/redis-server.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';

const WAIT_MS = 5000;

describe.skipIf(NO_REDIS)('on Redis', () => {
  let redis: RedisServer;
  let stores = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  describeAccess('Redis', async () => {
    stores += 1;
    const prefix = `{test-${stores}}:`;
    const { address } = redis;
    const connection = connect({ address, prefix, waitMs: WAIT_MS });
    const other = connect({ address, prefix, waitMs: WAIT_MS });
    onTestFinished(() => {
      connection.close();
      other.close();
    });
    const clock = { now: 1_000_000 };
    const now = () => clock.now;
    return {
      ...createRedisAccess(connection, prefix, now),
      clock,
      again: () => createRedisAccess(other, prefix, now).pairings,
    };
  });

  it('keeps nothing of a secret but a digest', async () => {
    const connection = connect({ address: redis.address, prefix: '{digest}:', waitMs: WAIT_MS });
    onTestFinished(() => connection.close());
    const { keys } = createRedisAccess(connection, '{digest}:');
    const { secret } = await keys.add({ name: 'laptop', scopes: ['compile'] });
    const kept = JSON.stringify(
      await redis.ask((client) => client.hgetall('{digest}:access:keys')),
    );
    expect(kept).toContain('laptop');
    expect(kept).not.toContain(secret.slice(17));
    expect(kept).not.toContain(secret.slice(17, 30));
  });

  it('gives one name to one of many that ask for it at once', async () => {
    const connection = connect({ address: redis.address, prefix: '{once}:', waitMs: WAIT_MS });
    onTestFinished(() => connection.close());
    const { keys, pairings } = createRedisAccess(connection, '{once}:');
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, () => keys.add({ name: 'laptop', scopes: ['compile'] })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const phones = await Promise.all(
      Array.from({ length: 8 }, () =>
        keys.add({ name: 'phone', scopes: ['compile'], paired: true }),
      ),
    );
    expect(new Set(phones.map(({ key }) => key.name)).size).toBe(8);
    const codes = await Promise.all(Array.from({ length: 8 }, () => pairings.begin(60_000)));
    expect(new Set(codes.map(({ code }) => code)).size).toBe(1);
  });

  const together = (more: Record<string, string> = {}) => ({
    REDIS_HOST: redis.address.host,
    REDIS_PORT: String(redis.address.port),
    KILN_ROLE: 'api',
    KILN_LAN: 'plain',
    KILN_HOST: '0.0.0.0',
    KILN_ALLOWED_HOSTS: 'localhost,127.0.0.1',
    KILN_TRUSTED_PROXIES: '127.0.0.1',
    ...more,
  });
  const serve = (more?: Record<string, string>) => testPlace().serve({ env: together(more) });
  /** As a proxy passes on what another machine asked. */
  const ask = (service: Service, path: string, headers: Record<string, string> = {}) =>
    service.request(path, { headers: { 'x-forwarded-for': '198.51.100.7', ...headers } });

  it('a key that was given at one host is good at all until it is revoked at another', async () => {
    const [one, other] = await Promise.all([serve(), serve()]);
    const env = together();
    const added = await testPlace().run(['keys', 'add', 'laptop', '--json'], { env });
    const { secret } = jsonOf<{ secret: string }>(added);
    const headers = { authorization: `Bearer ${secret}` };
    for (const host of [one, other]) {
      expect((await ask(host, '/v1')).status).toBe(401);
      expect((await ask(host, '/v1', headers)).status).toBe(200);
    }
    await testPlace().run(['keys', 'revoke', 'laptop'], { env });
    for (const host of [one, other]) expect((await ask(host, '/v1', headers)).status).toBe(401);
    await Promise.all([one.stop(), other.stop()]);
  }, 60_000);

  it('counts what a machine asks of both hosts together', async () => {
    const limits = { KILN_ACCESS: 'open', KILN_RATE_LIMIT: '12', KILN_CLUSTER: 'limits' };
    const [one, other] = await Promise.all([serve(limits), serve(limits)]);
    const statuses: number[] = [];
    for (let number = 0; number < 16; number += 1) {
      statuses.push((await ask(number % 2 === 0 ? one : other, '/v1/healthcheck')).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    // Another machine has a count of its own.
    const elsewhere = { 'x-forwarded-for': '198.51.100.8' };
    expect((await ask(one, '/v1/healthcheck', elsewhere)).status).not.toBe(429);
    await Promise.all([one.stop(), other.stop()]);
  }, 60_000);
});
