/**
 * The gate before every route, unknown paths included: which host the request names, which page sent it, and
 * what the browser is told about reading the answer. Every web page that the user visits can reach a server
 * on this machine; this is what keeps them out.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KilnError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings.ts';
import { isAllowedOrigin, isOwnHost, ownPort } from '../address.ts';
import type { Api } from '../dependencies.ts';

const METHODS = 'GET, HEAD, POST, OPTIONS';
const HEADERS = ['content-type', 'authorization', 'last-event-id'];
/** How long a browser may remember a preflight's answer. */
const PREFLIGHT_SECONDS = 600;

/** Headers that make an answer harmless wherever a browser shows it. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Runs the gate before every request, and answers preflights. */
export function installGuard(app: Api, settings: Settings): void {
  app.addHook('onRequest', async (request, reply) => {
    guardRequest(request, reply, settings);
    if (request.method === 'OPTIONS') return answerPreflight(request, reply);
  });
}

/**
 * Sets the security and CORS headers, then refuses what may not come in.
 * @throws KilnError `request.host-refused`, `request.origin-refused`
 */
export function guardRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: Settings,
): void {
  reply.headers(SECURITY_HEADERS);
  // Caches must not hand one origin's answer to another, nor one without CORS headers.
  reply.header('vary', 'Origin');
  const port = ownPort(request, settings);
  const host = request.headers.host;
  const hostAllowed = isOwnHost(host, port, settings);
  const origin = request.headers.origin;
  const originAllowed =
    origin !== undefined &&
    isAllowedOrigin(origin, hostAllowed ? (host ?? null) : null, port, settings);
  // Before any refusal: an allowed page must be able to read why it was refused.
  if (originAllowed) reply.header('access-control-allow-origin', origin);
  if (!hostAllowed) {
    throw new KilnError(
      'request.host-refused',
      'The request names a host that this service does not go by.',
    );
  }
  if (origin !== undefined && !originAllowed) {
    throw new KilnError(
      'request.origin-refused',
      'The page that sent this request is not on the list of allowed origins.',
    );
  }
  if (origin === undefined && isForeignSubresource(request)) {
    throw new KilnError(
      'request.origin-refused',
      'Another site’s page may link to this service, but not embed or load from it.',
    );
  }
}

/**
 * A request without Origin that a foreign page made: an image, a script, a frame's form. Following a link
 * (`navigate`) stays open, since QMK Configurator downloads firmware that way.
 */
function isForeignSubresource(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== 'cross-site' && site !== 'same-site') return false;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return !(reads && request.headers['sec-fetch-mode'] === 'navigate');
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const origin = request.headers.origin;
  if (origin !== undefined) {
    const asked = String(request.headers['access-control-request-headers'] ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase())
      .filter((name) => HEADERS.includes(name));
    reply.header('vary', 'Origin, Access-Control-Request-Headers');
    reply.header('access-control-allow-methods', METHODS);
    if (asked.length > 0) reply.header('access-control-allow-headers', asked.join(', '));
    reply.header('access-control-max-age', PREFLIGHT_SECONDS);
    if (request.headers['access-control-request-private-network'] === 'true') {
      reply.header('access-control-allow-private-network', 'true');
    }
  }
  return reply.header('allow', METHODS).code(204).send();
}
