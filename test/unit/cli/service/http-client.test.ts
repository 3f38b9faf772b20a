import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHttpClient } from '../../../../cli/service/http-client.ts';
import type { JobClient } from '../../../../cli/service/job-client.ts';
import { KilnError } from '../../../../core/errors.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const URL = 'http://127.0.0.1:5001';

let client: JobClient;
let tokenFile: string;
let requests: { readonly path: string; readonly init: RequestInit | undefined }[];
/** What the service answers with. */
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  requests = [];
  tokenFile = join(temporaryFolder(), 'token');
  client = createHttpClient(URL, tokenFile);
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    requests.push({ path: url.slice(URL.length), init });
    return answer();
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const json =
  (body: unknown, status = 200) =>
  () =>
    Response.json(body, { status });

/** A body that comes in these pieces, and then ends or breaks. */
function streamed(chunks: readonly Uint8Array[], breaks = false) {
  return () =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
        },
        pull(controller) {
          if (breaks) controller.error(new TypeError('terminated'));
          else controller.close();
        },
      }),
    );
}

async function story(): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of client.story('1')) events.push(event);
  return events;
}

const wentAway = { code: 'service.unreachable', message: `The Kiln service at ${URL} went away.` };

describe('a running service', () => {
  it('takes a keymap as it is and gives its job’s id', async () => {
    answer = json({ enqueued: true, job_id: 'abc' });
    await expect(client.submit(Buffer.from('{"a":1}'))).resolves.toBe('abc');
    const [{ path, init } = { path: '', init: undefined }] = requests;
    expect(path).toBe('/v1/compile');
    expect(init).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(Buffer.from(init?.body as Uint8Array).toString()).toBe('{"a":1}');
  });

  it('gives the view, the output and the image of a job', async () => {
    answer = json({ id: '1', state: 'running' });
    await expect(client.view('1')).resolves.toMatchObject({ state: 'running' });
    answer = json({ result: { output: 'log' } });
    await expect(client.output('1')).resolves.toBe('log');
    answer = json({ result: null });
    await expect(client.output('1')).resolves.toBe('');
    answer = () => new Response(new Uint8Array([1, 2]));
    await expect(client.image('1')).resolves.toEqual(new Uint8Array([1, 2]));
    expect(requests.map(({ path }) => path)).toEqual([
      '/kiln/v1/jobs/1',
      '/v1/compile/1',
      '/v1/compile/1',
      '/v1/compile/1/download',
    ]);
  });

  it('cancels with its token only', async () => {
    await expect(client.cancel('1')).rejects.toMatchObject({
      code: 'request.token-required',
      message: expect.stringContaining('only with its token'),
    });
    expect(requests).toEqual([]);
    writeFileSync(tokenFile, 'geheim\n');
    answer = json({});
    await client.cancel('1');
    expect(requests[0]).toEqual({
      path: '/kiln/v1/jobs/1/cancel',
      init: { method: 'POST', headers: { authorization: 'Bearer geheim' } },
    });
  });
});

describe('what a service refuses', () => {
  it('is refused in its own words', async () => {
    const report = new KilnError('keymap.refused', 'Key 1 is none.', { details: { index: [1] } });
    answer = json({ code: 422, message: '…', error: report.toReport() }, 422);
    await expect(client.submit(new Uint8Array())).rejects.toMatchObject({
      code: 'keymap.refused',
      message: 'Key 1 is none.',
      details: { index: [1] },
    });
  });

  it.each([
    ['another program’s error', json({ message: 'No.' }, 500), 'The service answered 500: No.'],
    [
      'no JSON',
      () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }),
      'The service answered 502: Bad Gateway',
    ],
    ['null', json(null, 503), 'The service answered 503: '],
  ])('may be %s', async (_, answered, message) => {
    answer = answered;
    await expect(client.view('1')).rejects.toMatchObject({ code: 'service.unreachable', message });
  });
});

describe('a service that goes away', () => {
  it('before it answers is unreachable', async () => {
    answer = () => Promise.reject(new TypeError('fetch failed'));
    await expect(client.submit(new Uint8Array())).rejects.toMatchObject(wentAway);
    await expect(client.view('1')).rejects.toMatchObject(wentAway);
    await expect(client.image('1')).rejects.toMatchObject(wentAway);
    await expect(story()).rejects.toMatchObject(wentAway);
  });

  it('in the middle of an answer is unreachable', async () => {
    answer = streamed([Buffer.from('{"id"')], true);
    await expect(client.view('1')).rejects.toMatchObject(wentAway);
    await expect(client.output('1')).rejects.toMatchObject(wentAway);
    await expect(client.image('1')).rejects.toMatchObject(wentAway);
  });
});

describe('the story of a job', () => {
  const TEXT =
    'retry: 1000\n\n' +
    ': a comment\n\n' +
    'id: 1\nevent: state\ndata: {"state":"queued"}\n\n' +
    'id: 2\nevent: log\ndata: {"lines":["a: b","‘ü’"]}\n\n' +
    'event: end\ndata: {"state":"finished"}\n\n';
  const EVENTS = [
    { event: 'state', data: { state: 'queued' } },
    { event: 'log', data: { lines: ['a: b', '‘ü’'] } },
    { event: 'end', data: { state: 'finished' } },
  ];

  it('comes event by event', async () => {
    answer = streamed([Buffer.from(TEXT)]);
    await expect(story()).resolves.toEqual(EVENTS);
    expect(requests[0]?.path).toBe('/kiln/v1/jobs/1/events');
  });

  it('comes the same in whatever pieces it is sent', async () => {
    const bytes = Buffer.from(TEXT);
    answer = streamed(Array.from(bytes, (byte) => Uint8Array.of(byte)));
    await expect(story()).resolves.toEqual(EVENTS);
  });

  it.each([
    ['breaks', streamed([Buffer.from(TEXT.slice(0, 100))], true)],
    ['ends too early', streamed([Buffer.from(TEXT.slice(0, 100))])],
    ['has no body', () => new Response(null)],
  ])('that %s is a service that went away', async (_, answered) => {
    answer = answered;
    await expect(story()).rejects.toMatchObject(wentAway);
  });

  it('gives what came before it broke', async () => {
    answer = streamed([Buffer.from(TEXT.slice(0, 100))], true);
    const first = await client.story('1')[Symbol.asyncIterator]().next();
    expect(first.value).toEqual(EVENTS[0]);
  });
});
