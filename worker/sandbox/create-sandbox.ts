/** Chooses what contains builds here, once for a worker, and runs their programs in it. */
import { KilnError } from '../../core/errors.ts';
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { type RunOptions, type RunResult, run } from '../../core/subprocess.ts';
import { findBundle } from '../../core/toolchain/bundle.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import type { BuildPlaces, Sandbox } from './contract.ts';
import { LIMITS, type Limits, prlimitArguments } from './limits.ts';
import { macCommand, probeMac } from './mac.ts';
import { bundledProgram, type ProbeOptions, probeLinux } from './probe.ts';
import { limitExceeded, watchBuild } from './watch.ts';

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly files?: readonly Uint8Array[];
}

/** One way of containing builds. */
interface Method {
  readonly status: SandboxStatus;
  wrap(command: Command, options: RunOptions, places: BuildPlaces): Command;
}

const plain = (status: SandboxStatus): Method => ({ status, wrap: (command) => command });

const OFF: SandboxStatus = {
  level: 'none',
  message: 'Builds are not contained, because KILN_SANDBOX is off.',
  remedy: 'Take KILN_SANDBOX=off out of the settings.',
};

async function chooseLinux(limits: Limits, probe: ProbeOptions): Promise<Method> {
  const { bubblewrap, prlimit, countsBuildOnly, filter, status } = await probeLinux(probe);
  if (prlimit === null) return plain(status);
  const limited = ({ file, args }: Command, own: string = prlimit): Command => ({
    file: own,
    args: [...prlimitArguments(limits, countsBuildOnly), '--', file, ...args],
  });
  if (bubblewrap === null) return { status, wrap: (command) => limited(command) };
  return {
    status,
    wrap(command, { cwd }, places) {
      // The machine's own programs are not there to be seen beside a bundle.
      const inside = places.system === undefined ? prlimit : bundledProgram('prlimit');
      const { file, args } = limited(command, inside);
      const world = bubblewrapArguments(places, cwd, filter !== null);
      return {
        file: bubblewrap,
        args: [...world, file, ...args],
        ...(filter === null ? {} : { files: [filter] }),
      };
    },
  };
}

async function choose(
  setting: Settings['sandbox'],
  limits: Limits,
  probe: ProbeOptions,
): Promise<Method> {
  if (setting === 'off') return plain(OFF);
  if (process.platform === 'linux') return chooseLinux(limits, probe);
  if (process.platform === 'darwin') {
    const status = await probeMac();
    if (status.level === 'none') return plain(status);
    return {
      status,
      wrap: ({ file, args }, _options, places) => macCommand(file, args, places, limits),
    };
  }
  return plain({
    level: 'none',
    message: 'Kiln cannot contain builds on this system.',
    remedy: 'On Windows, run Kiln in the Windows Subsystem for Linux.',
  });
}

/** Bubblewrap's own failure is none of the build's; nothing of the build has run then. */
function checkSetUp({ exitCode, output }: RunResult): void {
  if (exitCode !== 1 || !/^bwrap: [^\n]*$/.test(output)) return;
  throw new KilnError('sandbox.unavailable', `The sandbox could not be set up: ${output}`);
}

/** Runs with the limits that only watching can hold. */
async function runWatched(
  { file, args, files }: Command,
  options: RunOptions,
  { folder }: BuildPlaces,
  limits: Limits,
  isNamespaced: boolean,
): Promise<RunResult> {
  let leader: number | null = null;
  let printed = 0;
  let exceeded: KilnError | null = null;
  const stop = new AbortController();
  const watch = watchBuild({
    folder,
    limits,
    // A program that waits for its input does nothing yet, for as long as it waits.
    begin: Promise.resolve(options.stdin),
    leader: () => leader,
    onExceeded(error) {
      exceeded = error;
      stop.abort();
    },
  });
  try {
    const result = await run(file, args, {
      ...options,
      ...(files === undefined ? {} : { files }),
      signal: options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal,
      onSpawn(identity) {
        if (isNamespaced) leader = identity.pid;
        options.onSpawn?.(identity);
      },
      onLine(line, stream) {
        printed += Buffer.byteLength(line) + 1;
        if (printed > limits.outputBytes) {
          throw limitExceeded(`printed more than ${limits.outputBytes / 1024 / 1024} MiB`);
        }
        options.onLine?.(line, stream);
      },
    });
    if (exceeded !== null && !options.signal?.aborted) throw exceeded;
    return result;
  } finally {
    await watch.stop();
  }
}

/**
 * The sandbox of a service or a worker, with the bundled toolchain's own programs where the machine has none.
 * @param onProcess see `ProbeOptions`.
 */
export function sandboxFor(
  settings: Settings,
  onProcess?: NonNullable<ProbeOptions['onProcess']>,
): Sandbox {
  return createSandbox(settings, LIMITS, {
    bundle: findBundle(settings, dataPaths(settings)),
    ...(onProcess === undefined ? {} : { onProcess }),
  });
}

/** @param limits, probe for tests; those of limits.ts, and the machine's own programs, by default. */
export function createSandbox(
  { sandbox: setting }: Pick<Settings, 'sandbox'>,
  limits: Limits = LIMITS,
  probe: ProbeOptions = {},
): Sandbox {
  let chosen: Promise<Method> | undefined;
  const method = (): Promise<Method> => {
    chosen ??= choose(setting, limits, probe);
    return chosen;
  };
  return {
    status: async () => (await method()).status,
    async run(file, args, options, places) {
      const { status, wrap } = await method();
      if (setting === 'required' && status.level !== 'full') {
        throw new KilnError(
          'sandbox.unavailable',
          `KILN_SANDBOX is “required”, but this machine has no full sandbox. ${status.message}`,
          status.remedy === null ? {} : { remedy: status.remedy },
        );
      }
      if (setting === 'off') return run(file, args, options);
      const isFull = status.level === 'full';
      const command = wrap({ file, args }, options, places);
      const result = await runWatched(command, options, places, limits, isFull);
      if (isFull) checkSetUp(result);
      return { ...result, command: [file, ...args] };
    },
  };
}
