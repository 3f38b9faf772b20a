/** Listens, and stops listening; everything else is `app.ts`. */
import { once } from 'node:events';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { errnoOf, KilnError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { lanAddresses, loadCertificate } from '../core/tls/certificate.ts';
import { isLoopback } from './address.ts';
import { createApp } from './app.ts';
import type { Api, ApiDependencies } from './dependencies.ts';
import { type ApiLimits, LIMITS } from './limits.ts';
import { answerClientError, watchAnswers } from './plugins/errors.ts';
import { type IsTrusted, trustedProxies } from './trusted-proxies.ts';

/** Where other machines reach the service. */
export interface LanDoor {
  readonly mode: 'plain' | 'tls';
  /** One for each address of this machine, the likeliest first. */
  readonly urls: readonly string[];
  /** The certificate's, for people to compare; null without encryption. */
  readonly fingerprint: string | null;
}

export interface RunningServer {
  /** Where it listens for this machine, also when any free port was asked for. */
  readonly port: number;
  /** `http://localhost:5001`, or with the address it was told to listen on. */
  readonly url: string;
  /** Null while only this machine can reach it. */
  readonly lan: LanDoor | null;
  /**
   * Takes no new connection, ends event streams and idle connections, lets answers under way end for a few
   * seconds. The queue and the store stay open.
   */
  close(): Promise<void>;
}

/** Both families at once, where the machine has both. */
const EVERY_ADDRESS = '::';
const EVERY_IPV4_ADDRESS = '0.0.0.0';

/**
 * Serves the API at the settings' host and port; with `KILN_LAN=tls` for this machine there, and for others encrypted
 * at a port of its own.
 * @throws KilnError `service.port-in-use`; `service.lan-not-allowed`; `settings.invalid` for a host, port or
 * certificate that cannot be used
 */
export async function startServer(
  dependencies: ApiDependencies,
  limits: ApiLimits = LIMITS,
): Promise<RunningServer> {
  const { settings } = dependencies;
  checkConsent(settings);
  const { host, lan, lanPort, port } = settings;
  const outside = host ?? EVERY_ADDRESS;
  const here = lan === 'plain' ? outside : lan === 'tls' ? '127.0.0.1' : (host ?? '127.0.0.1');
  const certificate = lan === 'tls' ? await loadCertificate(settings) : null;
  const app = createApp(dependencies, limits);
  const isProxy = trustedProxies(settings);
  limitConnections(app.server, limits, isProxy);
  watchAnswers(app.server);
  let tls: TlsServer | undefined;
  try {
    await listen((at) => app.listen({ host: at, port }), here, {
      host: here,
      port,
      portName: 'KILN_PORT',
    });
    if (certificate !== null) {
      const encrypted = tlsServer(app, certificate, limits, isProxy);
      tls = encrypted;
      await listen((at) => listenOn(encrypted, at, lanPort), outside, {
        host: outside,
        port: lanPort,
        portName: 'KILN_LAN_PORT',
      });
    }
  } catch (error) {
    await app.close();
    throw error;
  }
  const bound = portOf(app.server);
  return {
    port: bound,
    url: urlOf(here, bound),
    lan:
      lan === 'off'
        ? null
        : {
            mode: lan,
            urls: lanUrls(
              host,
              lan === 'tls' ? 'https' : 'http',
              tls === undefined ? bound : portOf(tls),
            ),
            fingerprint: certificate?.fingerprint ?? null,
          },
    close: () => closeWithin(app, tls, limits.closeMs),
  };
}

/** Being reached from other machines is never a side effect of another setting. */
function checkConsent({ host, lan }: Settings): void {
  const onlyHere = host !== undefined && (host === 'localhost' || isLoopback(host));
  if (lan === 'off' && host !== undefined && !onlyHere) {
    throw new KilnError(
      'service.lan-not-allowed',
      `Other machines would reach ${host} (KILN_HOST), and KILN_LAN does not allow that.`,
    );
  }
  if (lan !== 'off' && onlyHere) {
    throw new KilnError(
      'settings.invalid',
      `KILN_LAN is to let other machines in, but KILN_HOST is ${host}, which they do not reach.`,
      { remedy: 'Leave KILN_HOST out, or name an address of the network.' },
    );
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** The same routes and limits as on the plain server. */
function tlsServer(
  app: Api,
  { cert, key }: { cert: string; key: string },
  limits: ApiLimits,
  isProxy: IsTrusted,
) {
  const server = createTlsServer(
    {
      cert,
      key,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersMs,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: limits.keepAliveMs,
    },
    (request, response) => app.routing(request, response),
  );
  server.setTimeout(limits.idleMs);
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.on('clientError', answerClientError);
  watchAnswers(server);
  limitConnections(server, limits, isProxy);
  return server;
}

/** The connections of each server. */
const sockets = new WeakMap<Server, Set<Socket>>();

/** So many in all, and so many of one other machine, which then cannot keep everybody else out. */
function limitConnections(server: Server, limits: ApiLimits, isProxy: IsTrusted): void {
  server.maxConnections = limits.connections;
  const all = new Set<Socket>();
  sockets.set(server, all);
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    all.add(socket);
    socket.once('close', () => all.delete(socket));
    if (remoteAddress === undefined || isLoopback(remoteAddress)) return;
    // Everybody's connections come from there.
    if (isProxy(remoteAddress)) return;
    const count = (open.get(remoteAddress) ?? 0) + 1;
    if (count > limits.connectionsOfOne) {
      socket.destroy();
      return;
    }
    open.set(remoteAddress, count);
    socket.once('close', () => {
      const left = (open.get(remoteAddress) ?? 1) - 1;
      if (left === 0) open.delete(remoteAddress);
      else open.set(remoteAddress, left);
    });
  });
}

async function listenOn(server: TlsServer, host: string, port: number): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly portName: string;
}

async function listen(
  start: (host: string) => Promise<unknown>,
  host: string,
  wanted: Wanted,
): Promise<void> {
  try {
    await start(host);
  } catch (error) {
    // Systems without IPv6.
    const lacksFamily = ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(errnoOf(error) ?? '');
    if (host === EVERY_ADDRESS && lacksFamily) {
      return listen(start, EVERY_IPV4_ADDRESS, { ...wanted, host: EVERY_IPV4_ADDRESS });
    }
    throw listenError(error, wanted);
  }
}

/** `localhost` for every loopback and wildcard address: it is what the Host check lets through. */
function urlOf(host: string, port: number): string {
  const local = [EVERY_ADDRESS, EVERY_IPV4_ADDRESS, 'localhost'].includes(host) || isLoopback(host);
  const name = local ? 'localhost' : bracketed(host);
  return `http://${name}:${port}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function lanUrls(host: string | undefined, scheme: string, port: number): readonly string[] {
  const every = host === undefined || host === EVERY_ADDRESS || host === EVERY_IPV4_ADDRESS;
  const hosts = every ? lanAddresses() : [host];
  return hosts.map((name) => `${scheme}://${bracketed(name)}:${port}`);
}

async function closeWithin(app: Api, tls: TlsServer | undefined, ms: number): Promise<void> {
  // A download that stands still must not keep the service from stopping.
  const cut = setTimeout(() => {
    app.server.closeAllConnections();
    // Of its own connections a TLS server forgets those that never got through their handshake.
    for (const socket of tls === undefined ? [] : (sockets.get(tls) ?? [])) socket.destroy();
  }, ms);
  try {
    const closed = tls === undefined ? null : once(tls, 'close');
    tls?.close();
    await app.close();
    await closed;
  } finally {
    clearTimeout(cut);
  }
}

function listenError(error: unknown, { host, port, portName }: Wanted): unknown {
  const errno = errnoOf(error);
  if (errno === 'EADDRINUSE') {
    return new KilnError('service.port-in-use', `Another program listens on port ${port}.`, {
      cause: error,
      details: { host, port },
    });
  }
  const reason =
    errno === 'EACCES'
      ? 'your account may not listen on this port'
      : errno === 'EADDRNOTAVAIL' || errno === 'ENOTFOUND' || errno === 'EINVAL'
        ? 'this machine has no such address'
        : null;
  if (reason === null) return error;
  return new KilnError(
    'settings.invalid',
    `Kiln cannot listen on ${host} (KILN_HOST), port ${port} (${portName}): ${reason}.`,
    { cause: error },
  );
}
