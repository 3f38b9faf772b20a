/** How an error becomes an answer: one shape for every status, and no word of a defect to the client. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Server, Socket } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { KilnError, toKilnError } from '../../core/errors.ts';
import type { Api } from '../dependencies.ts';
import type { ErrorAnswer } from '../schemas/errors.ts';

/** Seconds after which a full queue is worth another try: about one build. */
const RETRY_AFTER_SECONDS = 15;

/** One handler for what routes throw and what the framework refuses; one answer for unknown paths. */
export function installErrorHandlers(app: Api): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      new KilnError('request.not-found', 'There is nothing at this address.'),
      request,
      reply,
    ),
  );
}

/** Answers with the error; defects and faults of the machine are logged with their cause. */
export function sendError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = toAnswerable(thrown, request.id);
  if (error.status >= 500) {
    request.log.error({ err: thrown, code: error.code }, 'request failed');
  }
  if (error.code === 'queue.full') reply.header('retry-after', RETRY_AFTER_SECONDS);
  if (error.code === 'request.too-many') {
    reply.header('retry-after', Number(error.details?.retryAfterSeconds));
  }
  if (error.status === 401) reply.header('www-authenticate', 'Bearer');
  // Of the answer that would have been.
  reply.removeHeader('etag');
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(errorAnswer(error));
}

/** The answer that each connection is about: the last, or the one that is being written. */
const answers = new WeakMap<Socket, ServerResponse>();

/** Lets `answerClientError` know whether a connection is in the middle of an answer. */
export function watchAnswers(server: Server): void {
  // Before the routes see it, which may answer at once.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
  });
}

/**
 * Answers what never became a request: a head that is too long or no HTTP, a body that does not come. Which
 * page sent it is not known by then, so no page gets to read it.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Nothing can be said any more or, before a handshake, yet; or it is the middle of an answer.
  const begun = answers.get(socket)?.headersSent === true;
  const mute = error.code === 'ECONNRESET' || /^ERR_(TLS|SSL)_/.test(error.code ?? '');
  if (mute || !socket.writable || begun) {
    socket.destroy();
    return;
  }
  const answer = errorAnswer(
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new KilnError('request.timed-out', 'The request did not arrive in time.')
      : new KilnError('request.invalid', 'The request is no HTTP that can be read.'),
  );
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${answer.code} ${STATUS_CODES[answer.code]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** The body of an error: the contract's `code` and `message`, and the whole report for programs. */
function errorAnswer(error: KilnError): ErrorAnswer {
  // Messages without a full stop are the hosted API's own words, which programs compare.
  const sentence = error.message.endsWith('.');
  const message = printable(error.message);
  return {
    code: error.status,
    message: sentence ? `${message} ${error.remedy}` : message,
    error: { ...error.toReport(), message },
  };
}

/** Tools and keyboards’ files have their say in some messages: what would steer a terminal is taken out. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, '');
}

/** The same error if its message is meant for people, else one that says only what they can do. */
function toAnswerable(thrown: unknown, requestId: string): KilnError {
  if (thrown instanceof KilnError && thrown.kind !== 'defect') return thrown;
  const refusal = refusalOfFramework(thrown);
  if (refusal !== null) return refusal;
  const error = toKilnError(thrown);
  // What the system said may name paths; it is in the log.
  if (error.code === 'storage.full') {
    return new KilnError('storage.full', 'The disk is full.');
  }
  if (error.code === 'storage.unwritable') {
    return new KilnError('storage.unwritable', 'A file or folder cannot be written.');
  }
  return new KilnError(
    'internal.defect',
    `Something went wrong inside Kiln; its log has the details of request ${requestId}.`,
  );
}

/** What Fastify and Node refuse before a handler runs, in our words; null for anything else. */
function refusalOfFramework(thrown: unknown): KilnError | null {
  if (!(thrown instanceof Error)) return null;
  const { code, statusCode, validation, validationContext } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new KilnError('request.too-large', 'The request’s body is too large.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new KilnError('request.media-type', 'The request’s body is not declared as JSON.');
  }
  if (validation !== undefined) {
    const part = validationContext === 'querystring' ? 'query' : (validationContext ?? 'body');
    const rules = validation.map(({ instancePath, message }) => ({ at: instancePath, message }));
    return new KilnError('request.invalid', `The request’s ${part} breaks a rule.`, {
      details: { part, rules },
    });
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new KilnError('request.invalid', 'The request cannot be read.');
  }
  return null;
}
