import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import {
  claimJob,
  compileError,
  compileResult,
  createService,
  FIRST_ID,
  finishJob,
  submitJob,
} from '../../../fixtures/api/service.ts';

const golden = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../../golden/api/${name}.json`), 'utf8'));

describe('GET /v1/compile/<id>', () => {
  it('shows a waiting job with no result and is_failed null', async () => {
    const service = createService();
    await submitJob(service);
    const answer = await service.get(`/v1/compile/${FIRST_ID}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual(golden('job-queued'));
  });

  it('shows a running job in the same shape', async () => {
    const service = createService();
    await submitJob(service);
    await claimJob(service);
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).json()).toEqual(golden('job-running'));
  });

  it('shows a build with firmware as finished, not failed', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).json()).toEqual(golden('job-finished'));
  });

  it('shows a compile error as finished and failed, without a firmware address', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service, compileError());
    const body = (await service.get(`/v1/compile/${FIRST_ID}`)).json();
    expect(body).toEqual(golden('job-compile-error'));
    // null or [] would leave the client's button enabled and dead.
    expect(Object.keys(body.result)).not.toContain('firmware_binary_url');
  });

  it('shows a job that died as failed, and says in its output why and what to do', async () => {
    const service = createService();
    await submitJob(service);
    const error = new KilnError('job.timed-out', 'The build took longer than 900 s.');
    await service.queue.fail(await claimJob(service), error.toReport());
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).json()).toEqual(golden('job-failed'));
  });

  it('shows a canceled job as failed', async () => {
    const service = createService();
    await submitJob(service);
    await service.queue.cancel(FIRST_ID);
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).json()).toEqual(golden('job-canceled'));
  });

  it('reports a build that ended well without firmware as a failure', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service, compileResult({ firmwareFilename: null }));
    const body = (await service.get(`/v1/compile/${FIRST_ID}`)).json();
    expect(body).toMatchObject({ status: 'finished', is_failed: true });
    expect(body.result).toMatchObject({ returncode: -4, firmware_filename: '' });
    expect(body.result).not.toHaveProperty('firmware_binary_url');
  });

  it('links only the files that are there', async () => {
    const service = createService();
    await submitJob(service);
    await service.queue.finish(await claimJob(service), compileResult());
    const { result } = (await service.get(`/v1/compile/${FIRST_ID}`)).json();
    expect(Object.keys(result).filter((name) => name.endsWith('_url'))).toEqual([]);
  });

  it('takes terminal colours out of the output', async () => {
    const service = createService();
    await submitJob(service);
    const output = 'a \u001b[31;01merror\u001b[0m b\u001b]8;;http://x\u0007link\u001b]8;;\u0007\n';
    await finishJob(service, compileResult({ output }));
    const { result } = (await service.get(`/v1/compile/${FIRST_ID}`)).json();
    expect(result.output).toBe('a error blink\n');
  });

  it('never names the address that the job came from', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).body).not.toContain('192.0.2.7');
  });

  it('is not stored by caches', async () => {
    const service = createService();
    await submitJob(service);
    const answer = await service.get(`/v1/compile/${FIRST_ID}`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('builds links from the host and port that the client used', async () => {
    const service = createService({ settings: { allowedHosts: 'kiln.lan' } });
    await submitJob(service);
    await finishJob(service);
    const url = async (headers: Record<string, string>) =>
      (await service.get(`/v1/compile/${FIRST_ID}`, headers)).json().result.firmware_binary_url;
    const path = `/v1/compile/${FIRST_ID}/download`;
    expect(await url({ host: '127.0.0.1:5001' })).toEqual([`http://127.0.0.1:5001${path}`]);
    expect(await url({ host: '[::1]:5001' })).toEqual([`http://[::1]:5001${path}`]);
    expect(await url({ host: 'Kiln.lan:8080' })).toEqual([`http://kiln.lan:8080${path}`]);
    expect(await url({ host: 'kiln.lan', 'x-forwarded-proto': 'https' })).toEqual([
      `https://kiln.lan${path}`,
    ]);
    // Without a named host there is no proxy that could speak for the client.
    expect(await url({ 'x-forwarded-proto': 'https' })).toEqual([`http://localhost:5001${path}`]);
    expect(await url({ host: 'kiln.lan', 'x-forwarded-proto': 'javascript' })).toEqual([
      `http://kiln.lan${path}`,
    ]);
  });

  it.each([
    ['another id', '0'.repeat(32)],
    ['a UUID', 'ea1514b3-1f3c-4a5c-9d84-0123456789ab'],
    ['upper case', 'AB'.repeat(16)],
    ['a path upward', '..%2F..%2Fetc%2Fpasswd'],
    ['a line break after the id', `${FIRST_ID}%0A`],
    ['an overlong text', 'a'.repeat(90)],
    ['a very long text', 'a'.repeat(5000)],
    ['a name of every object', '__proto__'],
  ])('answers %s with 404 in JSON', async (_what, id) => {
    const service = createService();
    await submitJob(service);
    const get = vi.spyOn(service.queue, 'get');
    const answer = await service.get(`/v1/compile/${id}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe(404);
    expect(answer.json().message).toBe('Compile job not found');
    // What has not the form of an id is not even looked for.
    expect(get).toHaveBeenCalledTimes(id === '0'.repeat(32) ? 1 : 0);
  });

  it('does not show jobs of another kind', async () => {
    const service = createService();
    await service.queue.submit({ kind: 'index', payload: {}, timeLimitMs: 1000 });
    expect((await service.get(`/v1/compile/${FIRST_ID}`)).statusCode).toBe(404);
  });
});
