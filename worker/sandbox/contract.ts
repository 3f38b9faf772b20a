/** What keeps a build from the rest of the machine, whichever way the machine offers. */
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import type { RunOptions, RunResult } from '../../core/subprocess.ts';

/** What a build may see and change. Absolute paths, the same inside as outside. */
export interface BuildPlaces {
  /** The job's folder, which is held to the limit on disk space. */
  readonly folder: string;
  /** A folder inside it that the build sees as /tmp. */
  readonly temporary: string;
  /** A toolchain whose `usr` the build sees as /usr, with its libraries and its shell, instead of the machine's. */
  readonly system?: string;
  /** Folders and files to read, beside the system's programs; those that do not exist are left out. */
  readonly readable: readonly string[];
  /** Folders to write to, beside the job's folder; they have to exist. */
  readonly writable?: readonly string[];
  /** Folders and files not to be seen although a readable or system folder holds them. */
  readonly hidden?: readonly string[];
}

export interface Sandbox {
  /** Tried out once, at the first call. */
  status(): Promise<SandboxStatus>;
  /**
   * Runs a program, contained; as `run` of core/subprocess.ts does otherwise.
   * @throws KilnError `sandbox.unavailable`, `build.limit-exceeded`
   */
  run(
    file: string,
    args: readonly string[],
    options: RunOptions,
    places: BuildPlaces,
  ): Promise<RunResult>;
}
