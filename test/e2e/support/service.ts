/** Kiln's commands beside a service that a browser talks to. */
import type { Place } from '../../fixtures/service/place.ts';

/** Runs a command on the place's data folder. @throws Error with what it said when it fails */
export async function kiln(place: Place, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await place.run(args);
  if (exitCode !== 0) throw new Error(`kiln ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
