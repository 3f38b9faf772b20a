/** Speaks to a running service as the person who may do everything there. */
import { readFile } from 'node:fs/promises';
import { KilnError } from '../../core/errors.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { findService } from './find-service.ts';
import { isLoopback, toError } from './http-client.ts';

export interface ServiceClient {
  readonly url: string;
  /** @throws KilnError what the service refused it with; `service.unreachable` when it went away */
  get<Value>(path: string): Promise<Value>;
  post<Value>(path: string, body?: unknown): Promise<Value>;
  put<Value>(path: string, body: unknown): Promise<Value>;
  text(path: string): Promise<string>;
}

/** @throws KilnError `request.token-required` when neither a key nor this machine's token is at hand */
async function secretFor(url: string, settings: Settings): Promise<string> {
  if (settings.serviceUrl !== undefined && settings.serviceKey !== undefined) {
    return settings.serviceKey;
  }
  try {
    // A secret of this machine's service is no business of another one.
    if (!isLoopback(new URL(url).hostname)) throw new Error('the service is on another machine');
    return (await readFile(dataPaths(settings).token, 'utf8')).trim();
  } catch (cause) {
    throw new KilnError(
      'request.token-required',
      `The service at ${url} takes this only with its token, which is not in this data folder.`,
      { cause, remedy: 'Run it on the machine of the service, or set KILN_SERVICE_KEY.' },
    );
  }
}

/** @returns null when no service runs in the data folder and no setting names one. @throws KilnError `service.unreachable` */
export async function findServiceClient(settings: Settings): Promise<ServiceClient | null> {
  const url = await findService(settings);
  if (url === null) return null;
  const authorization = `Bearer ${await secretFor(url, settings)}`;
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...init.headers, authorization };
    const response = await fetch(url + path, { ...init, headers }).catch((cause: unknown) => {
      throw new KilnError('service.unreachable', `The Kiln service at ${url} went away.`, {
        cause,
      });
    });
    if (!response.ok) throw await toError(response);
    return response;
  };
  const send = async <Value>(method: string, path: string, body: unknown): Promise<Value> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await request(path, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as Value;
  };
  return {
    url,
    get: async <Value>(path: string) => (await (await request(path)).json()) as Value,
    put: <Value>(path: string, body: unknown) => send<Value>('PUT', path, body),
    post: <Value>(path: string, body: unknown = {}) => send<Value>('POST', path, body),
    text: async (path) => (await request(path)).text(),
  };
}

/** For what only a running service can do. @throws KilnError `service.unreachable` */
export async function needServiceClient(settings: Settings): Promise<ServiceClient> {
  const client = await findServiceClient(settings);
  if (client !== null) return client;
  throw new KilnError('service.unreachable', 'No Kiln service runs in this data folder.');
}
