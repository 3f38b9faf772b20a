import { describe, expect, it } from 'vitest';
import {
  compileError,
  createService,
  finishJob,
  submitJob,
  type TestService,
  TOKEN,
} from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

interface Page {
  readonly builds: readonly { readonly id: string; readonly pinned: boolean }[];
  readonly next: string | null;
}

async function pageOf(
  service: TestService,
  query = '',
): Promise<{ ids: string[]; next: string | null }> {
  const answer = await service.get(`/kiln/v1/builds${query}`, AUTHORIZED);
  expect(answer.statusCode).toBe(200);
  const { builds, next } = answer.json<Page>();
  return { ids: builds.map(({ id }) => id), next };
}

/** Ended jobs, the newest first: every third with a compile error. */
async function history(service: TestService, count: number) {
  const jobs: { id: string; isBuilt: boolean }[] = [];
  for (let number = 0; number < count; number += 1) {
    const id = await submitJob(service);
    const isBuilt = number % 3 !== 0;
    await (isBuilt ? finishJob(service) : finishJob(service, compileError()));
    jobs.unshift({ id, isBuilt });
  }
  return jobs;
}

describe('GET /kiln/v1/builds', () => {
  it('is for the person at this machine only', async () => {
    const service = createService();
    expect((await service.get('/kiln/v1/builds')).statusCode).toBe(401);
  });

  it('has all builds in pages, the newest first', async () => {
    const service = createService();
    const ids = (await history(service, 5)).map(({ id }) => id);
    expect(await pageOf(service, '?limit=3')).toEqual({ ids: ids.slice(0, 3), next: ids[2] });
    expect(await pageOf(service, `?limit=3&before=${ids[2]}`)).toEqual({
      ids: ids.slice(3),
      next: null,
    });
  });

  it.each(['built', 'errors'] as const)('tells finished builds apart: %s', async (outcome) => {
    const service = createService();
    const jobs = await history(service, 8);
    const wanted = jobs.filter(({ isBuilt }) => isBuilt === (outcome === 'built'));
    const ids = wanted.map(({ id }) => id);
    const first = await pageOf(service, `?outcome=${outcome}&limit=2`);
    expect(first).toEqual({ ids: ids.slice(0, 2), next: ids[1] });
    const rest = await pageOf(service, `?outcome=${outcome}&limit=100&before=${ids[1]}`);
    expect(rest).toEqual({ ids: ids.slice(2), next: null });
  });

  it('finds by keyboard, keymap and tree what came in over the API', async () => {
    const service = createService();
    const { job_id: id } = (
      await service.post('/v1/compile', {
        keyboard: 'planck/rev6',
        keymap: 'mymap',
        layout: 'LAYOUT_pair',
        layers: [['KC_A', 'KC_B']],
      })
    ).json();
    expect((await pageOf(service, '?q=rev6+mymap')).ids).toEqual([id]);
    expect((await pageOf(service, '?q=ergodox')).ids).toEqual([]);
    expect((await pageOf(service, '?outcome=open')).ids).toEqual([id]);
  });

  it.each(['?limit=0', '?limit=201', '?outcome=good', '?pinned=yes'])(
    'refuses what means nothing: %s',
    async (query) => {
      const service = createService();
      expect((await service.get(`/kiln/v1/builds${query}`, AUTHORIZED)).statusCode).toBe(400);
    },
  );
});

describe('a build in the history', () => {
  it('is kept and let go', async () => {
    const service = createService();
    const [{ id } = { id: '' }] = await history(service, 1);
    const pinned = await service.post(`/kiln/v1/jobs/${id}/pin`, {}, AUTHORIZED);
    expect(pinned.json()).toMatchObject({ id, pinned: true });
    expect((await pageOf(service, '?pinned=true')).ids).toEqual([id]);
    const unpinned = await service.post(`/kiln/v1/jobs/${id}/unpin`, {}, AUTHORIZED);
    expect(unpinned.json()).toMatchObject({ id, pinned: false });
  });

  it('is forgotten with its files', async () => {
    const service = createService();
    const [{ id } = { id: '' }] = await history(service, 1);
    const remove = (headers: Record<string, string>) =>
      service.app.inject({
        method: 'DELETE',
        url: `/kiln/v1/jobs/${id}`,
        headers: { host: 'localhost:5001', ...headers },
      });
    expect((await remove({})).statusCode).toBe(401);
    expect((await remove(AUTHORIZED)).json()).toMatchObject({ id, state: 'finished' });
    expect(await service.queue.get(id)).toBeNull();
    expect(await service.store.stat(id, 'keymap.json')).toBeNull();
    expect((await remove(AUTHORIZED)).statusCode).toBe(404);
  });

  it('is not forgotten before it has ended', async () => {
    const service = createService();
    const id = await submitJob(service);
    const answer = await service.app.inject({
      method: 'DELETE',
      url: `/kiln/v1/jobs/${id}`,
      headers: { host: 'localhost:5001', ...AUTHORIZED },
    });
    expect(answer.statusCode).toBe(409);
    expect(answer.json().error.code).toBe('job.not-ended');
    expect(await service.queue.get(id)).not.toBeNull();
  });

  it.each(['pin', 'unpin'])('has to be there to be changed: %s', async (verb) => {
    const service = createService();
    const url = `/kiln/v1/jobs/${'0'.repeat(32)}/${verb}`;
    expect((await service.post(url, {}, AUTHORIZED)).statusCode).toBe(404);
    expect((await service.post(url, {})).statusCode).toBe(401);
  });
});
