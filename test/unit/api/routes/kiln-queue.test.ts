import { describe, expect, it } from 'vitest';
import {
  claimJob,
  createService,
  FIRST_ID,
  finishJob,
  KEYMAP,
  START,
  submitJob,
  TOKEN,
} from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

describe('GET /kiln/v1/queue', () => {
  it('lists what runs and what waits, for whom, and what each worker does', async () => {
    const service = createService();
    const running = await submitJob(service);
    const waiting = await submitJob(service);
    await claimJob(service);
    service.state.health = {
      workers: [
        { id: 'w1', alive: true, lastHeartbeatAt: START },
        { id: 'w2', alive: true, lastHeartbeatAt: null },
      ],
    };
    const view = (await service.get('/kiln/v1/queue', AUTHORIZED)).json();
    expect(view).toMatchObject({ queued: 1, running: 1 });
    expect(view.workers).toEqual([
      { id: 'w1', alive: true, lastHeartbeatAt: START, jobId: running },
      { id: 'w2', alive: true, lastHeartbeatAt: null, jobId: null },
    ]);
    expect(view.jobs).toMatchObject([
      {
        id: running,
        state: 'running',
        position: null,
        client: '192.0.2.7',
        front: false,
        workerId: 'w1',
      },
      { id: waiting, state: 'queued', position: 0, client: '192.0.2.7', workerId: null },
    ]);
  });

  it('counts the jobs of each client', async () => {
    const service = createService();
    await submitJob(service);
    await submitJob(service);
    await service.post('/v1/compile', KEYMAP);
    await claimJob(service);
    const { clients } = (await service.get('/kiln/v1/queue/clients', AUTHORIZED)).json();
    expect(clients).toEqual([
      { client: '192.0.2.7', waiting: 1, running: 1, oldestAt: START },
      { client: '127.0.0.1', waiting: 1, running: 0, oldestAt: START },
    ]);
  });

  it.each(['/kiln/v1/queue', '/kiln/v1/queue/clients', `/kiln/v1/queue/jobs/${FIRST_ID}`])(
    'shows addresses to nobody without the token: %s',
    async (url) => {
      const service = createService();
      await submitJob(service);
      const answer = await service.get(url);
      expect(answer.statusCode).toBe(401);
      expect(answer.body).not.toContain('192.0.2.7');
    },
  );
});

describe('POST /kiln/v1/queue/flush', () => {
  it('cancels what waits and lets what runs go on', async () => {
    const service = createService();
    const running = await submitJob(service);
    const waiting = [await submitJob(service), await submitJob(service)];
    await claimJob(service);
    const answer = await service.post('/kiln/v1/queue/flush', {}, AUTHORIZED);
    expect(answer.json()).toEqual({ canceled: 2, stopping: 0 });
    for (const id of waiting) expect((await service.queue.get(id))?.state).toBe('canceled');
    expect(await service.queue.get(running)).toMatchObject({ cancelRequested: false });
  });

  it('ends what runs too where that was asked for', async () => {
    const service = createService();
    const running = await submitJob(service);
    await claimJob(service);
    const answer = await service.post('/kiln/v1/queue/flush', { running: true }, AUTHORIZED);
    expect(answer.json()).toEqual({ canceled: 0, stopping: 1 });
    expect(await service.queue.get(running)).toMatchObject({ cancelRequested: true });
  });

  it('is for the token’s holder only', async () => {
    const service = createService();
    const waiting = await submitJob(service);
    expect((await service.post('/kiln/v1/queue/flush', {})).statusCode).toBe(401);
    expect((await service.queue.get(waiting))?.state).toBe('queued');
  });
});

describe('POST /kiln/v1/jobs/<id>/retry', () => {
  it('queues the same keymap once more, after admission', async () => {
    const service = createService();
    const { job_id } = (await service.post('/v1/compile', KEYMAP)).json();
    await finishJob(service);
    const again = (await service.post(`/kiln/v1/jobs/${job_id}/retry`, {}, AUTHORIZED)).json();
    expect(again).toMatchObject({ state: 'queued', build: { keyboard: 'planck/rev6' } });
    expect(again.id).not.toBe(job_id);
    const [before, now] = [await service.queue.get(job_id), await service.queue.get(again.id)];
    expect(now?.payload).toEqual(before?.payload);
  });

  it('refuses a keymap that is not admitted any more, and an unknown job', async () => {
    const service = createService();
    const id = await submitJob(service, { keymapJson: '{"keyboard":"planck/rev6"}' });
    const refused = await service.post(`/kiln/v1/jobs/${id}/retry`, {}, AUTHORIZED);
    expect(refused.statusCode).toBe(400);
    const unknown = await service.post(`/kiln/v1/jobs/${'0'.repeat(32)}/retry`, {}, AUTHORIZED);
    expect(unknown.statusCode).toBe(404);
  });
});

describe('GET /kiln/v1/jobs/<id>/log', () => {
  it('gives the lines so far as text', async () => {
    const service = createService();
    const id = await submitJob(service);
    const claim = await claimJob(service);
    await service.queue.record(claim, [{ type: 'log', lines: ['one', 'two'] }]);
    const answer = await service.get(`/kiln/v1/jobs/${id}/log`);
    expect(answer.body).toBe('one\ntwo\n');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('POST /kiln/v1/test-keyboard', () => {
  it('queues an empty keymap of the usual layout, under the name that the tree builds', async () => {
    const service = createService();
    const body = { keyboard: 'old_planck' };
    const job = (await service.post('/kiln/v1/test-keyboard', body, AUTHORIZED)).json();
    expect(job.build).toEqual({
      tree: 'qmk',
      keyboard: 'planck/rev6',
      keymap: 'kiln_test',
      layout: 'LAYOUT_pair',
    });
    const { payload } = (await service.queue.get(job.id)) as unknown as {
      payload: { keymapJson: string };
    };
    expect(JSON.parse(payload.keymapJson).layers).toEqual([
      ['KC_NO', 'KC_NO'],
      ['KC_TRNS', 'KC_TRNS'],
    ]);
  });

  it('follows aliases of layouts, and refuses what is not there', async () => {
    const service = createService();
    const post = (body: unknown) => service.post('/kiln/v1/test-keyboard', body, AUTHORIZED);
    const aliased = await post({ keyboard: 'zoo', tree: 'vial', layout: 'LAYOUT' });
    expect(aliased.json()).toMatchObject({ build: { tree: 'vial', layout: 'LAYOUT_pair' } });
    expect((await post({ keyboard: 'nothing' })).statusCode).toBe(404);
    expect((await post({ keyboard: 'zoo', tree: 'nothing' })).statusCode).toBe(404);
    expect((await post({ keyboard: 'zoo', layout: 'LAYOUT_none' })).statusCode).toBe(422);
    expect((await post({})).statusCode).toBe(400);
  });
});

describe('POST /kiln/v1/ping', () => {
  it('tells how quickly database and workers answer', async () => {
    const answer = await createService().post('/kiln/v1/ping', {}, AUTHORIZED);
    expect(answer.json()).toEqual({
      databaseMs: expect.any(Number),
      workers: [{ id: 'w1', ms: 1, jobId: null }],
    });
  });
});
