import { describe, expect, it } from 'vitest';
import { createService, submitJob, VERSION } from '../../../fixtures/api/service.ts';

const worker = (changes: object = {}) => ({
  id: 'w1',
  alive: true,
  lastHeartbeatAt: Date.now(),
  ...changes,
});

describe('GET /v1', () => {
  it('says that the service runs, how many jobs wait, and when the workers were last heard', async () => {
    const service = createService();
    const at = Date.now() - 1500;
    service.state.health = {
      workers: [worker({ lastHeartbeatAt: at - 9000 }), worker({ lastHeartbeatAt: at })],
    };
    await submitJob(service);
    await submitJob(service);
    const answer = await service.get('/v1');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      children: ['compile', 'converters', 'keyboards', 'skeletons'],
      status: 'running',
      version: VERSION,
      queue_length: 2,
      last_ping: at / 1000,
      status_last_ping: 'good',
      tasks_ping: at / 1000,
      status_tasks_ping: 'good',
    });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('does not count running jobs as waiting', async () => {
    const service = createService();
    await submitJob(service);
    await service.queue.claim('w1', ['compile'], 60_000);
    expect((await service.get('/v1')).json().queue_length).toBe(0);
  });

  it('is degraded while no worker lives', async () => {
    const service = createService();
    service.state.health = { workers: [worker({ alive: false, lastHeartbeatAt: null })] };
    expect((await service.get('/v1')).json()).toMatchObject({
      status: 'degraded',
      last_ping: null,
      status_last_ping: 'degraded',
    });
    service.state.health = { workers: [] };
    expect((await service.get('/v1')).json()).toMatchObject({ status: 'degraded' });
  });

  it('calls a ping of more than 300 s ago degraded', async () => {
    const service = createService();
    service.state.health = { workers: [worker({ lastHeartbeatAt: Date.now() - 301_000 })] };
    expect((await service.get('/v1')).json()).toMatchObject({
      status: 'degraded',
      status_last_ping: 'degraded',
      status_tasks_ping: 'degraded',
    });
  });

  it('is degraded when the schedule has not beaten for more than 300 s', async () => {
    const service = createService();
    const beat = (scheduleBeatAt: number | null) => {
      service.state.health = { workers: [worker()], scheduleBeatAt };
    };
    beat(Date.now() - 301_000);
    expect((await service.get('/v1')).json()).toMatchObject({
      status: 'degraded',
      status_last_ping: 'good',
      status_tasks_ping: 'degraded',
    });
    beat(Date.now() - 299_000);
    expect((await service.get('/v1')).json()).toMatchObject({ status: 'running' });
    // A service that has just started has had no beat yet.
    beat(null);
    expect((await service.get('/v1')).json()).toMatchObject({
      status: 'running',
      tasks_ping: null,
    });
  });

  it('answers HEAD as it does GET, without a body', async () => {
    const { app } = createService();
    for (const url of ['/v1', '/v1/healthcheck']) {
      const answer = await app.inject({ method: 'HEAD', url, headers: { host: 'localhost:5001' } });
      expect(answer).toMatchObject({ statusCode: 200, body: '' });
    }
  });
});

describe('GET /v1/healthcheck', () => {
  it('says the same without children', async () => {
    const { get } = createService();
    const { children: _children, ...status } = (await get('/v1')).json();
    expect((await get('/v1/healthcheck')).json()).toEqual(status);
  });
});
