/** Large documents of keyboards over real sockets: memory, slow clients, clients that leave, polls meanwhile. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LIMITS } from '../../api/limits.ts';
import { startServer } from '../../api/server.ts';
import type { Catalogue } from '../../core/catalogue/contract.ts';
import { cataloguesWith } from '../fixtures/api/catalogue.ts';
import { createDependencies } from '../fixtures/api/service.ts';

const URL_PATH = '/v1/keyboards.json';
const KIB = 1024;
const MIB = 1024 * KIB;
/** So many of 10 KB, and so random, that no compressor finds one of them again. */
const INFOS = Array.from({ length: 100 }, () =>
  JSON.stringify({ layouts: {}, text: randomBytes(7_500).toString('base64') }),
);
const infoOf = (index: number) => INFOS[index % INFOS.length] ?? '';

async function start(changes: Partial<Catalogue>) {
  const parts = createDependencies({
    settings: { port: 0 },
    replace: { catalogues: cataloguesWith(changes) },
  });
  const server = await startServer(parts.dependencies, { ...LIMITS, closeMs: 100 });
  onTestFinished(async () => {
    await server.close();
    await parts.close();
  });
  return server;
}

/** The head of an answer; its body comes when it is read. */
async function open(port: number, path: string, headers: Record<string, string> = {}) {
  const agent = new Agent();
  const outgoing = request({ host: '127.0.0.1', port, path, headers, agent }).end();
  onTestFinished(() => void outgoing.destroy());
  outgoing.on('error', () => undefined);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return { answer, leave: () => outgoing.destroy() };
}

/** A catalogue’s `all` that counts what is taken of it. */
function countingSource(count: number, between: (index: number) => void = () => undefined) {
  const source = { pulled: 0, ended: false };
  async function* all() {
    try {
      for (let index = 0; index < count; index += 1) {
        source.pulled += 1;
        between(index);
        yield { name: `maker/keyboard_${index}`, infoText: infoOf(index) };
      }
    } finally {
      source.ended = true;
    }
  }
  return { source, all };
}

const FORMS = ['identity', 'gzip', 'br'] as const;

describe('keyboards.json', () => {
  it('begins before the first keyboard is read', async () => {
    const first = Promise.withResolvers<void>();
    const { port } = await start({
      async *all() {
        await first.promise;
        yield { name: 'zoo', infoText: infoOf(0) };
      },
    });
    const { answer } = await open(port, URL_PATH);
    expect(answer.headers['transfer-encoding']).toBe('chunked');
    const [begin] = await once(answer, 'data');
    expect(String(begin)).toBe('{"last_updated":"2025-11-20 18:07:37 GMT","keyboards":{');
    first.resolve();
    answer.resume();
    await once(answer, 'end');
    expect(answer.complete).toBe(true);
  });

  it.each(FORMS)('of 50 MB is never in memory as a whole: %s', async (form) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = () => {
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const samples: number[] = [];
    const { port } = await start({
      all: countingSource(5_000, (index) => {
        if (index % 500 === 250) samples.push(used());
      }).all,
    });
    const { answer } = await open(port, URL_PATH, { 'accept-encoding': form });
    const body =
      form === 'br'
        ? answer.pipe(createBrotliDecompress())
        : form === 'gzip'
          ? answer.pipe(createGunzip())
          : answer;
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(50_000_000);
    // Both ends are in it, with buffers that are freed a little later; it does not grow with the document.
    const [first = 0, ...later] = samples;
    expect(later).toHaveLength(9);
    expect(Math.max(...later) - first).toBeLessThan(25 * MIB);
  });

  it.each(FORMS)('waits for a client that does not read: %s', async (form) => {
    const { source, all } = countingSource(Number.POSITIVE_INFINITY);
    const { port } = await start({ all });
    const { answer, leave } = await open(port, URL_PATH, { 'accept-encoding': form });
    answer.pause();
    // Once the buffers of both ends and of the kernel are full, nothing more is asked of the source.
    let before = 0;
    const settled = () => {
      const same = source.pulled === before;
      before = source.pulled;
      return same;
    };
    await expect.poll(settled, { interval: 300, timeout: 20_000 }).toBe(true);
    // Some 5 MiB, most of it the kernel's.
    expect(source.pulled * infoOf(0).length).toBeLessThan(24 * MIB);
    expect(source.ended).toBe(false);
    leave();
    await expect.poll(() => source.ended).toBe(true);
  });

  it.each(FORMS)('ends when its client goes in the middle: %s', async (form) => {
    const { source, all } = countingSource(Number.POSITIVE_INFINITY);
    const { port } = await start({ all });
    const { answer, leave } = await open(port, URL_PATH, { 'accept-encoding': form });
    answer.resume();
    await expect.poll(() => source.pulled).toBeGreaterThan(100);
    leave();
    await expect.poll(() => source.ended).toBe(true);
    const { pulled } = source;
    // Nothing goes on by itself: another request is answered, and the count stays.
    await open(port, '/v1');
    expect(source.pulled).toBe(pulled);
  });

  it('leaves polls their turn, however fast its clients read', async () => {
    const { source, all } = countingSource(20_000);
    const { port } = await start({ all });
    const downloads = await Promise.all(Array.from({ length: 3 }, () => open(port, URL_PATH)));
    for (const { answer } of downloads) answer.resume();
    for (let poll = 0; poll < 10; poll += 1) {
      const { answer } = await open(port, '/v1');
      answer.resume();
      await once(answer, 'end');
    }
    expect(source.ended).toBe(false);
    for (const { leave } of downloads) leave();
    await expect.poll(() => source.ended).toBe(true);
  });

  it.each(FORMS)('is cut, not ended, when the catalogue fails in its middle: %s', async (form) => {
    const { all } = countingSource(Number.POSITIVE_INFINITY, (index) => {
      if (index === 200) throw new Error('the database is gone');
    });
    const { port } = await start({ all });
    const { answer } = await open(port, URL_PATH, { 'accept-encoding': form });
    const closed = new Promise((resolve) => answer.on('close', resolve));
    answer.resume();
    await closed;
    expect(answer.complete).toBe(false);
    expect((await open(port, '/v1')).answer.statusCode).toBe(200);
  });

  it('is not begun for a client that has it', async () => {
    const { source, all } = countingSource(Number.POSITIVE_INFINITY);
    const { port } = await start({ all });
    const first = await open(port, URL_PATH);
    first.leave();
    await expect.poll(() => source.ended).toBe(true);
    source.pulled = 0;
    const known = { 'if-none-match': String(first.answer.headers.etag) };
    const { answer } = await open(port, URL_PATH, known);
    expect(answer.statusCode).toBe(304);
    expect(source.pulled).toBe(0);
  });
});
