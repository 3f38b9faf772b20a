import { describe, expect, it } from 'vitest';
import { createService, submitJob, TOKEN, VERSION } from '../../../fixtures/api/service.ts';

describe('GET /kiln/v1/health/live and /ready', () => {
  it('tell a supervisor that it answers, and a load balancer whether it builds', async () => {
    const service = createService();
    expect((await service.get('/kiln/v1/health/live')).json()).toEqual({ live: true });
    expect((await service.get('/kiln/v1/health/ready')).json()).toEqual({ ready: true });
    service.state.health = { workers: [{ id: 'w1', alive: false, lastHeartbeatAt: null }] };
    expect((await service.get('/kiln/v1/health/live')).statusCode).toBe(200);
    const answer = await service.get('/kiln/v1/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ error: { code: 'service.not-ready' } });
  });
});

describe('GET /kiln/v1/health', () => {
  it('counts workers and jobs, and names none', async () => {
    const service = createService();
    service.state.health = {
      workers: [
        { id: 'w1', alive: true, lastHeartbeatAt: 1 },
        { id: 'w2', alive: false, lastHeartbeatAt: null },
      ],
    };
    await submitJob(service);
    const answer = await service.get('/kiln/v1/health');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      status: 'running',
      version: VERSION,
      workers: { alive: 1, total: 2 },
      queue: { queued: 1, running: 0 },
      command: 'npx kiln',
      lan: 'off',
    });
  });

  it('is degraded without a living worker', async () => {
    const service = createService();
    service.state.health = { workers: [] };
    expect((await service.get('/kiln/v1/health')).json().status).toBe('degraded');
  });
});

describe('GET /kiln/v1/trees', () => {
  it('lists the firmware trees', async () => {
    const { get } = createService();
    const answer = await get('/kiln/v1/trees', { authorization: `Bearer ${TOKEN}` });
    expect(answer.json().trees).toMatchObject([
      { name: 'qmk', kind: 'folder', isDefault: true, path: '/trees/qmk' },
      { name: 'vial', kind: 'git', isDefault: false },
    ]);
  });
});

describe('health of a machine that cannot contain builds', () => {
  it('says why and what to do, and nothing of it where all is well', async () => {
    const { state, get } = createService();
    const remedy = 'Install bubblewrap.';
    const message = 'bubblewrap is not installed.';
    state.health = { workers: [], sandbox: { level: 'reduced', message, remedy } };
    expect((await get('/kiln/v1/health')).json()).toMatchObject({
      sandbox: 'reduced',
      sandboxProblem: { message, remedy },
    });
    state.health = {
      workers: [],
      sandbox: { level: 'full', message: 'All is well.', remedy: null },
    };
    const { sandbox, sandboxProblem } = (await get('/kiln/v1/health')).json();
    expect([sandbox, sandboxProblem]).toEqual(['full', undefined]);
  });
});
