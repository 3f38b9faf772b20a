import { describe, expect, it } from 'vitest';
import { createService, submitJob, TOKEN, VERSION } from '../../../fixtures/api/service.ts';

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
