/** The checklist that ends the contract of the hosted QMK API (§9), point by point, as a client meets it. */
import { describe, expect, it } from 'vitest';
import { compileError, createService, finishJob, KEYMAP } from '../../fixtures/api/service.ts';

const ORIGIN = 'https://config.qmk.fm';
type Service = ReturnType<typeof createService>;

/** Submits as QMK Configurator does, lets a worker build, and gives the job's first poll. */
async function compile(service: Service, result?: ReturnType<typeof compileError>) {
  const { job_id } = (await service.post('/v1/compile', KEYMAP, { origin: ORIGIN })).json();
  await finishJob(service, result);
  const answer = await service.get(`/v1/compile/${job_id}`, { origin: ORIGIN });
  return { id: job_id as string, job: answer.json() };
}

describe('the contract’s checklist', () => {
  it('1: CORS headers on all answers, JSON errors under /v1/compile', async () => {
    const service = createService();
    const { id } = await compile(service);
    const urls = ['/v1', '/', '/nothing', '/v1/compile', '/v1/compile/x', `/v1/compile/${id}`];
    const files = ['download', 'hex', 'source', 'keymap', 'nothing'];
    const data = [
      'keyboards',
      'keyboards/all',
      'keyboards/nothing',
      'keyboards/broken/board/info.json',
      'keyboards/zoo/readme.md',
      'keyboards/zoo/keymaps/x',
      'keyboards/build_summary',
      'keyboards/zoo/build_log',
      `keyboards/${'a,'.repeat(60)}a`,
      'keyboards/%zz',
      'keyboards.json',
      'usb',
      'usb.json',
      'constants/nothing',
      'schemas/..%2f',
      'converters',
      'converters/kle',
      'metrics/keyboards/days/x',
      'telemetry',
    ];
    const rest = [
      '/install.sh',
      '/readme.md',
      '/kiln/v1/keyboards?limit=x',
      '/kiln/v1/trees',
      '/kiln/v1/trees/nothing/v1/keyboards',
      '/kiln/v1/trees/nothing/catalogue',
    ];
    for (const url of [
      ...urls,
      ...files.map((file) => `/v1/compile/${id}/${file}`),
      ...data.map((path) => `/v1/${path}`),
      ...rest,
    ]) {
      const answer = await service.get(url, { origin: ORIGIN });
      expect(answer.headers['access-control-allow-origin'], url).toBe(ORIGIN);
      if (answer.statusCode >= 400) {
        expect(answer.json(), url).toMatchObject({
          code: answer.statusCode,
          message: expect.stringMatching(/./),
        });
      }
      expect(String(answer.headers.vary), url).toMatch(/^Origin/);
    }
    for (const url of [
      '/v1/converters/kle',
      '/v1/telemetry',
      '/kiln/v1/trees/qmk/catalogue/refresh',
    ]) {
      const answer = await service.post(url, '{', { origin: ORIGIN });
      expect(answer.headers['access-control-allow-origin'], url).toBe(ORIGIN);
    }
  });

  it('2: addresses are arrays of absolute URLs at the address that the client used', async () => {
    const service = createService({ settings: { port: 8080 } });
    const headers = { host: '127.0.0.1:8080' };
    const { job_id } = (await service.post('/v1/compile', KEYMAP, headers)).json();
    await finishJob(service);
    const { result } = (await service.get(`/v1/compile/${job_id}`, headers)).json();
    for (const [name, path] of [
      ['firmware_binary_url', 'download'],
      ['firmware_source_url', 'source'],
      ['firmware_keymap_url', 'keymap'],
    ] as const) {
      expect(result[name]).toEqual([`http://127.0.0.1:8080/v1/compile/${job_id}/${path}`]);
      expect((await service.get(new URL(result[name][0]).pathname, headers)).statusCode).toBe(200);
    }
  });

  it('3: firmware comes as an attachment of its exact name, and never as text', async () => {
    const service = createService();
    const { id, job } = await compile(service);
    for (const path of ['download', 'hex']) {
      const { headers } = await service.get(`/v1/compile/${id}/${path}`);
      expect(headers['content-disposition']).toBe(
        `attachment; filename="${job.result.firmware_filename}"`,
      );
      expect(headers['content-type']).toBe('application/octet-stream');
    }
  });

  it('4: output is text without escapes, and a failure has no firmware address', async () => {
    const service = createService();
    const output = '\u001b[1mkeymap.c:3: \u001b[31merror\u001b[0m\n';
    const { job } = await compile(service, { ...compileError(), output });
    expect(job.result.output).toBe('keymap.c:3: error\n');
    expect(job.result).not.toHaveProperty('firmware_binary_url');
  });

  it('5: one shape for life with a status; an unknown id is 404 in JSON', async () => {
    const service = createService();
    const { job_id } = (await service.post('/v1/compile', KEYMAP)).json();
    const before = (await service.get(`/v1/compile/${job_id}`)).json();
    await finishJob(service);
    const after = (await service.get(`/v1/compile/${job_id}`)).json();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    expect([before.status, after.status]).toEqual(['queued', 'finished']);
    service.clock.now += 3_600_000;
    await service.queue.sweep(service.clock.now);
    const forgotten = await service.get(`/v1/compile/${job_id}`);
    expect(forgotten.statusCode).toBe(404);
    expect(forgotten.json()).toMatchObject({ code: 404, message: 'Compile job not found' });
  });

  it('6: /v1 says running and a number of waiting jobs', async () => {
    const { get, state } = createService();
    state.health = { workers: [{ id: 'w1', alive: true, lastHeartbeatAt: Date.now() }] };
    expect((await get('/v1')).json()).toMatchObject({
      status: 'running',
      queue_length: 0,
      version: expect.any(String),
    });
  });

  it('7 and 8: every listed keyboard has its info.json under that name, wrapped', async () => {
    const { get } = createService();
    const { keyboards } = (await get('/v1/keyboard_list.json')).json();
    expect((await get('/v1/keyboards')).json()).toEqual(keyboards);
    // The fixture's broken board stands for metadata that nobody can read: it is not listed.
    expect(keyboards).not.toContain('broken/board');
    for (const name of keyboards) {
      const info = (await get(`/v1/keyboards/${name}/info.json`)).json();
      expect(Object.keys(info.keyboards)).toEqual([name]);
      expect(info.keyboards[name].layouts).toBeTypeOf('object');
    }
  });

  it('9: three formats of dates', async () => {
    const service = createService();
    const { job } = await compile(service);
    for (const date of [job.created_at, job.enqueued_at]) {
      expect(date).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    }
    const list = (await service.get('/v1/keyboard_list.json')).json();
    expect(list.last_updated).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT$/);
    expect((await service.get('/v1')).json().last_ping).toBeCloseTo(1_763_661_794);
  });

  it.each([
    ['keyboard', '$(shell id)'],
    ['keymap', '../../x'],
    ['layout', 'LAYOUT\n#include "/etc/passwd"'],
    ['layers', [['__asm__(".incbin \\"/etc/passwd\\"")', 'KC_A']]],
    ['branch', '--upload-pack=x'],
    ['converter', '$(shell id)'],
  ])('10: hostile text as %s is refused, and nothing is queued', async (member, value) => {
    const service = createService();
    const answer = await service.post('/v1/compile', { ...KEYMAP, [member]: value });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().error.details.member).toBe(member);
    expect((await service.queue.counts()).queued).toBe(0);
  });

  it('11: pages of unknown origin and unknown hosts are kept out', async () => {
    const service = createService();
    const foreign = { origin: 'https://evil.example' };
    expect((await service.post('/v1/compile', KEYMAP, foreign)).statusCode).toBe(403);
    const rebound = { host: 'evil.example' };
    expect((await service.post('/v1/compile', KEYMAP, rebound)).statusCode).toBe(421);
  });

  it('12: a failure after a success leaves no firmware to offer', async () => {
    const service = createService();
    const success = await compile(service);
    const failure = await compile(service, compileError());
    expect(success.job.result.firmware_binary_url).toHaveLength(1);
    // «finished» makes QMK Configurator take the new job's addresses, of which there is none.
    expect(failure.job).toMatchObject({ status: 'finished', is_failed: true });
    expect(failure.job.result).not.toHaveProperty('firmware_binary_url');
  });
});
