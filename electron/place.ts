/** Where things are: the data folder that the shell shares with the service, and the programs that it starts. */
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import envPaths from 'env-paths';

export interface Place {
  /** The service's data folder. */
  readonly dataDir: string;
  readonly logs: string;
  /** Where the service writes its address once it is ready. */
  readonly serviceFile: string;
  /** The shell's own state and Chromium's. */
  readonly shellData: string;
  /** A service to attach to and not to start, as KILN_SERVICE_URL names it. */
  readonly serviceUrl: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const given = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value;

/** Reads the settings of the shell; those of the service are read by the service. */
export function findPlace(environment: Environment): Place {
  // As core/settings.ts has it: both must mean the same folder.
  const dataDir = resolve(
    given(environment.KILN_DATA_DIR) ?? envPaths('kiln', { suffix: '' }).data,
  );
  return {
    dataDir,
    logs: join(dataDir, 'logs'),
    serviceFile: join(dataDir, 'service.json'),
    shellData: join(dataDir, 'shell'),
    serviceUrl: given(environment.KILN_SERVICE_URL)?.replace(/\/+$/, '') ?? null,
  };
}

export interface ServiceProgram {
  /** A Node that can run the service: not Electron's, see docs/decisions/service-on-its-own-node.md. */
  readonly node: string;
  readonly script: string;
}

export interface ProgramPlaces {
  /** Of a packaged app: Electron's folder of resources. Null when run from a checkout. */
  readonly resources: string | null;
  /** The checkout. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** `PATH` of the environment. */
  readonly path: string;
}

/** What `kiln serve` is started with. */
export function findServiceProgram(
  { resources, home, platform, path }: ProgramPlaces,
  exists: (file: string) => boolean = existsSync,
): ServiceProgram {
  const name = platform === 'win32' ? 'node.exe' : 'node';
  if (resources !== null) {
    return { node: join(resources, 'node', name), script: join(resources, 'service/cli/kiln.js') };
  }
  // In a checkout npm brings a Node of the right version on Linux.
  const own = join(home, 'node_modules/.bin/node');
  const onPath = path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(exists);
  return { node: exists(own) ? own : (onPath ?? name), script: join(home, 'cli/kiln.js') };
}

/** Of Electron and of Node: they would change what the service's own Node does. */
const NOT_PASSED = /^(?:ELECTRON_|NODE_|CHROME_|ORIGINAL_XDG_|KILN_SERVICE_URL$|GDK_|GTK_)/;

export function serviceEnvironment(environment: Environment): Record<string, string> {
  const passed = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_PASSED.test(entry[0]),
  );
  return Object.fromEntries(passed);
}
