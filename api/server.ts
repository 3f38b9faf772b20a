/** Listens, and stops listening; everything else is `app.ts`. */
import type { AddressInfo } from 'node:net';
import { errnoOf, KilnError } from '../core/errors.ts';
import { createApp } from './app.ts';
import type { Api, ApiDependencies } from './dependencies.ts';
import { type ApiLimits, LIMITS } from './limits.ts';

export interface RunningServer {
  /** Where it listens, also when any free port was asked for. */
  readonly port: number;
  /** `http://localhost:5001`, or with the address it was told to listen on. */
  readonly url: string;
  /**
   * Takes no new connection, ends event streams and idle connections, lets answers under way end for a few
   * seconds. The queue and the store stay open.
   */
  close(): Promise<void>;
}

/**
 * Serves the API at the settings' host and port.
 * @throws KilnError `service.port-in-use`; `settings.invalid` for a host or port that cannot be listened on
 */
export async function startServer(
  dependencies: ApiDependencies,
  limits: ApiLimits = LIMITS,
): Promise<RunningServer> {
  const { host, port } = dependencies.settings;
  const app = createApp(dependencies, limits);
  app.server.maxConnections = limits.connections;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenError(error, host, port);
  }
  const bound = (app.server.address() as AddressInfo).port;
  return { port: bound, url: urlOf(host, bound), close: () => closeWithin(app, limits.closeMs) };
}

/** `localhost` for every loopback and wildcard address: it is what the Host check lets through. */
function urlOf(host: string, port: number): string {
  const local = ['127.0.0.1', '0.0.0.0', '::1', '::', 'localhost'].includes(host);
  const name = local ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function closeWithin(app: Api, ms: number): Promise<void> {
  // A download that stands still must not keep the service from stopping.
  const cut = setTimeout(() => app.server.closeAllConnections(), ms);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
  }
}

function listenError(error: unknown, host: string, port: number): unknown {
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
    `Kiln cannot listen on ${host} (KILN_HOST), port ${port} (KILN_PORT): ${reason}.`,
    { cause: error },
  );
}
