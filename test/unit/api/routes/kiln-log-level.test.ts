import { describe, expect, it } from 'vitest';
import { createService, TOKEN } from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const URL = '/kiln/v1/log-level';

describe('/kiln/v1/log-level', () => {
  it('shows the level and changes it', async () => {
    const service = createService();
    expect((await service.get(URL, AUTHORIZED)).json()).toEqual({ level: 'silent' });
    const payload = { level: 'debug' };
    const answer = await service.app.inject({
      method: 'PUT',
      url: URL,
      headers: { ...AUTHORIZED, host: 'localhost:5001' },
      payload,
    });
    expect(answer.json()).toEqual(payload);
    expect(service.state.logLevels).toEqual(['debug']);
  });

  it('refuses a level that there is not, and everybody without the token', async () => {
    const service = createService();
    const put = (headers: Record<string, string>, level: string) =>
      service.app.inject({
        method: 'PUT',
        url: URL,
        headers: { host: 'localhost:5001', ...headers },
        payload: { level },
      });
    expect((await put(AUTHORIZED, 'loud')).statusCode).toBe(400);
    expect((await put({}, 'debug')).statusCode).toBe(401);
    expect((await service.get(URL)).statusCode).toBe(401);
    expect(service.state.logLevels).toEqual([]);
  });
});
