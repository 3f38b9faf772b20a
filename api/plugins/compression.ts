/**
 * Compression for routes that ask for it by `sendJson`; all others, polls, downloads and event streams among them,
 * meet no part of this. Requests are never unpacked: a small one must not become a large one.
 */
import { Readable } from 'node:stream';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../dependencies.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Bytes below which compressing costs more than it saves. */
const SMALLEST = 2048;

/** Calls back with the scope in which routes may use `sendJson`. */
export function withCompression(app: Api, addRoutes: (scope: Api) => void): void {
  app.register(async (scope) => {
    await scope.register(compress, {
      // Not by itself: it takes some texts for compressed ones by their first letters, which JSON never has.
      global: false,
      globalDecompression: false,
      encodings: ['br', 'gzip'],
      threshold: SMALLEST,
      // Mostly read on the same machine: the lowest levels already take away nine tenths.
      brotliOptions: {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 1,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_LGWIN]: 18,
        },
      },
      zlibOptions: { level: 1 },
    });
    scope.addHook('onSend', async (_request, reply, payload) => {
      const coding = reply.getHeader('content-encoding');
      const tag = reply.getHeader('etag');
      if (typeof coding === 'string') {
        if (typeof tag === 'string') reply.header('etag', `${tag.slice(0, -1)}-${coding}"`);
        // The plugin adds to it in letters of its own.
        reply.header('vary', 'Origin, Accept-Encoding');
      }
      return payload;
    });
    // The scope logs as the app does; the plugin's types forget it.
    addRoutes(scope as unknown as Api);
  });
}

/**
 * Answers with JSON text, compressed where the client takes it.
 * @param body a stream is read as fast as the client reads, and ended when the client goes.
 */
export function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  body: string | Buffer | Readable,
  mediaType: string = JSON_TYPE,
): FastifyReply {
  reply.type(mediaType);
  if (request.method !== 'HEAD') {
    reply.compress(body);
    return reply;
  }
  if (!(body instanceof Readable)) return reply.send(body);
  body.destroy();
  return reply.send(Readable.from([]));
}
