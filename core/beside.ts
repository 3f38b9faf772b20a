/** What a package of Kiln puts beside the service: the toolchain, staged or packed, and a firmware tree. */
import { basename, join } from 'node:path';

/** The folder of Kiln's own code: a checkout, or `service` of an installed package. */
const HOME = join(import.meta.dirname, '..');

/**
 * Where a package brings something along.
 * @param name of the folder beside the service.
 * @param home for tests; where this code lies by default.
 * @returns null in a checkout: nothing beside it is Kiln's. Whether the package did bring it is another question.
 */
export function besideService(name: string, home: string = HOME): string | null {
  return basename(home) === 'service' ? join(home, '..', name) : null;
}
