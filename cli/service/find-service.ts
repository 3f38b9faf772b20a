/** Finds a running service: the one that a setting names, else the one that works in the data folder. */
import { readFile } from 'node:fs/promises';
import { KilnError } from '../../core/errors.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import type { ServiceFile } from './service.ts';

const ANSWER_MS = 3000;

/**
 * Whether a Kiln answers there: another program may have the port, and may answer whatever it is asked.
 * @param instance the one that is meant: after a crash another Kiln, of another data folder, may have the port.
 */
async function answers(url: string, instance?: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/kiln/v1/health`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const health = (await response.json()) as {
      readonly workers?: unknown;
      readonly instance?: unknown;
    } | null;
    if (!response.ok || health?.workers === undefined) return false;
    return instance === undefined || health.instance === instance;
  } catch {
    return false;
  }
}

/** What a service wrote of itself; null for a file that is not there, is half written, or is another program's. */
export async function readServiceFile(file: string): Promise<ServiceFile | null> {
  try {
    const content = JSON.parse(await readFile(file, 'utf8')) as Partial<ServiceFile> | null;
    return typeof content?.url === 'string' ? (content as ServiceFile) : null;
  } catch {
    return null;
  }
}

/**
 * @returns its address without a slash at the end; null when none runs here and no setting names one.
 * @throws KilnError `service.unreachable` when the named one does not answer
 */
export async function findService(settings: Settings): Promise<string | null> {
  if (settings.serviceUrl !== undefined) {
    const url = settings.serviceUrl.replace(/\/+$/, '');
    if (await answers(url)) return url;
    throw new KilnError('service.unreachable', `No Kiln service answers at ${url}.`, {
      remedy: 'Start it there, or unset KILN_SERVICE_URL.',
    });
  }
  const service = await readServiceFile(dataPaths(settings).service);
  if (service === null) return null;
  return (await answers(service.url, service.instance)) ? service.url : null;
}
