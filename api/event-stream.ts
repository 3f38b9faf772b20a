/**
 * Server-sent events over an ordinary stream answer. The source is pulled: a client that reads slowly slows
 * its source down, and nothing piles up here. (`@fastify/sse` waits for ever for a client that stalls and
 * then goes away, and keeps its source open.)
 */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './dependencies.ts';

export interface ServerEvent {
  /** Where a client resumes: it comes back as `Last-Event-ID`. */
  readonly id?: number;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Answers with the events of a source until it ends, the client goes, or the service stops.
 * @param source has to end soon after its signal aborts.
 */
export type SendEvents = (
  request: FastifyRequest,
  reply: FastifyReply,
  source: (signal: AbortSignal) => AsyncIterable<ServerEvent>,
) => FastifyReply;

/** How long a client waits before it comes back, in milliseconds. */
const RETRY_MS = 2_000;

/** @param heartbeatMs after so much silence a comment is sent, for proxies and to notice clients that went. */
export function installEventStreams(app: Api, heartbeatMs: number): SendEvents {
  const open = new Set<AbortController>();
  let stopped = false;
  app.addHook('preClose', async () => {
    stopped = true;
    for (const stream of open) stream.abort();
  });
  return (request, reply, source) => {
    reply.type('text/event-stream; charset=utf-8').headers({
      'cache-control': 'no-store',
      // Proxies that gather answers would hold events back.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return reply.send(Readable.from([]));
    const stream = new AbortController();
    open.add(stream);
    if (stopped) stream.abort();
    reply.raw.once('close', () => {
      open.delete(stream);
      stream.abort();
    });
    const events = source(stream.signal);
    return reply.send(Readable.from(frames(events, heartbeatMs), { objectMode: false }));
  };
}

async function* frames(
  source: AsyncIterable<ServerEvent>,
  heartbeatMs: number,
): AsyncGenerator<string> {
  const events = source[Symbol.asyncIterator]();
  try {
    // At once, so that the client knows that it is connected.
    yield `retry: ${RETRY_MS}\n\n`;
    let next = events.next();
    for (;;) {
      const result = await within(next, heartbeatMs);
      if (result === 'late') {
        yield ': still here\n\n';
        continue;
      }
      if (result.done) return;
      yield frame(result.value);
      next = events.next();
    }
  } finally {
    await events.return?.();
  }
}

function frame({ id, event, data }: ServerEvent): string {
  const lines = id === undefined ? '' : `id: ${id}\n`;
  // JSON has no line breaks of its own, so one `data` line holds it.
  return `${lines}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
