/** What people type to call Kiln's command line where this service runs. */
import { useServiceHealth } from './service-state.ts';

/** Until the service has said so: what it is called where it was installed. */
const USUAL = 'kiln';

/** @returns `kiln`, `npx kiln`, or the path of a launcher. */
export function useOwnCommand(): string {
  return useServiceHealth().health?.command ?? USUAL;
}
