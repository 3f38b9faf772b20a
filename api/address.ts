/** Where a request came from and by which name it called: what the Host and Origin checks go by. */
import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../core/settings.ts';
import { capabilityPrefixOf } from './capability-path.ts';
import { trustedProxies } from './trusted-proxies.ts';

/** Kiln's own pages live at this name; a page at the other two is the Configurator's, and another origin. */
const APP_NAME = 'localhost';
const GUEST_NAMES = ['127.0.0.1', '[::1]'];
const AUTHORITY = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

type AddressSettings = Pick<
  Settings,
  'port' | 'allowedHosts' | 'allowedOrigins' | 'trustedProxies'
>;

/** Whether an IP address is one of the machine's own that no other machine can reach. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  const family = isIP(plain);
  return family !== 0 && LOOPBACK.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** `::ffff:192.0.2.7` is how a socket of both families spells 192.0.2.7. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
}

/** What is known of a request before anything of it is believed. */
export interface Connection {
  /** That it came in by: the configured one may be 0, and injected requests have none. */
  readonly port: number;
  readonly secure: boolean;
  /** From this very machine. The kernel drops what comes from outside with such a source. */
  readonly local: boolean;
  /** This machine's address that was called; null for injected requests. */
  readonly address: string | null;
}

export function connectionOf(request: FastifyRequest, settings: AddressSettings): Connection {
  const { localAddress, localPort, remoteAddress = '' } = request.raw.socket;
  const address = localAddress === undefined ? null : plainAddress(localAddress);
  return {
    port: localPort ?? settings.port,
    secure: 'encrypted' in request.raw.socket,
    // What a proxy passes on came from wherever, also where the proxy runs on this machine.
    local:
      !trustedProxies(settings)(remoteAddress) &&
      (isLoopback(remoteAddress) || plainAddress(remoteAddress) === address),
    address,
  };
}

/** Headers leave out the scheme's own port. */
function atPort(name: string, { port, secure }: Connection): string {
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
}

function isNamedInSettings(name: string, settings: AddressSettings): boolean {
  return settings.allowedHosts.some((own) => own.toLowerCase() === name);
}

/**
 * Whether a Host header names this service. A name that an attacker points here (DNS rebinding) does not: the
 * header then still carries the attacker's name. An address cannot be rebound, so the one that was called is fine.
 */
export function isOwnHost(
  header: string | undefined,
  connection: Connection,
  settings: AddressSettings,
): boolean {
  const host = header?.toLowerCase();
  if (host === undefined) return false;
  const names = connection.local ? [APP_NAME, ...GUEST_NAMES] : [];
  const machine = hostname().toLowerCase();
  names.push(machine, `${machine}.local`);
  if (connection.address !== null) {
    const { address } = connection;
    names.push(address.includes(':') ? `[${address}]` : address);
  }
  if (names.some((name) => host === atPort(name, connection))) return true;
  const name = AUTHORITY.exec(host)?.[1];
  // Any port: a container or proxy maps ports that the service cannot know.
  return name !== undefined && isNamedInSettings(name, settings);
}

/**
 * What a web page may use, by its origin:
 * - `own`: Kiln's pages, everything that their credentials open.
 * - `guest`: the Configurator on this machine, and listed origins: the QMK API.
 * - `foreign`: nothing.
 */
export type PageKind = 'own' | 'guest' | 'foreign';

/**
 * Other ports of this machine are other origins. `null` (a sandboxed frame, a file) is always foreign, and a star means nobody.
 * @param host the request's Host header if `isOwnHost`, else null.
 */
export function pageKind(
  origin: string,
  host: string | null,
  connection: Connection,
  settings: AddressSettings,
): PageKind {
  const asked = origin.toLowerCase();
  if (asked === 'null' || asked === '*') return 'foreign';
  const scheme = connection.secure ? 'https' : 'http';
  const isAt = (name: string) => asked === `${scheme}://${atPort(name, connection)}`;
  // Of another machine these names mean that machine itself.
  if (connection.local && isAt(APP_NAME)) return 'own';
  if (connection.local && GUEST_NAMES.some(isAt)) return 'guest';
  // A page that was loaded from this very host and port; https where a proxy ends TLS.
  if (host !== null) {
    const own = host.toLowerCase();
    if (asked === `http://${own}` || asked === `https://${own}`) return 'own';
  }
  const isListed = settings.allowedOrigins.some(
    (entry) => entry.toLowerCase().replace(/\/+$/, '') === asked,
  );
  return isListed ? 'guest' : 'foreign';
}

/** Whether the request calls this machine by a name that is kept for the Configurator's pages. */
export function isGuestHost(request: FastifyRequest, connection: Connection): boolean {
  const host = request.headers.host?.toLowerCase();
  return connection.local && GUEST_NAMES.some((name) => host === atPort(name, connection));
}

/**
 * The origin at which a browser on this machine has to open Kiln's own pages, or the Configurator: another one for
 * each, so that the browser keeps their storage, windows and workers apart. Null where the request is right
 * already, and where the service knows of one name only: for other machines, and behind a proxy.
 */
export function originToOpen(
  pages: 'own' | 'guest',
  request: FastifyRequest,
  settings: AddressSettings,
): string | null {
  const connection = connectionOf(request, settings);
  const { address, local, secure } = connection;
  const isHere = local && (address === null || isLoopback(address));
  const name = AUTHORITY.exec(request.headers.host?.toLowerCase() ?? '')?.[1] ?? '';
  if (!isHere || isNamedInSettings(name, settings)) return null;
  if (isGuestHost(request, connection) === (pages === 'guest')) return null;
  const wanted = pages === 'own' ? APP_NAME : '127.0.0.1';
  return `${secure ? 'https' : 'http'}://${atPort(wanted, connection)}`;
}

/**
 * `http://localhost:5001`: the service's address as this client wrote it, so that links work through any
 * mapped port; with the capability that the client's own address carries. Only for requests that passed the Host
 * check.
 */
export function publicBase(request: FastifyRequest, settings: AddressSettings): string {
  const host = (request.headers.host ?? '').toLowerCase();
  const name = AUTHORITY.exec(host)?.[1];
  const proxied = name !== undefined && isNamedInSettings(name, settings);
  // Only an operator who named a public host has a proxy; it says so when it ended TLS.
  const tls =
    connectionOf(request, settings).secure ||
    (proxied && request.headers['x-forwarded-proto'] === 'https');
  return `${tls ? 'https' : 'http'}://${host}${capabilityPrefixOf(request.raw)}`;
}
