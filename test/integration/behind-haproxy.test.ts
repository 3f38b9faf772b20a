/** Two API hosts behind the HAProxy of deploy/: restarted one after the other while people build. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_REDIS, type RedisServer, startRedis } from '../fixtures/redis/redis-server.ts';
import { S3_KEY, type S3Service, startS3 } from '../fixtures/s3/s3-service.ts';
import type { Command } from '../fixtures/service/command.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const HAPROXY = '/usr/sbin/haproxy';
const CONFIGURATION = join(import.meta.dirname, '../../deploy/haproxy/haproxy.cfg');
const READY_MS = 60_000;
const NAME = 'kiln.test';

const required = process.env.KILN_SCALE === 'required';
const noProxy = !required && spawnSync(HAPROXY, ['-v']).status !== 0;
if (noProxy) console.warn('Left out: the tests behind HAProxy. Install haproxy to run them.');

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

describe.skipIf(NO_REDIS || noProxy)('behind HAProxy', () => {
  let redis: RedisServer;
  let s3: S3Service;
  beforeAll(async () => {
    requireTools();
    [redis, s3] = await Promise.all([startRedis(), startS3()]);
  });
  afterAll(async () => {
    await redis.close();
    await s3.close();
  });

  const serve = async (place: Place, args: readonly string[]): Promise<Command> => {
    const env = {
      REDIS_HOST: redis.address.host,
      REDIS_PORT: String(redis.address.port),
      STORAGE_ENGINE: 's3',
      S3_HOST: s3.host,
      S3_LOCATION: 'us-east-1',
      S3_ACCESS_KEY: S3_KEY.accessKey,
      S3_SECRET_KEY: S3_KEY.secretKey,
      KILN_ACCESS: 'open',
      KILN_RATE_LIMIT: '0',
      KILN_ALLOWED_HOSTS: `${NAME},127.0.0.1`,
      KILN_TRUSTED_PROXIES: '127.0.0.1',
      KILN_DRAIN_SECONDS: '3',
      KILN_LOG_LEVEL: 'warn',
    };
    const command = place.start(['serve', '--json', ...args], { env });
    await until('it to be ready', () => command.stdout().endsWith('\n'), READY_MS);
    return command;
  };

  it('a restart of every API host under load fails no request and loses no job', async () => {
    const [bind = 0, first = 0, second = 0] = await freePorts(3);
    const places = [testPlace(), testPlace()];
    const ports = [first, second];
    const start = (index: number) =>
      serve(places[index] as Place, ['--role', 'api', '--port', String(ports[index])]);
    const hosts = [await start(0), await start(1)];
    await serve(testPlace(), ['--role', 'worker', '--workers', '2']);
    const proxy: ChildProcess = spawn(HAPROXY, ['-db', '-f', CONFIGURATION], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        KILN_BIND: `127.0.0.1:${bind}`,
        KILN_HOST_NAME: NAME,
        KILN_API_1: `127.0.0.1:${first}`,
        KILN_API_2: `127.0.0.1:${second}`,
      },
    });
    onTestFinished(async () => {
      const gone = new Promise((resolve) => proxy.once('exit', resolve));
      proxy.kill();
      await gone;
    });
    const url = `http://127.0.0.1:${bind}`;
    const ask = (path: string, init: RequestInit = {}) => fetch(url + path, init);
    await until(
      'the proxy to have both',
      async () => (await ask('/v1/healthcheck').catch(() => null))?.ok === true,
      READY_MS,
    );

    const refusals: string[] = [];
    const ids: string[] = [];
    let loaded = true;
    const people = Array.from({ length: 4 }, async (_, person) => {
      for (let number = 0; loaded; number += 1) {
        const sent = await ask('/v1/compile', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(keymapOf((person * 9 + number) % 36)),
        });
        const text = await sent.text();
        if (sent.status !== 200) {
          refusals.push(`${sent.status} ${text}`);
          continue;
        }
        const { job_id: id } = JSON.parse(text) as { job_id: string };
        ids.push(id);
        for (let polls = 0; polls < 20 && loaded; polls += 1) {
          const polled = await ask(`/v1/compile/${id}`);
          const job = await polled.text();
          if (polled.status !== 200) refusals.push(`${polled.status} ${job}`);
          if (job.includes('"status":"finished"')) break;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    });
    for (const index of [0, 1]) {
      hosts[index]?.child.kill('SIGTERM');
      await hosts[index]?.ended;
      hosts[index] = await start(index);
      // The next one may end only when the proxy has this one again.
      await until(
        'the proxy to send people there again',
        async () =>
          (await ask('/v1/healthcheck')).headers.get('x-served-by') === `api-${index + 1}`,
        READY_MS,
      );
    }
    loaded = false;
    await Promise.all(people);
    expect(refusals).toEqual([]);
    expect(ids.length).toBeGreaterThan(4);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      await until(
        `job ${id} to end`,
        async () => {
          const job = (await (await ask(`/v1/compile/${id}`)).json()) as {
            status: string;
            result: { returncode: number } | null;
          };
          return job.status === 'finished' && job.result?.returncode === 0;
        },
        READY_MS,
      );
    }
  }, 300_000);
});
