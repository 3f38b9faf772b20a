/**
 * The gate before every route, unknown paths included: which host the request names, which page sent it, who sent
 * it, and what the browser is told about reading the answer. Every web page that the user visits can reach a server
 * on this machine, and in LAN mode every machine of the network can; this is what keeps them out.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { covers, type Scope } from '../../core/access/contract.ts';
import { KilnError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings.ts';
import {
  type Connection,
  connectionOf,
  isGuestHost,
  isOwnHost,
  type PageKind,
  pageKind,
} from '../address.ts';
import { wantsPage } from '../browser.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { type Caller, callerOf } from './caller.ts';
import { type GuessLimit, installRateLimits, type RateLimits } from './rate-limits.ts';

const METHODS = 'GET, HEAD, POST, DELETE, OPTIONS';
const HEADERS = ['content-type', 'authorization', 'last-event-id'];
/** Kiln's own API: all below its name but the QMK API of single trees, by the patterns of routes. */
const KILNS_OWN = /^\/kiln\/v1\/(?!trees\/:tree\/(?:v1\/|readme\.md$))/;
const FRAMES: readonly unknown[] = ['iframe', 'frame', 'fencedframe', 'embed', 'object'];
/** How long a browser may remember a preflight's answer. */
const PREFLIGHT_SECONDS = 600;

/** Headers that make an answer harmless wherever a browser shows it. */
const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may use the route. Absent: it belongs to the QMK API, open to this machine, and to others by a key or the
     * pairing code. `open`: everybody. A scope: only with a secret that covers it, on this machine too.
     */
    access?: 'open' | Scope;
  }
}

type GateParts = Pick<ApiDependencies, 'settings' | 'keys' | 'pairings' | 'token' | 'keyUses'>;

/**
 * Runs the gate before every request, and answers preflights.
 * @returns how often one machine may guess pairing codes, for the route that takes one.
 */
export function installGuard(app: Api, parts: GateParts): GuessLimit {
  const { settings } = parts;
  const limits = installRateLimits(app, parts);
  app.addHook('onRequest', async (request, reply) => {
    const connection = connectionOf(request, settings);
    const host = startAnswer(request, reply, connection, settings);
    const caller = await identify(request, connection, parts, limits).catch((refused: unknown) => {
      // An allowed page must be able to read this too, and a foreign one is told no more than ever.
      checkPage(request, reply, { connection, host, caller: null, settings });
      throw refused;
    });
    checkPage(request, reply, { connection, host, caller, settings });
    if (request.method === 'OPTIONS') return answerPreflight(request, reply);
    const access = request.routeOptions.config.access;
    if (!isAdmitted(access, connection, caller, settings)) {
      if (access === undefined && wantsPage(request)) return reply.redirect('/pair');
      throw refusal(access, caller, request);
    }
  });
  return limits.guesses;
}

/** @throws KilnError `request.too-many`, `request.not-let-in` */
async function identify(
  request: FastifyRequest,
  connection: Connection,
  parts: GateParts,
  limits: RateLimits,
): Promise<Caller> {
  if (!connection.local) await limits.count(request);
  return callerOf(request, connection, parts, limits.guesses);
}

/** The gate of requests whose path is no text, which reach no hook: nobody needs to know who sent them. */
export function guardUnreadable(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: Settings,
): void {
  const connection = connectionOf(request, settings);
  const host = startAnswer(request, reply, connection, settings);
  checkPage(request, reply, { connection, host, caller: null, settings });
}

/**
 * Sets the headers that every answer has.
 * @returns the Host header.
 * @throws KilnError `request.host-refused`
 */
function startAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  connection: Connection,
  settings: Settings,
): string {
  reply.headers(SECURITY_HEADERS);
  // Caches must not hand one origin's answer to another, nor one without CORS headers.
  reply.header('vary', 'Origin');
  const { host, origin } = request.headers;
  if (host !== undefined && isOwnHost(host, connection, settings)) return host;
  // An allowed page must be able to read why it was refused.
  if (origin !== undefined && pageKind(origin, null, connection, settings) !== 'foreign') {
    reply.header('access-control-allow-origin', origin);
  }
  throw new KilnError(
    'request.host-refused',
    'The request names a host that this service does not go by.',
  );
}

interface PageCheck {
  readonly connection: Connection;
  readonly host: string;
  readonly caller: Caller | null;
  readonly settings: Settings;
}

/** @throws KilnError `request.origin-refused` for what a page may not ask */
function checkPage(request: FastifyRequest, reply: FastifyReply, check: PageCheck): void {
  const page = pageOf(request, check);
  // Before any refusal: an allowed page must be able to read why it was refused.
  const { origin } = request.headers;
  if (origin !== undefined && page !== 'foreign') {
    reply.header('access-control-allow-origin', origin);
  }
  if (page === 'foreign') {
    throw new KilnError(
      'request.origin-refused',
      origin === undefined
        ? 'Another site’s page may link to this service, but not embed or load from it.'
        : 'The page that sent this request is not on the list of allowed origins.',
    );
  }
  // By the route: there is more than one way to spell a path.
  if (page === 'guest' && KILNS_OWN.test(request.routeOptions.url ?? '')) {
    throw new KilnError(
      'request.origin-refused',
      'This page may use the QMK API, but not Kiln’s own.',
      { remedy: 'Use Kiln’s own pages: on this machine they are at http://localhost.' },
    );
  }
  const bound = check.caller?.key?.origin ?? null;
  if (bound !== null && origin !== undefined && origin.toLowerCase() !== bound) {
    throw new KilnError('request.origin-refused', `This key is for pages of ${bound} only.`, {
      remedy: 'Make another key for this page’s origin.',
    });
  }
}

/** What kind of page sent the request; null for a program, a link that was followed, or a typed address. */
function pageOf(request: FastifyRequest, check: PageCheck): PageKind | null {
  const { connection, host, caller, settings } = check;
  const { origin } = request.headers;
  if (origin !== undefined) {
    const kind = pageKind(origin, host, connection, settings);
    // Who knows the address with the code was told it: no page can read it elsewhere.
    const wasTold = caller?.inAddress === true && /^https?:\/\//.test(origin);
    return kind === 'foreign' && wasTold ? 'guest' : kind;
  }
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') {
    return isNavigation(request) ? null : 'foreign';
  }
  // Without an origin to tell, a page's own server is the one that it was loaded from.
  return site === 'same-origin' && isGuestHost(request, connection) && !isNavigation(request)
    ? 'guest'
    : null;
}

/**
 * Whether a link was followed, which stays open to all pages, since QMK Configurator downloads firmware that way.
 * A form that is submitted is none.
 */
function isNavigation(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  // A frame navigates too, and shows the answer inside of the foreign page.
  const framed = FRAMES.includes(request.headers['sec-fetch-dest'] ?? '');
  return reads && request.headers['sec-fetch-mode'] === 'navigate' && !framed;
}

function isAdmitted(
  access: 'open' | Scope | undefined,
  connection: Connection,
  caller: Caller,
  settings: Settings,
): boolean {
  if (access === 'open') return true;
  if (access !== undefined) return covers(caller.scopes, access);
  return connection.local || settings.access === 'open' || covers(caller.scopes, 'compile');
}

function refusal(
  access: Scope | 'open' | undefined,
  caller: Caller,
  request: FastifyRequest,
): KilnError {
  if (caller.by !== null) {
    const scope = access === undefined ? 'compile' : access;
    return new KilnError('request.scope-missing', `This needs a key with the scope “${scope}”.`);
  }
  if (access === undefined) {
    return new KilnError('request.not-let-in', 'This service does not know your machine yet.');
  }
  const sent = request.headers.authorization !== undefined;
  return new KilnError(
    'request.token-required',
    sent ? 'The session token or key is not the right one.' : 'This needs the session token.',
  );
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
