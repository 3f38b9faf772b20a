/** The API over real sockets: what injected requests cannot show. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Api } from '../../api/dependencies.ts';
import { installEventStreams } from '../../api/event-stream.ts';
import { type ApiLimits, LIMITS } from '../../api/limits.ts';
import { startServer } from '../../api/server.ts';
import type { KilnError } from '../../core/errors.ts';
import {
  claimJob,
  compileResult,
  createDependencies,
  finishJob,
  KEYMAP,
  type ServiceOptions,
  submitJob,
} from '../fixtures/api/service.ts';

async function start({ settings, limits, ...options }: ServiceOptions = {}) {
  const parts = createDependencies({ settings: { port: 0, ...settings }, ...options });
  const server = await startServer(parts.dependencies, { ...LIMITS, ...limits } as ApiLimits);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= server.close();
    return closed;
  };
  onTestFinished(async () => {
    await close();
    await parts.close();
  });
  return { ...parts, ...server, close };
}
type Service = Awaited<ReturnType<typeof start>>;

/** Sends bytes as they are, and gives all that comes back until the connection ends. */
async function sendRaw(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // The server may close while parts are still being written.
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

/** A request whose path goes out as it is written, dots and all. */
async function getRaw(port: number, path: string): Promise<string> {
  return sendRaw(
    port,
    `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`,
  );
}

const bodyOf = (answer: string) => JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));

describe('startServer', () => {
  it('listens on any free port, and checks Host and Origin against that one', async () => {
    const { port, url } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    const headers = { origin: url };
    const answer = await fetch(`http://127.0.0.1:${port}/v1`, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe(url);
    const rebound = await sendRaw(
      port,
      'GET /v1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(rebound).toMatch(/^HTTP\/1\.1 421 /);
    const other = { origin: 'http://localhost:5001' };
    expect(
      (await fetch(`${url.replace('localhost', '127.0.0.1')}/v1`, { headers: other })).status,
    ).toBe(403);
  });

  it('names the port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const parts = createDependencies({ settings: { port } });
    onTestFinished(parts.close);
    const error: KilnError = await startServer(parts.dependencies).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error.code).toBe('service.port-in-use');
    expect(error.message).toContain(String(port));
  });

  it('names the host that this machine does not have', async () => {
    const parts = createDependencies({ settings: { port: 0, host: '198.51.100.1', lan: 'plain' } });
    onTestFinished(parts.close);
    await expect(startServer(parts.dependencies)).rejects.toMatchObject({
      code: 'settings.invalid',
      message: expect.stringContaining('198.51.100.1'),
    });
  });

  it('makes links that lead back to it', async () => {
    const service = await start();
    const base = `http://127.0.0.1:${service.port}`;
    const { job_id } = (await (
      await fetch(`${base}/v1/compile`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(KEYMAP),
      })
    ).json()) as { job_id: string };
    await finishJob(service);
    const job = (await (await fetch(`${base}/v1/compile/${job_id}`)).json()) as {
      result: { firmware_binary_url: string[] };
    };
    const [link = ''] = job.result.firmware_binary_url;
    expect(link.startsWith(base)).toBe(true);
    const file = await fetch(link);
    expect(file.headers.get('content-disposition')).toContain('planck_rev6_mymap.bin');
    expect(await file.text()).toBe('firmware bytes');
  });

  it('serves a file of many pieces whole', async () => {
    const service = await start();
    const id = await submitJob(service);
    const claim = await claimJob(service);
    const bytes = Buffer.alloc(3_000_000, 'firmware ');
    await service.store.put(id, 'planck_rev6_mymap.bin', bytes);
    await service.queue.finish(claim, compileResult());
    const answer = await fetch(`http://127.0.0.1:${service.port}/v1/compile/${id}/download`);
    expect(answer.headers.get('content-length')).toBe('3000000');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('hostile requests', () => {
  it.each([
    '/v1/keyboards/../../../etc/passwd',
    '/v1/keyboards/zoo/../zoo/info.json',
    '/v1/keyboards/%2e%2e/zoo/info.json',
    '/v1/keyboards/./zoo/info.json',
    '/v1/keyboards//zoo/info.json',
    '/v1/keyboards/zoo\\..\\zoo/info.json',
    '/v1/compile/../keyboards',
    '/v1/constants/../keyboard_list.json',
    '/v1/constants/%2e%2e/keyboard_list.json',
    '/v1/templates/..\\..\\x',
    '/v1/keyboards/zoo,../zoo',
    '/v1/keyboards/planck/keymaps/../keymap.json',
    '/kiln/v1/trees/../trees/qmk/v1/keyboards',
    '/kiln/v1/trees/%2e%2e%2fqmk/v1/keyboards',
  ])('that climb are 404 in JSON: %s', async (path) => {
    const { port } = await start();
    const answer = await getRaw(port, path);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(bodyOf(answer).code).toBe(404);
  });

  it('may ask with two slashes, as QMK Configurator’s container does', async () => {
    const { port } = await start();
    expect(await getRaw(port, '//v1')).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('without a Host, or with two, are refused', async () => {
    const { port } = await start();
    expect(await sendRaw(port, 'GET /v1 HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
    expect(await sendRaw(port, 'GET /v1 HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
    const two = `Host: evil.example\r\nHost: localhost:${port}\r\n`;
    expect(await sendRaw(port, `GET /v1 HTTP/1.1\r\n${two}Connection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
  });

  it('that are no HTTP, or have too long a head, are answered with 400 in JSON', async () => {
    const { port } = await start();
    for (const text of ['hello\r\n\r\n', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`]) {
      const answer = await sendRaw(port, text);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
      expect(bodyOf(answer)).toMatchObject({ code: 400, error: { code: 'request.invalid' } });
    }
  });

  it('that become no HTTP after an answer lose their connection without another', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`GET /v1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    let text = String((await once(socket, 'data'))[0]);
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('hello\r\n\r\n');
    await once(socket, 'close');
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  const head = (port: number, ...headers: readonly string[]) =>
    [
      'POST /v1/compile HTTP/1.1',
      `Host: localhost:${port}`,
      'Origin: https://config.qmk.fm',
      'Content-Type: application/json',
      ...headers,
      '\r\n',
    ].join('\r\n');

  it('are counted while they are read: more than the limit is 413, whatever was announced', async () => {
    const { port, queue } = await start();
    const chunk = `${(64 * 1024).toString(16)}\r\n${' '.repeat(64 * 1024)}\r\n`;
    const chunked = await sendRaw(
      port,
      head(port, 'Transfer-Encoding: chunked'),
      ...Array(5).fill(chunk),
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(chunked.toLowerCase()).toContain('access-control-allow-origin: https://config.qmk.fm');
    expect(bodyOf(chunked)).toMatchObject({ code: 413, error: { code: 'request.too-large' } });
    const announced = await sendRaw(port, head(port, 'Content-Length: 262145'));
    expect(announced).toMatch(/^HTTP\/1\.1 413 /);
    expect(await queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('that lie about their length start nothing, whichever way they lie', async () => {
    const { port, queue } = await start({
      limits: { requestMs: 300, headersMs: 200, checkMs: 50 },
    });
    const body = JSON.stringify(KEYMAP);
    const shorter = await sendRaw(port, head(port, `Content-Length: ${body.length - 5}`), body);
    // What is left over is no request, and ends the connection.
    expect(shorter).toMatch(/^HTTP\/1\.1 400 /);
    expect(shorter.match(/^HTTP\/1\.1 /gm)?.length).toBeLessThanOrEqual(2);
    const longer = await sendRaw(port, head(port, `Content-Length: ${body.length + 5}`), body);
    expect(longer).toMatch(/^HTTP\/1\.1 408 /);
    for (const headers of [
      ['Content-Length: 5', 'Content-Length: 6'],
      ['Content-Length: -1'],
      ['Content-Length: 0x10'],
      ['Content-Length: 10', 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked, identity'],
      ['Transfer-Encoding: gzip'],
      ['Transfer-Encoding : chunked'],
    ]) {
      expect(await sendRaw(port, head(port, ...headers), body)).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(await queue.counts()).toEqual({ queued: 0, running: 0 });
  });

  it('that come many at once on one connection end it with the first rubbish among them', async () => {
    const { port } = await start();
    const one = `GET /v1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
    const missing = one.replace('/v1', '/nothing');
    const answer = await sendRaw(port, `${one}${missing}${one}rubbish\r\n\r\n${one.repeat(50)}`);
    const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
    // The rubbish may be found before the first answer has begun, and nothing behind it is answered.
    expect(statuses.length).toBeLessThanOrEqual(4);
    const whole = ['200', '404', '200', '400'];
    expect(statuses).toEqual(statuses[0] === '400' ? ['400'] : whole.slice(0, statuses.length));
    expect((await fetch(`http://127.0.0.1:${port}/v1`)).status).toBe(200);
  });

  it('with characters of headers in their path bring none into the answer', async () => {
    const { port } = await start();
    for (const path of [
      '/v1/x%0d%0aSet-Cookie:%20a=1',
      '/configurator%0d%0aX-Evil:1',
      '/%0d%0a/v1',
    ]) {
      const answer = await getRaw(port, path);
      const [headers = ''] = answer.split('\r\n\r\n');
      expect(headers).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(headers).not.toMatch(/^(set-cookie|x-evil):/im);
    }
  });

  it('whose body does not come end in time with 408', async () => {
    const { port } = await start({ limits: { requestMs: 300, headersMs: 200, checkMs: 50 } });
    const answer = await sendRaw(port, head(port, 'Content-Length: 100'), '{"keyboard":');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(answer)).toMatchObject({ code: 408, error: { code: 'request.timed-out' } });
    const [drip, empty] = await Promise.all([
      sendRaw(port, 'GET /v1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: '),
      sendRaw(port, 'G'),
    ]);
    expect(drip).toMatch(/^HTTP\/1\.1 408 /);
    expect(empty).toMatch(/^HTTP\/1\.1 408 /);
    expect((await fetch(`http://127.0.0.1:${port}/v1`)).status).toBe(200);
  });

  it('that fall silent lose their connection, between two requests and within an answer', async () => {
    const service = await start({ limits: { keepAliveMs: 50, idleMs: 200 } });
    const id = await submitJob(service);
    const ask = (path: string) =>
      sendRaw(service.port, `GET ${path} HTTP/1.1\r\nHost: localhost:${service.port}\r\n\r\n`);
    // Both end only because the service ends them.
    const [status, events] = await Promise.all([ask('/v1'), ask(`/kiln/v1/jobs/${id}/events`)]);
    expect(status).toMatch(/^HTTP\/1\.1 200 /);
    expect(events).toContain('"state":"queued"');
  });

  it('that are too many on one connection are told to open another', async () => {
    const { port } = await start({ limits: { requestsPerConnection: 2 } });
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const ask = async () => {
      socket.write(`GET /v1 HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      return /^connection: (\S+)/im.exec(String(answer))?.[1];
    };
    expect(await ask()).toBe('keep-alive');
    expect(await ask()).toBe('close');
  });

  it('beyond the limit of connections are turned away', async () => {
    const { port } = await start({ limits: { connections: 2 } });
    const held: Socket[] = [];
    for (let index = 0; index < 2; index += 1) {
      const socket = connect(port, '127.0.0.1');
      held.push(socket);
      await once(socket, 'connect');
    }
    onTestFinished(() => held.forEach((socket) => void socket.destroy()));
    await expect(fetch(`http://127.0.0.1:${port}/v1`)).rejects.toThrow();
    for (const socket of held) socket.destroy();
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${port}/v1`).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });
});

/** An event stream's text as it arrives, and what it takes to leave it. */
async function listen(service: Service, id: string, headers: Record<string, string> = {}) {
  const path = `/kiln/v1/jobs/${id}/events`;
  const outgoing = request({ host: '127.0.0.1', port: service.port, path, headers }).end();
  onTestFinished(() => void outgoing.destroy());
  outgoing.on('error', () => undefined);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const seen = { text: '', ended: false };
  answer.setEncoding('utf8').on('data', (chunk) => {
    seen.text += chunk;
  });
  answer
    .on('error', () => undefined)
    .on('close', () => {
      seen.ended = true;
    });
  return { seen, answer, leave: () => outgoing.destroy() };
}

/** Counts the queue's watchers. */
function countWatchers({ queue }: Pick<Service, 'queue'>) {
  const count = { now: 0, ever: 0 };
  const { watch } = queue;
  queue.watch = (listener) => {
    count.now += 1;
    count.ever += 1;
    const stop = watch(listener);
    return () => {
      count.now -= 1;
      stop();
    };
  };
  return count;
}

describe('event streams', () => {
  it('bring each event as it happens, and end after the job', async () => {
    const service = await start();
    const id = await submitJob(service);
    const { seen, answer } = await listen(service, id);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    await expect.poll(() => seen.text).toContain('"state":"queued"');
    const claim = await claimJob(service);
    await expect.poll(() => seen.text).toContain('"state":"running"');
    await service.queue.record(claim, [{ type: 'log', lines: ['Compiling: a.c'] }]);
    await expect.poll(() => seen.text).toContain('Compiling: a.c');
    expect(seen.ended).toBe(false);
    await service.queue.finish(claim, compileResult());
    await expect.poll(() => seen.ended).toBe(true);
    expect(seen.text).toMatch(/event: end\ndata: \{"state":"finished"\}\n\n$/);
  });

  it('resume where a broken connection left off', async () => {
    const service = await start();
    const id = await submitJob(service);
    const claim = await claimJob(service);
    const first = await listen(service, id);
    await expect.poll(() => first.seen.text).toContain('id: 2\n');
    first.leave();
    await service.queue.record(claim, [{ type: 'log', lines: ['missed'] }]);
    const second = await listen(service, id, { 'last-event-id': '2' });
    await expect.poll(() => second.seen.text).toContain('missed');
    expect(second.seen.text).not.toContain('id: 2\n');
    expect(second.seen.text).toContain('id: 3\n');
  });

  it('stop watching when their client goes', async () => {
    const service = await start();
    const watchers = countWatchers(service);
    const id = await submitJob(service);
    const { seen, leave } = await listen(service, id);
    await expect.poll(() => seen.text).toContain('queued');
    expect(watchers.now).toBe(1);
    leave();
    await expect.poll(() => watchers.now).toBe(0);
  });

  it('wait for a client that does not read, and let go of it when it leaves', async () => {
    const app = fastify() as unknown as Api;
    const sendEvents = installEventStreams(app, 15_000);
    const source = { pulled: 0, ended: false };
    app.get('/', (clientRequest, reply) =>
      sendEvents(clientRequest, reply, async function* endless() {
        try {
          for (;;) {
            source.pulled += 1;
            yield { event: 'log', data: 'x'.repeat(64 * 1024) };
          }
        } finally {
          source.ended = true;
        }
      }),
    );
    await app.listen({ port: 0 });
    onTestFinished(() => app.close());
    const { port } = app.server.address() as { port: number };
    const outgoing = request({ port, host: '127.0.0.1' }).end();
    outgoing.on('error', () => undefined);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined).pause();
    // Once the buffers of both ends and of the kernel are full, nothing more is asked of the source.
    let before = 0;
    const settled = () => {
      const same = source.pulled === before;
      before = source.pulled;
      return same;
    };
    await expect.poll(settled, { interval: 200, timeout: 10_000 }).toBe(true);
    expect(source.ended).toBe(false);
    outgoing.destroy();
    await expect.poll(() => source.ended).toBe(true);
  });

  it('carry signs of life', async () => {
    const service = await start({ limits: { heartbeatMs: 20 } });
    const { seen } = await listen(service, await submitJob(service));
    await expect.poll(() => seen.text.match(/: still here/g)?.length ?? 0).toBeGreaterThan(2);
  });
});

describe('close', () => {
  it('ends event streams and idle connections without waiting for them', async () => {
    const service = await start({ limits: { keepAliveMs: 60_000, closeMs: 60_000 } });
    const { seen } = await listen(service, await submitJob(service));
    const idle = connect(service.port, '127.0.0.1');
    onTestFinished(() => void idle.destroy());
    idle.write(`GET /v1 HTTP/1.1\r\nHost: localhost:${service.port}\r\n\r\n`);
    await once(idle, 'data');
    await expect.poll(() => seen.text).toContain('queued');
    const gone = once(idle, 'close');
    await service.close();
    await gone;
    await expect.poll(() => seen.ended).toBe(true);
    await expect(fetch(`http://127.0.0.1:${service.port}/v1`)).rejects.toThrow();
  });

  /** A service whose `/v1` answers only when it is let, and a connection that waits for it. */
  async function startBusy() {
    const service = await start({ limits: { closeMs: 60_000, keepAliveMs: 60_000 } });
    const answering = Promise.withResolvers<void>();
    const letAnswer = Promise.withResolvers<void>();
    const { counts } = service.queue;
    service.queue.counts = async () => {
      answering.resolve();
      await letAnswer.promise;
      return counts();
    };
    const socket = connect(service.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const ask = (path: string) =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${service.port}\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    const answers = once(socket, 'close').then(() => text.match(/HTTP\/1\.1 \d+/g));
    ask('/v1');
    await answering.promise;
    return { ...service, ask, answers, letAnswer: letAnswer.resolve };
  }

  it('waits for an answer under way, and no longer', async () => {
    const service = await startBusy();
    const closed = service.close();
    service.letAnswer();
    await closed;
    expect(await service.answers).toEqual(['HTTP/1.1 200']);
  });

  it('answers what still comes in meanwhile, but begins no stream that would last', async () => {
    const service = await startBusy();
    const id = await submitJob(service);
    const asked = Promise.withResolvers<void>();
    const { get } = service.queue;
    service.queue.get = async (job) => {
      asked.resolve();
      return get(job);
    };
    const closed = service.close();
    service.ask(`/kiln/v1/jobs/${id}/events`);
    await asked.promise;
    service.letAnswer();
    await closed;
    expect(await service.answers).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  });

  it('cuts a download that stands still', async () => {
    const service = await start({ limits: { closeMs: 50 } });
    const id = await submitJob(service);
    const claim = await claimJob(service);
    await service.store.put(id, 'planck_rev6_mymap.bin', Buffer.alloc(12_000_000));
    await service.queue.finish(claim, compileResult());
    const path = `/v1/compile/${id}/download`;
    const outgoing = request({ host: '127.0.0.1', port: service.port, path }).end();
    outgoing.on('error', () => undefined);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    await service.close();
    expect(answer.complete).toBe(false);
  });
});
