/** Tries out how builds can be contained on this machine, and says what to do where they cannot. */
import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { plainEnvironment, systemPath } from '../../core/environment.ts';
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import { type ProcessIdentity, run } from '../../core/subprocess.ts';
import { bundleBin } from '../../core/toolchain/bundle.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { worldArguments } from './bubblewrap.ts';
import { LIMITS, prlimitArguments } from './limits.ts';
import { seccompFilter } from './seccomp.ts';

/** Asked before PATH, which may be a short one in a service. */
const USUAL_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin'];

const INSTALL = 'On Debian or Ubuntu run: sudo apt-get install bubblewrap. Then start Kiln again.';
const APPARMOR =
  'AppArmor refuses user namespaces to bubblewrap (Ubuntu 23.10 and later). Install the package ' +
  'apparmor-profiles and copy /usr/share/apparmor/extra-profiles/bwrap-userns-restrict to /etc/apparmor.d, ' +
  'then run: sudo systemctl reload apparmor.';
const NAMESPACES =
  'Allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1 (Debian 10), or raise ' +
  'user.max_user_namespaces where it is 0.';
const CONTAINER =
  'A container needs the right to make namespaces: with Docker or Podman add --security-opt seccomp=unconfined ' +
  '--security-opt systempaths=unconfined, or run Kiln outside of the container.';
const ELSEWHERE = 'See docs/security.md for what else keeps bubblewrap from working.';

/** What bubblewrap's complaint asks for. @param inContainer whether this machine is a container. */
export function bubblewrapRemedy(complaint: string, inContainer: boolean): string {
  if (inContainer) return CONTAINER;
  if (/uid map: Permission denied|RTM_NEWADDR|loopback/i.test(complaint)) return APPARMOR;
  if (/namespace/i.test(complaint)) return NAMESPACES;
  return ELSEWHERE;
}

function isContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}

/** The programs that contain builds on Linux, as far as they are there and work. */
export interface LinuxTools {
  readonly bubblewrap: string | null;
  readonly prlimit: string | null;
  /** See `prlimitArguments`. */
  readonly countsBuildOnly: boolean;
  readonly filter: Buffer | null;
  readonly status: SandboxStatus;
}

/** Whether processes are counted for each user namespace: since Linux 5.14, and never for root. */
function countsByNamespace(inside: string): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (process.getuid?.() === 0 || major < 5 || (major === 5 && minor < 14)) return false;
  return inside.trim() !== readlinkSync('/proc/self/ns/user');
}

/** Path that a bundle's program has inside of the sandbox. */
export function bundledProgram(name: string): string {
  return `/usr/bin/${name}`;
}

export interface ProbeOptions {
  /** A toolchain with programs of its own to contain builds with, for a machine that has none. */
  readonly bundle?: string | null;
  /** Where to look for the programs; by default the usual folders and PATH. */
  readonly folders?: readonly string[];
  /** Whether this machine is a container; found out by default. */
  readonly inContainer?: boolean;
  /** Called for the process that tries bubblewrap out: one whose starter was killed at the wrong moment hangs. */
  readonly onProcess?: (identity: ProcessIdentity) => void;
}

/** Runs bubblewrap once, as builds will. Changes nothing. */
export async function probeLinux(options: ProbeOptions = {}): Promise<LinuxTools> {
  const { bundle = null } = options;
  const brought = bundle === null ? [] : [bundleBin(bundle)];
  // The machine's own bubblewrap first, although the bundle has one: systems that forbid namespaces allow them to the
  // one that they know by its path.
  const folders = [...(options.folders ?? [...USUAL_FOLDERS, ...systemPath()]), ...brought];
  const found = findOnPath('prlimit', folders);
  const prlimit = found === null ? null : realpathSync(found);
  const bubblewrap = findOnPath('bwrap', folders);
  const lesser = (why: string, remedy: string): LinuxTools => ({
    bubblewrap: null,
    prlimit,
    countsBuildOnly: false,
    filter: null,
    status: {
      level: prlimit === null ? 'none' : 'reduced',
      message: `${why} Builds ${prlimit === null ? 'are not contained' : 'have limits on time, memory and files only'}.`,
      remedy,
    },
  });
  if (prlimit === null) {
    return lesser(
      'The program prlimit is missing.',
      'On Debian or Ubuntu run: sudo apt-get install util-linux bubblewrap.',
    );
  }
  if (bubblewrap === null) return lesser('bubblewrap is not installed.', INSTALL);
  const filter = seccompFilter();
  const limits = prlimitArguments(LIMITS, false);
  const isBrought = found !== null && brought.includes(dirname(found));
  const inside = isBrought ? bundledProgram('prlimit') : prlimit;
  const system = isBrought ? (bundle ?? undefined) : undefined;
  const command = [inside, ...limits, '--', 'readlink', '/proc/self/ns/user'];
  const world = worldArguments(filter !== null, system);
  const result = await run(bubblewrap, [...world, '--', ...command], {
    cwd: '/',
    env: { ...plainEnvironment(), PATH: USUAL_FOLDERS.join(':') },
    timeoutMs: 10_000,
    maxOutputBytes: 4096,
    ...(options.onProcess === undefined ? {} : { onSpawn: options.onProcess }),
    ...(filter === null ? {} : { files: [filter] }),
  });
  if (result.exitCode !== 0) {
    const complaint = result.output.split('\n')[0] || result.failure?.message || result.outcome;
    const remedy = bubblewrapRemedy(complaint, options.inContainer ?? isContainer());
    return lesser(`bubblewrap does not work here (${complaint}).`, remedy);
  }
  const filterNote =
    filter === null ? ` There is no filter of system calls for ${process.arch}.` : '';
  return {
    bubblewrap,
    prlimit,
    countsBuildOnly: countsByNamespace(result.stdout),
    filter,
    status: {
      level: 'full',
      message: `Builds run in bubblewrap, without network, and see only the tree, the tools and their own folder.${filterNote}`,
      remedy: null,
    },
  };
}
