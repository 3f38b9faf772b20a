import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import {
  claimJob,
  compileError,
  createService,
  FIRST_ID,
  finishJob,
  START,
  submitJob,
  TOKEN,
} from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

const WAITING = {
  id: FIRST_ID,
  kind: 'compile',
  state: 'queued',
  build: { tree: 'qmk', keyboard: 'planck/rev6', keymap: 'mymap', layout: 'LAYOUT_pair' },
  position: 0,
  progress: null,
  cancelRequested: false,
  pinned: false,
  tries: 0,
  createdAt: START,
  enqueuedAt: START,
  startedAt: null,
  endedAt: null,
  result: null,
  error: null,
};

describe('GET /kiln/v1/jobs/<id>', () => {
  it('shows a waiting job with its place, and nothing of its client or keymap', async () => {
    const service = createService();
    await submitJob(service);
    const second = await submitJob(service);
    const answer = await service.get(`/kiln/v1/jobs/${FIRST_ID}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(WAITING);
    expect((await service.get(`/kiln/v1/jobs/${second}`)).json().position).toBe(1);
  });

  it('shows how far a running job is', async () => {
    const service = createService();
    await submitJob(service);
    const claim = await claimJob(service);
    await service.queue.record(claim, [
      { type: 'progress', progress: { stage: 'compile', fraction: 0.5 } },
    ]);
    expect((await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json()).toEqual({
      ...WAITING,
      state: 'running',
      position: null,
      progress: { stage: 'compile', fraction: 0.5 },
      tries: 1,
      startedAt: START,
    });
  });

  it('sums up a build, without its log', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const body = (await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json();
    expect(body).toMatchObject({ state: 'finished', endedAt: START, error: null });
    expect(body.result).toEqual({
      returncode: 0,
      firmwareFilename: 'planck_rev6_mymap.bin',
      firmwareSha256: 'ab'.repeat(32),
      size: { used: 20_000, limit: 28_672 },
      errors: [],
      tree: { name: 'qmk', commit: null, describe: 'NA', dirty: false },
      toolchain: { 'arm-none-eabi-gcc': 'arm-none-eabi-gcc 14.2' },
      durationMs: 1234,
    });
  });

  it('points at the key that a compile error comes from', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service, compileError());
    const { result } = (await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json();
    expect(result).toMatchObject({
      returncode: 2,
      firmwareFilename: null,
      errors: [{ message: 'KC_FOOO undeclared', layer: 0, index: 1, keycode: 'KC_FOOO' }],
    });
  });

  it('shows why a job failed', async () => {
    const service = createService();
    await submitJob(service);
    const error = new KilnError('job.timed-out', 'The build took too long.').toReport();
    await service.queue.fail(await claimJob(service), error);
    expect((await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json()).toMatchObject({
      state: 'failed',
      result: null,
      error,
    });
  });

  it('shows work that is no compile without a build', async () => {
    const service = createService();
    await service.queue.submit({ kind: 'index', payload: { x: 1 }, timeLimitMs: 1000 });
    expect((await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json()).toMatchObject({
      kind: 'index',
      build: null,
      result: null,
    });
  });

  it.each(['0'.repeat(32), 'x', '..%2f'])('answers the unknown id %s with 404', async (id) => {
    const answer = await createService().get(`/kiln/v1/jobs/${id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'job.unknown' } });
  });
});

describe('GET /kiln/v1/jobs', () => {
  it('lists running jobs, then waiting ones in their order, and no others', async () => {
    const service = createService();
    const [ended, running, second, third] = [
      await submitJob(service),
      await submitJob(service),
      await submitJob(service),
      await submitJob(service),
    ];
    await finishJob(service);
    await claimJob(service);
    const { jobs } = (await service.get('/kiln/v1/jobs', AUTHORIZED)).json();
    const seen = jobs.map(({ id, position }: { id: string; position: number | null }) => [
      id,
      position,
    ]);
    expect(seen).toEqual([
      [running, null],
      [second, 0],
      [third, 1],
    ]);
    expect(JSON.stringify(jobs)).not.toContain(ended);
    const two = (await service.get('/kiln/v1/jobs?limit=2', AUTHORIZED)).json().jobs;
    expect(two.map(({ id }: { id: string }) => id)).toEqual([running, second]);
  });
});

describe('POST /kiln/v1/jobs/<id>/cancel', () => {
  const cancel = (service: ReturnType<typeof createService>, id: string, headers = AUTHORIZED) =>
    service.app.inject({
      method: 'POST',
      url: `/kiln/v1/jobs/${id}/cancel`,
      headers: { host: 'localhost:5001', ...headers },
    });

  it('ends a waiting job at once', async () => {
    const service = createService();
    await submitJob(service);
    const answer = await cancel(service, FIRST_ID);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      id: FIRST_ID,
      state: 'canceled',
      error: { code: 'job.canceled', kind: 'cancelled' },
    });
  });

  it('asks a running job to end', async () => {
    const service = createService();
    await submitJob(service);
    const claim = await claimJob(service);
    const answer = await cancel(service, FIRST_ID);
    expect(answer.json()).toMatchObject({ state: 'running', cancelRequested: true });
    expect(await service.queue.heartbeat(claim, 1000)).toBe('cancel');
  });

  it('leaves an ended job as it is, and takes a body of JSON', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const answer = await service.post(`/kiln/v1/jobs/${FIRST_ID}/cancel`, {}, AUTHORIZED);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ state: 'finished' });
  });

  it('takes no body of another type', async () => {
    const headers = { ...AUTHORIZED, 'content-type': 'text/plain' };
    const answer = await createService().post(`/kiln/v1/jobs/${FIRST_ID}/cancel`, 'x', headers);
    expect(answer.statusCode).toBe(415);
  });

  it('answers an unknown id with 404', async () => {
    expect((await cancel(createService(), '0'.repeat(32))).statusCode).toBe(404);
  });
});

describe('the session token', () => {
  it.each([
    ['GET', '/kiln/v1/jobs'],
    ['POST', `/kiln/v1/jobs/${FIRST_ID}/cancel`],
    ['GET', '/kiln/v1/trees'],
  ] as const)('is asked for by %s %s', async (method, url) => {
    const service = createService();
    await submitJob(service);
    const wrong = [
      undefined,
      '',
      TOKEN,
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN.toUpperCase()}`,
      `Basic ${TOKEN}`,
      `Bearer x ${TOKEN}`,
    ];
    for (const authorization of wrong) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await service.app.inject({
        method,
        url,
        headers: { host: 'localhost:5001', ...headers },
      });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: 401, error: { code: 'request.token-required' } });
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body).not.toContain(TOKEN);
    }
    expect((await service.queue.get(FIRST_ID))?.state).toBe('queued');
    const right = await service.app.inject({
      method,
      url,
      headers: { host: 'localhost:5001', ...AUTHORIZED },
    });
    expect(right.statusCode).toBe(200);
  });

  it('is not asked for by a HEAD request less than by GET', async () => {
    const { app } = createService();
    const headers = { host: 'localhost:5001' };
    const answer = await app.inject({ method: 'HEAD', url: '/kiln/v1/jobs', headers });
    expect(answer.statusCode).toBe(401);
  });
});
