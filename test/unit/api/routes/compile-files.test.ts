import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  claimJob,
  compileError,
  compileResult,
  createService,
  FIRMWARE,
  FIRST_ID,
  finishJob,
  submitJob,
} from '../../../fixtures/api/service.ts';

const IMAGE = 'planck_rev6_mymap.bin';
const PATHS = ['download', 'hex', 'source', 'keymap'];

describe('GET /kiln/v1/jobs/<id>/keymap.c', () => {
  it('serves the keymap as C under the name of its JSON', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const answer = await service.get(`/kiln/v1/jobs/${FIRST_ID}/keymap.c`);
    expect([answer.statusCode, answer.body]).toEqual([200, 'const uint16_t keymaps;\n']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/x-c',
      'content-disposition': 'attachment; filename="planck-rev6-mymap.c"',
    });
  });
});

describe('GET /v1/compile/<id>/…', () => {
  it.each([
    ['download', 'application/octet-stream', 'planck_rev6_mymap.bin', FIRMWARE.toString()],
    ['hex', 'application/octet-stream', 'planck_rev6_mymap.bin', FIRMWARE.toString()],
    ['source', 'application/zip', 'qmk_firmware-planck-rev6-mymap.zip', 'PK zip bytes'],
    ['keymap', 'application/json', 'planck-rev6-mymap.json', '{"keyboard":"planck/rev6"}\n'],
  ])('serves %s as an attachment under its contract name', async (path, type, name, bytes) => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const answer = await service.get(`/v1/compile/${FIRST_ID}/${path}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(bytes);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'content-length': String(bytes.length),
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(PATHS)('answers HEAD for %s with the headers of GET and no body', async (path) => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const url = `/v1/compile/${FIRST_ID}/${path}`;
    const get = await service.get(url);
    const head = await service.app.inject({
      method: 'HEAD',
      url,
      headers: { host: 'localhost:5001' },
    });
    const { date: _date, connection: _connection, ...headers } = get.headers;
    expect(head.statusCode).toBe(200);
    expect(head.headers).toMatchObject(headers);
    expect(head.body).toBe('');
  });

  it('leads to the store’s own address where it has one, under the name that clients know', async () => {
    const service = createService();
    service.store.link = async (jobId, name, { fileName }) =>
      `https://s3.example/${jobId}/${name}?as=${fileName}`;
    await submitJob(service);
    await finishJob(service);
    const answer = await service.get(`/v1/compile/${FIRST_ID}/download`);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe(`https://s3.example/${FIRST_ID}/${IMAGE}?as=${IMAGE}`);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('says of an image that was taken away that it is gone, and what to do, in every view of the job', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    const view = async () => (await service.get(`/kiln/v1/jobs/${FIRST_ID}`)).json();
    const contract = async () => (await service.get(`/v1/compile/${FIRST_ID}`)).json();
    expect(await view()).not.toHaveProperty('imageMissing');
    const { output } = (await contract()).result;
    rmSync(join(service.dependencies.settings.dataDir, 'firmwares', FIRST_ID, IMAGE));

    for (const path of ['download', 'hex']) {
      const answer = await service.get(`/v1/compile/${FIRST_ID}/${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().error).toMatchObject({
        code: 'job.no-file',
        message: 'The job left this file, and it is gone from the disk.',
        remedy: 'Send the keymap again to build it.',
      });
    }
    expect(await view()).toMatchObject({
      state: 'finished',
      imageMissing: true,
      result: { firmwareFilename: IMAGE },
    });
    const job = await contract();
    expect(job).toMatchObject({ status: 'finished', is_failed: false });
    expect(job.result.output).toBe(
      `${output}\nThe image of this job is gone from the disk. Send the keymap again to build it.`,
    );
    // Nothing is offered that is not there, and what is there stays offered.
    expect(job.result).not.toHaveProperty('firmware_binary_url');
    expect(job.result.firmware_keymap_url).toHaveLength(1);
    expect((await service.get(`/v1/compile/${FIRST_ID}/keymap`)).statusCode).toBe(200);
  });

  it.each(PATHS)('answers %s of a job under way with 404 in JSON', async (path) => {
    const service = createService();
    await submitJob(service);
    const answer = await service.get(`/v1/compile/${FIRST_ID}/${path}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 404, error: { code: 'job.no-file' } });
    expect(answer.json().message).toContain('not ended yet');
  });

  it.each(PATHS)('answers %s of an unknown job with 404 in JSON', async (path) => {
    const { get } = createService();
    for (const id of ['0'.repeat(32), 'not-an-id', '..%2f..']) {
      const answer = await get(`/v1/compile/${id}/${path}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 404, message: 'Compile job not found' });
    }
  });

  it('has no firmware, but source and keymap, after a compile error', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service, compileError());
    const statuses = await Promise.all(
      PATHS.map(async (path) => (await service.get(`/v1/compile/${FIRST_ID}/${path}`)).statusCode),
    );
    expect(statuses).toEqual([404, 404, 200, 200]);
  });

  it('answers files that were swept with 404', async () => {
    const service = createService();
    await submitJob(service);
    await finishJob(service);
    await service.store.delete(FIRST_ID);
    const answer = await service.get(`/v1/compile/${FIRST_ID}/download`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'job.no-file' } });
    expect(answer.headers['content-disposition']).toBeUndefined();
  });

  it('keeps a name that slipped through the checks inside its header', async () => {
    const service = createService();
    await submitJob(service, { keymap: 'a"; x="\r\nSet-Cookie: é' });
    await service.store.put(FIRST_ID, 'keymap.json', Buffer.from('{}'));
    await service.queue.finish(await claimJob(service), compileResult());
    const answer = await service.get(`/v1/compile/${FIRST_ID}/keymap`);
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="planck-rev6-a[A-Za-z0-9._-]+"$/,
    );
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});
