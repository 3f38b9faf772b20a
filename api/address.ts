/** Which names and origins the service answers to, and the address that a client used for it. */
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../core/settings.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const AUTHORITY = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/;

type AddressSettings = Pick<Settings, 'port' | 'allowedHosts' | 'allowedOrigins'>;

/** The port that this request came in by: the configured one may be 0, and injected requests have no socket. */
export function ownPort(request: FastifyRequest, settings: AddressSettings): number {
  return request.raw.socket.localPort ?? settings.port;
}

/** `http://` leaves its own port out of Host and Origin headers. */
function atPort(name: string, port: number): string {
  return port === 80 ? name : `${name}:${port}`;
}

/**
 * Whether a Host header names this service. A name that an attacker points at a loopback address (DNS
 * rebinding) does not: the header then still carries the attacker's name.
 */
export function isOwnHost(
  header: string | undefined,
  port: number,
  settings: AddressSettings,
): boolean {
  const host = header?.toLowerCase();
  if (host === undefined) return false;
  if (LOOPBACK_NAMES.some((name) => host === atPort(name, port))) return true;
  const name = AUTHORITY.exec(host)?.[1];
  // Any port: a container or proxy maps ports that the service cannot know.
  return name !== undefined && settings.allowedHosts.some((own) => own.toLowerCase() === name);
}

/**
 * Whether pages of an origin may use the API: the service's own origins and those of the settings. Other
 * ports of this machine are other origins. `null` (a sandboxed frame, a file) never is.
 * @param host the request's Host header if `isOwnHost`, else null.
 */
export function isAllowedOrigin(
  origin: string,
  host: string | null,
  port: number,
  settings: AddressSettings,
): boolean {
  const asked = origin.toLowerCase();
  if (asked === 'null') return false;
  if (LOOPBACK_NAMES.some((name) => asked === `http://${atPort(name, port)}`)) return true;
  // A page that was loaded from this very host and port; https where a proxy ends TLS.
  if (host !== null) {
    const own = host.toLowerCase();
    if (asked === `http://${own}` || asked === `https://${own}`) return true;
  }
  return settings.allowedOrigins.some((entry) => entry.toLowerCase().replace(/\/+$/, '') === asked);
}

/**
 * `http://localhost:5001`: the service's address as this client wrote it, so that links work through any
 * mapped port. Only for requests that passed the Host check.
 */
export function publicBase(request: FastifyRequest, settings: AddressSettings): string {
  const host = (request.headers.host ?? '').toLowerCase();
  const name = AUTHORITY.exec(host)?.[1];
  const proxied = settings.allowedHosts.some((own) => own.toLowerCase() === name);
  // Only an operator who named a public host has a proxy; it says so when it ended TLS.
  const tls = proxied && request.headers['x-forwarded-proto'] === 'https';
  return `${tls ? 'https' : 'http'}://${host}`;
}
