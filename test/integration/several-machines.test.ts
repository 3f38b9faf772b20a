/** Several machines of one service, as processes on this one: Redis between them, files in S3, an API host each way. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Shared, startShared, startWorkerHost } from '../fixtures/cluster/shared.ts';
import { NO_REDIS } from '../fixtures/redis/redis-server.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { createGitTree } from '../fixtures/service/git-tree.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

const BUILT_MS = 60_000;

interface Job {
  readonly status: string;
  readonly result: { readonly returncode: number } | null;
}

describe.skipIf(NO_REDIS)('several machines', () => {
  let shared: Shared;
  beforeAll(async () => {
    requireTools();
    shared = await startShared();
  });
  afterAll(() => shared.close());

  const ask = async (url: string, path: string): Promise<Response> => fetch(`${url}${path}`);
  const submit = async (url: string, number: number, key?: string): Promise<string> => {
    const answer = await fetch(`${url}/v1/compile`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(keymapOf(number)),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
    return (JSON.parse(text) as { job_id: string }).job_id;
  };
  const untilEnded = (url: string, id: string) =>
    until(
      `job ${id} to end`,
      async () => {
        const job = (await (await ask(url, `/v1/compile/${id}`)).json()) as Job;
        return ['finished', 'failed'].includes(job.status) ? job : null;
      },
      BUILT_MS,
    );

  it('answer for every job alike, build it elsewhere, and lose none when a machine ends', async () => {
    const settings = shared.settings('alike');
    const env = { ...settings, KILN_ROLE: 'api', KILN_JOB_TAGS: 'starter=careful' };
    const one = await testPlace().serve({ env });
    const other = await testPlace().serve({ env });
    const early = await submit(one.url, 1);
    // Nobody builds yet: the job waits, and both say so.
    for (const { url } of [one, other]) {
      const job = (await (await ask(url, `/v1/compile/${early}`)).json()) as Job;
      expect(job.status).toBe('queued');
      expect(await (await ask(url, '/v1')).json()).toMatchObject({ queue_length: 1 });
    }
    // Asked for on a machine where no service runs, it needs the same of a worker.
    const repeated = await testPlace().run(['jobs', 'retry', early, '--json'], { env });
    const needs = await shared.redis.ask(async (client) =>
      Promise.all(
        [early, jsonOf<{ id: string }>(repeated).id].map((id) =>
          client.hget(`{kiln-alike}:job:${id}`, 'needs'),
        ),
      ),
    );
    expect(needs[0]).toContain('tag:careful');
    expect(needs[1]).toBe(needs[0]);
    const place = testPlace();
    const tagged = { ...settings, KILN_WORKER_TAGS: 'quick,careful' };
    const worker = await startWorkerHost(place, tagged);
    expect((await untilEnded(other.url, early)).result?.returncode).toBe(0);
    const files = await Promise.all(
      [one, other].map(async ({ url }) => {
        const answer = await ask(url, `/v1/compile/${early}/download`);
        expect(answer.status).toBe(200);
        return createHash('sha256')
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest('hex');
      }),
    );
    expect(files[0]).toBe(files[1]);
    await until('both to know of the worker', async () => {
      const states = await Promise.all(
        [one, other].map(
          async ({ url }) => ((await (await ask(url, '/v1')).json()) as Job).status === 'running',
        ),
      );
      return states.every(Boolean);
    });
    // A submission that is sent twice, to two machines, is one job.
    const key = 'a-number-of-a-request';
    expect(await submit(one.url, 2, key)).toBe(await submit(other.url, 2, key));
    expect(await submit(one.url, 3, key)).not.toBe(await submit(one.url, 2, key));

    worker.child.kill('SIGKILL');
    await until('its processes to end', () => place.processes().length === 0, 20_000);
    const ids = [await submit(one.url, 4), await submit(other.url, 5)];
    await startWorkerHost(place, tagged);
    for (const id of ids) expect((await untilEnded(one.url, id)).result?.returncode).toBe(0);
  }, 240_000);

  it('follow each other’s trees: a worker fetches the commit that the API hosts go to', async () => {
    const [api, worker] = [testPlace(), testPlace()];
    const { folder, commit } = createGitTree(join(api.folder, 'upstream'));
    const address = `file://${folder}`;
    for (const place of [api, worker]) {
      expect(await place.run(['tree', 'add', 'mine', address])).toMatchObject({ exitCode: 0 });
    }
    const settings = shared.settings('following');
    await api.serve({ env: { ...settings, KILN_ROLE: 'api' } });
    await startWorkerHost(worker, { ...settings, KILN_TREE_FOLLOW: 'on' });
    const offered = async (): Promise<string> =>
      shared.redis.ask(async (client) => {
        const keys = await client.keys('{kiln-following}:host:*');
        return (await Promise.all(keys.map((key) => client.get(key)))).join();
      });
    const next = commit('next', 'to be fetched\n');
    expect(await offered()).not.toContain(next);
    expect(await api.run(['tree', 'update', 'mine'])).toMatchObject({ exitCode: 0 });
    await until('the worker to offer it', async () =>
      (await offered()).includes(`tree:mine@${next}`),
    );
  }, 120_000);

  it('refuse to start a role that has nobody to share with', async () => {
    const { exitCode, stderr } = await testPlace().run(['serve', '--role', 'worker']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('REDIS_HOST');
  });
});
