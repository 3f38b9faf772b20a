/** Finds a running service: the one that a setting names, else the one that works in the data folder. */
import { readFile } from 'node:fs/promises';
import { errnoOf, KilnError } from '../../core/errors.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import type { ServiceFile } from './service.ts';

const ANSWER_MS = 3000;

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/kiln/v1/health`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return response.ok;
  } catch {
    return false;
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
  try {
    const file = JSON.parse(await readFile(dataPaths(settings).service, 'utf8')) as ServiceFile;
    return (await answers(file.url)) ? file.url : null;
  } catch (error) {
    // Half written or of another program: as good as none.
    if (errnoOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
