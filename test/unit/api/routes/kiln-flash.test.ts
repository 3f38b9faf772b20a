import { describe, expect, it } from 'vitest';
import {
  compileError,
  createService,
  finishJob,
  OWN_HOST,
  submitJob,
  TOKEN,
} from '../../../fixtures/api/service.ts';
import { caterinaAt } from '../../../fixtures/flash/service.ts';
import { hex } from '../../../fixtures/images/images.ts';
import { until } from '../../../fixtures/service/until.ts';

const AUTH = { authorization: `Bearer ${TOKEN}` };
const RUNS = '/kiln/v1/flash-runs';

function service() {
  const made = createService();
  const { app } = made;
  const get = (url: string) => made.get(url, AUTH);
  const post = (url: string, body: unknown = {}) => made.post(url, body, AUTH);
  const send = (content: Buffer, name: string, type = 'application/octet-stream') =>
    app.inject({
      method: 'POST',
      url: `/kiln/v1/flash-images?name=${encodeURIComponent(name)}`,
      headers: { ...OWN_HOST, ...AUTH, 'content-type': type },
      payload: content,
    });
  /** Hands an image in. @returns its id */
  const upload = async () => (await send(hex(Buffer.alloc(300, 1)), 'a.hex')).json().id as string;
  return { ...made, get, post, send, upload };
}

describe('devices', () => {
  it('are listed with what can be done, to who may flash and to nobody else', async () => {
    const { get, devices, app } = service();
    devices.show([caterinaAt('1-2', 4, '/dev/ttyACM0')]);
    const answer = await get('/kiln/v1/devices');
    expect(answer.json()).toMatchObject({
      trouble: null,
      devices: [
        {
          id: 'usb-1-2',
          kind: 'bootloader',
          bootloader: 'caterina',
          mcu: 'atmega32u4',
          can: ['flash', 'clear-eeprom', 'set-hand'],
          usb: { vid: '2341', pid: '0036' },
        },
      ],
    });
    const strangers = await app.inject({ url: '/kiln/v1/devices', headers: OWN_HOST });
    expect(strangers.statusCode).toBe(401);
    const page = await app.inject({
      url: '/kiln/v1/devices',
      headers: { ...OWN_HOST, ...AUTH, origin: 'https://config.qmk.fm' },
    });
    expect(page.statusCode).toBe(403);
  });

  it('come with the udev rules that they may need', async () => {
    const { get } = service();
    const { rules, target } = (await get('/kiln/v1/udev')).json();
    expect(rules).toContain('TAG+="uaccess"');
    expect(target).toMatch(/^\/etc\/udev\/rules\.d\//);
  });
});

describe('an image from a file', () => {
  it('is taken when it is one', async () => {
    const { send } = service();
    const answer = await send(hex(Buffer.alloc(300, 1)), 'my firmware.hex');
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ name: 'my firmware.hex', format: 'hex', size: 300 });
  });

  it.each([
    [422, Buffer.from('hello'), 'a.hex', 'application/octet-stream'],
    [422, hex(Buffer.alloc(9)), 'a.bin', 'application/octet-stream'],
    [400, hex(Buffer.alloc(9)), '../a.hex', 'application/octet-stream'],
    [415, hex(Buffer.alloc(9)), 'a.hex', 'application/json'],
    [415, hex(Buffer.alloc(9)), 'a.hex', 'text/plain'],
  ])('is refused with %i otherwise', async (status, content, name, type) => {
    const { send } = service();
    expect((await send(content, name, type)).statusCode).toBe(status);
  });

  it('is taken up to 32 MiB, and nothing else is', async () => {
    const { send, post } = service();
    expect((await send(Buffer.alloc(300_000, 1), 'a.bin')).statusCode).toBe(201);
    expect((await post(RUNS, ' '.repeat(300_000))).statusCode).toBe(413);
  });
});

describe('a check before a run', () => {
  const CHECKS = '/kiln/v1/flash-checks';
  const sized = async (made: ReturnType<typeof service>, bytes: number) =>
    (await made.send(hex(Buffer.alloc(bytes, 1)), 'a.hex')).json().id as string;

  it('says which device would be taken, and that all fits', async () => {
    const made = service();
    made.devices.show([caterinaAt('1-2', 4, '/dev/ttyACM0')]);
    const answer = await made.post(CHECKS, { image: await sized(made, 300) });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      device: { id: 'usb-1-2' },
      bootloader: { key: 'caterina', eeprom: 'tool' },
      mcu: 'atmega32u4',
      room: 28_672,
      findings: [],
      confirm: null,
    });
    // Nothing was begun.
    expect((await made.get(RUNS)).json().runs).toEqual([]);
  });

  it('names what stops, and of several devices none', async () => {
    const made = service();
    made.devices.show([caterinaAt('1-2', 4, '/dev/ttyACM0')]);
    const big = await sized(made, 30_000);
    expect((await made.post(CHECKS, { image: big })).json().findings).toMatchObject([
      { rule: 'size', severity: 'stop' },
    ]);
    made.devices.show([caterinaAt('1-1', 2, '/dev/ttyA'), caterinaAt('1-2', 3, '/dev/ttyB')]);
    expect((await made.post(CHECKS, { image: big })).json()).toMatchObject({ device: null });
  });

  it('of a keyboard that no tree has is refused', async () => {
    const made = service();
    const keyboard = { tree: 'qmk', name: 'nobody/knows' };
    const answer = await made.post(CHECKS, { image: await sized(made, 300), keyboard });
    expect(answer.statusCode).toBe(404);
  });
});

describe('a flash run', () => {
  it('waits for the bootloader, is shown so, and can be canceled', async () => {
    const { get, post, upload } = service();
    const started = await post(RUNS, { image: await upload() });
    expect(started.statusCode).toBe(201);
    const { id } = started.json();
    await until('it waits', async () => (await get(`${RUNS}/${id}`)).json().phase === 'wait');
    expect((await get(`${RUNS}/${id}`)).json()).toMatchObject({
      holds: 'unchanged',
      cancelRefusal: null,
      image: { name: 'a.hex', size: 300 },
      instructions: [expect.stringContaining('QK_BOOT')],
    });
    expect((await post(RUNS, { image: await upload() })).json().error.code).toBe('flash.busy');
    const canceled = (await post(`${RUNS}/${id}/cancel`)).json();
    expect(canceled).toMatchObject({ phase: 'ended', end: { outcome: 'canceled' } });
    expect((await get(RUNS)).json().runs).toMatchObject([{ id }]);
    expect((await get(`${RUNS}/${id}/log`)).json().lines).toEqual(expect.any(Array));
  });

  it('asks which of two devices is meant', async () => {
    const { get, post, upload, devices } = service();
    devices.show([caterinaAt('1-1', 2, '/dev/ttyA'), caterinaAt('1-2', 3, '/dev/ttyB')]);
    const { id } = (await post(RUNS, { image: await upload() })).json();
    await until('it asks', async () => (await get(`${RUNS}/${id}`)).json().phase === 'choose');
    const run = (await get(`${RUNS}/${id}`)).json();
    expect(run.choices.map((choice: { id: string }) => choice.id)).toEqual(['usb-1-1', 'usb-1-2']);
    expect((await post(`${RUNS}/${id}/device`, { device: 'usb-9' })).statusCode).toBe(404);
    await post(`${RUNS}/${id}/device`, { device: 'usb-1-2' });
    // There is no avrdude on this test's machine, which is said before anything is touched.
    await until('its end', async () => (await get(`${RUNS}/${id}`)).json().end);
    expect((await get(`${RUNS}/${id}`)).json()).toMatchObject({
      holds: 'unchanged',
      bootloader: 'caterina',
      end: { outcome: 'failed', error: { code: 'toolchain.missing' } },
    });
  });

  it('is told as events to its end', async () => {
    const { get, post, upload, devices } = service();
    devices.show([caterinaAt('1-1', 2, '/dev/ttyA')]);
    const { id } = (await post(RUNS, { image: await upload() })).json();
    const story = (await get(`${RUNS}/${id}/events`)).body;
    expect(story).toContain('event: run');
    expect(story).toContain('Found Caterina');
    expect(story.trimEnd()).toMatch(/event: end\ndata: \{"outcome":"failed"\}$/);
  });

  it('takes the image of a job, for the keyboard that it was built for', async () => {
    const made = service();
    await submitJob(made);
    const id = await finishJob(made);
    const answer = await made.post(RUNS, {
      job: id,
      keyboard: { tree: 'qmk', name: 'nobody/knows' },
    });
    expect(answer.statusCode).toBe(404);
    await submitJob(made);
    const failed = await finishJob(made, compileError());
    expect((await made.post(RUNS, { job: failed })).json().error.code).toBe('job.no-file');
  });

  it.each([
    [404, '/nothing'],
    [404, `/${'0'.repeat(32)}`],
    [404, `/${'0'.repeat(32)}/log`],
    [404, `/${'0'.repeat(32)}/events`],
  ])('that is unknown is %i at %s', async (status, path) => {
    expect((await service().get(RUNS + path)).statusCode).toBe(status);
  });

  it.each([
    [{ action: 'erase-everything' }, 400],
    [{ waitSeconds: -1 }, 400],
    [{ image: 'x', extra: 1 }, 400],
    [{ image: 'unknown' }, 422],
    [{ job: 'unknown' }, 404],
  ])('asked for as %j is refused', async (body, status) => {
    expect((await service().post(RUNS, body)).statusCode).toBe(status);
  });
});
