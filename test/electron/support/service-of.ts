/** The service that works on a place's data folder, whoever started it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceFile } from '../../../cli/service/service.ts';
import type { Place } from '../../fixtures/service/place.ts';
import { Service } from '../../fixtures/service/service.ts';
import { until } from '../../fixtures/service/until.ts';

/** @param isOther false for a service that is gone, but whose file may still lie there. */
export async function serviceOf(
  place: Place,
  isOther: (pid: number) => boolean = () => true,
): Promise<Omit<Service, 'stop' | 'kill'>> {
  const address = await until('the service to be ready', () => {
    try {
      const text = readFileSync(join(place.dataDir, 'service.json'), 'utf8');
      const parsed = JSON.parse(text) as ServiceFile;
      return isOther(parsed.pid) ? parsed : null;
    } catch {
      // It is not there yet.
      return null;
    }
  });
  // Nobody here holds its process: the shell does.
  return new Service(address, null as never);
}
