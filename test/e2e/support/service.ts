/** A service that a browser talks to, with what tests of pages need beside. */
import type { Place, StartOptions } from '../../fixtures/service/place.ts';
import { Service } from '../../fixtures/service/service.ts';
import { until } from '../../fixtures/service/until.ts';

/** Starts the service again where pages expect it. */
export async function serveAgain(
  place: Place,
  before: Service,
  options?: StartOptions,
): Promise<Service> {
  const { port } = new URL(before.url);
  const command = place.start(['serve', '--json', '--port', port], options);
  const address = await until('the service to be ready again', () => {
    if (command.child.exitCode !== null) throw new Error(`it did not start: ${command.stderr()}`);
    return command.stdout().endsWith('\n') ? command.stdout() : null;
  });
  return new Service(JSON.parse(address), command);
}

/** Runs a command on the place's data folder. @throws Error with what it said when it fails */
export async function kiln(place: Place, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await place.run(args);
  if (exitCode !== 0) throw new Error(`kiln ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
