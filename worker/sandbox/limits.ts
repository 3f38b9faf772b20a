/** What one build may use (a normal one: 20 processes, 50 MiB of memory, 4 MiB of disk, 40 KiB of output). */

const MIB = 1024 * 1024;

export const LIMITS = {
  /** Of one process; Bytes of address space. */
  addressBytes: 2048 * MIB,
  /** Of one process. */
  cpuSeconds: 120,
  /** Of one file. */
  fileBytes: 64 * MIB,
  /** Of one process. */
  openFiles: 1024,
  /** Of the whole build. */
  processes: 256,
  /** Resident, of the whole build. */
  memoryBytes: 3072 * MIB,
  /** Of the job's folder. */
  folderBytes: 512 * MIB,
  /** Files, folders and links in the job's folder. */
  folderEntries: 100_000,
  /** Printed by the whole build. */
  outputBytes: 8 * MIB,
} as const;

/** A sandbox's tests set some of them lower. */
export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/**
 * Arguments for `prlimit` of util-linux.
 * @param countsBuildOnly whether the kernel counts this build's processes alone: within a user namespace, since
 *   Linux 5.14, unless it is root's. Elsewhere it counts all of the user's.
 */
export function prlimitArguments(limits: Limits, countsBuildOnly: boolean): string[] {
  return [
    `--as=${limits.addressBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    `--fsize=${limits.fileBytes}`,
    `--nofile=${limits.openFiles}`,
    '--core=0',
    ...(countsBuildOnly ? [`--nproc=${limits.processes}`] : []),
  ];
}
