/** Two API hosts behind the HAProxy of deploy/: restarted one after the other while people build. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { NO_HAPROXY, type ServerName, startHaproxy } from '../fixtures/cluster/haproxy.ts';
import {
  apiSettings,
  type Shared,
  startShared,
  startWorkerHost,
} from '../fixtures/cluster/shared.ts';
import { NO_REDIS } from '../fixtures/redis/redis-server.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const BUILT_MS = 60_000;

describe.skipIf(NO_REDIS || NO_HAPROXY)('behind HAProxy', () => {
  let shared: Shared;
  beforeAll(async () => {
    requireTools();
    shared = await startShared();
  });
  afterAll(() => shared.close());

  it('a restart of every API host under load fails no request and loses no job', async () => {
    const settings = shared.settings('restarts');
    const env = { ...settings, ...apiSettings('127.0.0.1') };
    const places = [testPlace(), testPlace()] as const;
    const hosts = await Promise.all(places.map((place) => place.serve({ env })));
    const addresses = hosts.map(({ url }) => `127.0.0.1:${new URL(url).port}`);
    await startWorkerHost(testPlace(), { ...settings, KILN_WORKERS: '2' });
    const proxy = await startHaproxy(addresses as [string, string]);
    onTestFinished(() => proxy.close());
    const ask = (path: string, init: RequestInit = {}) => fetch(proxy.url + path, init);

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
    for (const [index, host] of hosts.entries()) {
      await host.stop();
      await places[index]?.serveAgain(host, { env });
      // The next one may end only when the proxy has this one again.
      await proxy.untilServedBy(`api-${index + 1}` as ServerName);
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
        BUILT_MS,
      );
    }
  }, 300_000);
});
