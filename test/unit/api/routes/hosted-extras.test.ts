import { describe, expect, it } from 'vitest';
import { createService, OWN_HOST } from '../../../fixtures/api/service.ts';

describe('metrics', () => {
  it.each(['keyboards', 'locations'])('of %s are empty, for any number of days', async (metric) => {
    const { get } = createService();
    for (const url of [`/v1/metrics/${metric}`, `/v1/metrics/${metric}/days/30`]) {
      expect((await get(url)).json()).toEqual({ [metric]: {} });
    }
    for (const days of ['', 'x', '-1', '1.5', '1e3']) {
      expect((await get(`/v1/metrics/${metric}/days/${days}`)).statusCode).toBe(404);
    }
  });
});

describe('POST /v1/telemetry', () => {
  it.each([
    ['JSON', 'application/json', '{"keyboard":"planck"}'],
    ['broken JSON', 'application/json', '{'],
    ['text', 'text/plain', 'hello'],
    ['a form', 'application/x-www-form-urlencoded', 'a=b'],
    ['nothing', undefined, undefined],
  ])('thanks for %s, and keeps none of it', async (_what, type, payload) => {
    const { app } = createService();
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/telemetry',
      headers: { ...OWN_HOST, ...(type === undefined ? {} : { 'content-type': type }) },
      ...(payload === undefined ? {} : { payload }),
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ message: 'Thanks for helping to improve QMK!' });
  });

  it('takes no more than other requests may bring', async () => {
    const answer = await createService().post('/v1/telemetry', Buffer.alloc(300_000));
    expect(answer.statusCode).toBe(413);
  });
});

describe('GET /install.sh', () => {
  it('sends nobody to the Internet, and gives a shell nothing to run', async () => {
    const answer = await createService().get('/install.sh');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.json().message).toContain('kiln toolchain install');
  });
});
