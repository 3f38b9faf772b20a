import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { ApiDependencies } from '../../../../api/dependencies.ts';
import { KilnError } from '../../../../core/errors.ts';
import { createService, FIRST_ID, submitJob } from '../../../fixtures/api/service.ts';

/** A service whose list of trees throws, and the log that it writes. */
function failingWith(thrown: unknown) {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const trees = {
    defaultTree: async () => {
      throw thrown;
    },
  } as unknown as ApiDependencies['trees'];
  const log = pino({ level: 'debug' }, stream);
  return { ...createService({ replace: { trees, log } }), lines };
}

describe('errors', () => {
  it('have one shape: the contract’s code and message, and the report', async () => {
    const { get } = failingWith(
      new KilnError('tree.missing', 'The folder of the tree qmk is gone.', {
        details: { tree: 'qmk' },
      }),
    );
    const answer = await get('/v1/keyboards');
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
    const remedy = 'Bring the folder back, or add the tree again with: kiln tree add.';
    expect(answer.json()).toEqual({
      code: 500,
      message: `The folder of the tree qmk is gone. ${remedy}`,
      error: {
        code: 'tree.missing',
        kind: 'environment',
        message: 'The folder of the tree qmk is gone.',
        remedy,
        details: { tree: 'qmk' },
      },
    });
  });

  it.each([
    ['an exception', new TypeError('x is not a function at /home/me/secret.ts')],
    ['a text', '/home/me/secret.ts'],
    ['a defect with a name', new KilnError('internal.defect', 'row 7 of /home/me/secret.ts')],
    [
      'a full disk',
      Object.assign(new Error('ENOSPC, write /home/me/secret.ts'), { code: 'ENOSPC' }),
    ],
  ])('that are %s say nothing of it, but the log does', async (_what, thrown) => {
    const { get, lines } = failingWith(thrown);
    const answer = await get('/v1/keyboards');
    expect(answer.statusCode).toBeGreaterThanOrEqual(500);
    expect(answer.body).not.toContain('secret');
    const logged = lines.find(({ level }) => level === 50);
    expect(JSON.stringify(logged?.err)).toContain('secret');
    if (answer.statusCode === 500) expect(answer.json().message).toContain(logged?.reqId);
  });

  it('of validation name the rule that was broken', async () => {
    const { get } = createService();
    const answer = await get('/kiln/v1/jobs?limit=0', {
      authorization: 'Bearer a-token-for-tests',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: { code: 'request.invalid', details: { part: 'query', rules: [{ at: '/limit' }] } },
    });
  });

  it('come from an answer that is not what its route promised, too', async () => {
    const { get } = createService({ replace: { version: 5 as unknown as string } });
    const answer = await get('/v1');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ error: { code: 'internal.defect' } });
  });
});

describe('the request log', () => {
  it('has a line a request with job id and status, without addresses or bodies', async () => {
    const service = failingWith(null);
    await submitJob(service);
    await service.get(`/v1/compile/${FIRST_ID}?secret=1`, { authorization: 'Bearer secret' });
    await service.get('/secret');
    const answered = service.lines.filter(({ msg }) => msg === 'answered');
    expect(answered).toMatchObject([
      { level: 20, method: 'GET', route: '/v1/compile/:id', status: 200, jobId: FIRST_ID },
      { level: 30, method: 'GET', route: null, status: 404 },
    ]);
    expect(answered.every(({ reqId }) => typeof reqId === 'string')).toBe(true);
    expect(JSON.stringify(service.lines)).not.toContain('secret');
  });
});
