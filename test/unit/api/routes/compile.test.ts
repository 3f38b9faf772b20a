import { describe, expect, it } from 'vitest';
import { ALIAS } from '../../../fixtures/api/catalogue.ts';
import { createService, FIRST_ID, KEYMAP } from '../../../fixtures/api/service.ts';

describe('POST /v1/compile', () => {
  it('queues the build of a keymap and answers with the job’s id', async () => {
    const service = createService();
    const answer = await service.post('/v1/compile', KEYMAP);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ enqueued: true, job_id: FIRST_ID });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('hands on what admission wrote, and where the keymap came from', async () => {
    const service = createService({ settings: { jobTimeoutSeconds: 60 } });
    await service.post('/v1/compile', { ...KEYMAP, keyboard: ALIAS, layout: 'LAYOUT' });
    const job = await service.queue.get(FIRST_ID);
    expect(job).toMatchObject({
      kind: 'compile',
      client: '127.0.0.1',
      timeLimitMs: 60_000,
      payload: {
        tree: 'qmk',
        keyboard: 'planck/rev6',
        keymap: 'mymap',
        layout: 'LAYOUT_pair',
        platform: 'chibios',
        keymapJson:
          '{"keyboard":"planck/rev6","keymap":"mymap","layout":"LAYOUT_pair","layers":[["KC_A","KC_B"]]}',
      },
    });
  });

  it('does not say which platform a converter leads to', async () => {
    const service = createService();
    await service.post('/v1/compile', { ...KEYMAP, converter: 'elite_pi' });
    expect((await service.queue.get(FIRST_ID))?.payload).toMatchObject({ platform: null });
  });

  it('builds the tree that branch names', async () => {
    const service = createService();
    await service.post('/v1/compile', { ...KEYMAP, keyboard: 'zoo', branch: 'vial' });
    expect((await service.queue.get(FIRST_ID))?.payload).toMatchObject({ tree: 'vial' });
  });

  it('refuses a branch that is no tree, and names the trees', async () => {
    const service = createService();
    const answer = await service.post('/v1/compile', { ...KEYMAP, branch: 'develop' });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 422,
      message: expect.stringContaining('qmk, vial'),
      error: { code: 'keymap.refused', details: { member: 'branch' } },
    });
  });

  it.each([
    ['a keyboard that the tree does not have', { keyboard: 'nothing/here' }, 'keyboard'],
    ['a keyboard of another tree', { keyboard: 'planck/rev6', branch: 'vial' }, 'keyboard'],
    ['a path for a keyboard', { keyboard: '../../etc' }, 'keyboard'],
    ['a command for a keymap name', { keymap: '$(shell id)' }, 'keymap'],
    ['a layout that the keyboard does not have', { layout: 'LAYOUT_other' }, 'layout'],
    ['code for a keycode', { layers: [['KC_A', 'KC_B)};\n#include "/etc/passwd"']] }, 'layers'],
    ['a key too many', { layers: [['KC_A', 'KC_B', 'KC_C']] }, 'layers'],
    ['a layer that is missing', { layers: [] }, 'layers'],
    ['a converter that the tree does not have', { converter: 'other' }, 'converter'],
  ])('refuses %s with 422 and the member’s name', async (_what, change, member) => {
    const service = createService();
    const answer = await service.post('/v1/compile', { ...KEYMAP, ...change });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      code: 422,
      error: {
        code: 'keymap.refused',
        kind: 'user',
        details: { member, index: expect.any(Array), rule: expect.any(String) },
      },
    });
    expect(await service.queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it.each([
    ['no body', '', 'request.invalid-json'],
    ['text that is no JSON', '{"keyboard":', 'request.invalid-json'],
    ['a comment', '{} // x', 'request.invalid-json'],
    ['an empty object', '{}', 'request.invalid-json'],
    ['a number', '5', 'request.invalid'],
    ['a member twice', '{"keyboard":"a","keyboard":"b"}', 'request.invalid-json'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'request.invalid-json'],
    ['no layers', { keyboard: 'zoo', keymap: 'm', layout: 'LAYOUT' }, 'request.invalid'],
    ['no keyboard', { ...KEYMAP, keyboard: 5 }, 'request.invalid'],
  ])('answers %s with 400 in JSON', async (_what, body, code) => {
    const service = createService();
    const answer = await service.post('/v1/compile', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 400, error: { code } });
  });

  it('names what is missing in the words of the hosted API', async () => {
    const service = createService();
    const body = { keyboard: 'zoo', keymap: 'm' };
    const answer = await service.post('/v1/compile', body);
    expect(answer.json().message).toBe('Invalid or missing keys: layout, layers');
    expect((await service.post('/v1/compile', {})).json().message).toBe('Invalid JSON data!');
  });

  it.each([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON of another kind', { 'content-type': 'application/problem+json' }],
    ['JSON in another charset', { 'content-type': 'application/json; charset=utf-16' }],
    ['JSON with other parameters', { 'content-type': 'application/json; charset=utf-8; x=y' }],
    ['a type that only begins like JSON', { 'content-type': 'application/jsonp' }],
    ['a list of types', { 'content-type': 'text/plain, application/json' }],
    ['gzip', { 'content-encoding': 'gzip' }],
    ['two encodings', { 'content-encoding': 'identity, br' }],
  ])('answers %s with 415 in JSON', async (_what, headers) => {
    const service = createService();
    const answer = await service.post('/v1/compile', KEYMAP, headers);
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ code: 415, error: { code: 'request.media-type' } });
  });

  it('answers a body without a type with 415', async () => {
    const { app } = createService();
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/compile',
      headers: { host: 'localhost:5001' },
    });
    expect(answer.statusCode).toBe(415);
  });

  it.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
  ])('takes %s', async (type) => {
    const { post } = createService();
    const answer = await post('/v1/compile', KEYMAP, {
      'content-type': type,
      'content-encoding': 'identity',
    });
    expect(answer.statusCode).toBe(200);
  });

  it('answers more than 256 KiB with 413 in JSON', async () => {
    const service = createService();
    const fits = { ...KEYMAP, notes: 'x'.repeat(60_000) };
    expect((await service.post('/v1/compile', fits)).statusCode).toBe(200);
    const answer = await service.post('/v1/compile', 'x'.repeat(256 * 1024 + 1));
    expect(answer.statusCode).toBe(413);
    expect(answer.json()).toMatchObject({ code: 413, error: { code: 'request.too-large' } });
  });

  it('answers a full queue with 503 and when to come back', async () => {
    const service = createService({ settings: { queueLimit: 1 } });
    await service.post('/v1/compile', KEYMAP);
    const answer = await service.post('/v1/compile', KEYMAP);
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.json()).toMatchObject({ code: 503, error: { code: 'queue.full' } });
  });
});
