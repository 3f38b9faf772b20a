import { describe, expect, it } from 'vitest';
import { createService, START, TOKEN } from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const TASK = {
  name: 'backup',
  title: 'back up database and settings',
  when: '30 3 * * *',
  setting: 'KILN_BACKUPS_KEPT',
  nextRunAt: START,
  startedAt: null,
  endedAt: null,
  outcome: null,
  message: null,
  doneAt: null,
};

describe('/kiln/v1/schedule', () => {
  it('lists tasks, and runs one with the wish that was sent', async () => {
    const service = createService();
    service.state.tasks = [TASK];
    expect((await service.get('/kiln/v1/schedule', AUTHORIZED)).json()).toEqual({ tasks: [TASK] });
    const url = '/kiln/v1/schedule/backup/run';
    expect((await service.post(url, {}, AUTHORIZED)).json()).toEqual(TASK);
    expect((await service.post(url, { now: true, wait: true }, AUTHORIZED)).json()).toEqual(TASK);
    expect(service.state.runs).toEqual([
      { name: 'backup', now: false },
      { name: 'backup', now: true },
    ]);
  });

  it('answers an unknown task with 404, and nobody without the token', async () => {
    const service = createService();
    const answer = await service.post('/kiln/v1/schedule/nothing/run', {}, AUTHORIZED);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'schedule.unknown' } });
    expect((await service.post('/kiln/v1/schedule/backup/run', {})).statusCode).toBe(401);
    expect((await service.get('/kiln/v1/schedule')).statusCode).toBe(401);
  });
});
