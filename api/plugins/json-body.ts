/** Request bodies are kept as the bytes that came: admission has its own, stricter JSON parser. */
import type { FastifyRequest } from 'fastify';
import { KilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';

const JSON_TYPE =
  /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*(?:utf-8|"utf-8")[ \t]*)?$/i;

/** Bodies of `application/json` arrive as a Buffer, counted while they are read (the app’s limit, or the route’s own); all others are 415. */
export function installBodyParser(app: Api): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/**
 * For routes that take JSON: nothing but plain JSON, before the body is read. The content type also makes
 * browsers ask first (a preflight) before a foreign page may send it.
 * @throws KilnError `request.media-type`
 */
export async function requireJson(request: FastifyRequest): Promise<void> {
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
    throw new KilnError('request.media-type', 'The request’s body is not declared as JSON.');
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  // Nothing is unpacked: a small request must not become a large one.
  if (encoding.toLowerCase() !== 'identity') {
    throw new KilnError('request.media-type', 'The request’s body is compressed.');
  }
}
