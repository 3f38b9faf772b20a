/** Programs of the system that say what is attached, where no file of the kernel does. */
import { tmpdir } from 'node:os';
import { networkEnvironment, systemPath } from '../../core/environment.ts';
import { KilnError } from '../../core/errors.ts';
import { run } from '../../core/subprocess.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';

/** @returns what it printed. @throws KilnError `devices.unavailable` */
export type AskSystem = (command: string, args: readonly string[]) => Promise<string>;

const LONGEST_MS = 20_000;
/** A machine with many hubs prints some megabytes. */
const MOST_BYTES = 32 * 1024 * 1024;

export const askSystem: AskSystem = async (command, args) => {
  const file = findOnPath(command, [...systemPath(), '/usr/sbin', '/sbin']);
  if (file === null) {
    throw new KilnError('devices.unavailable', `The system’s program ${command} is not there.`);
  }
  const result = await run(file, args, {
    cwd: tmpdir(),
    env: networkEnvironment(),
    timeoutMs: LONGEST_MS,
    maxOutputBytes: MOST_BYTES,
  });
  if (result.outcome === 'exited' && result.exitCode === 0) return result.stdout;
  throw new KilnError(
    'devices.unavailable',
    `${command} did not say what is attached: ${result.stderr.trim().slice(0, 300) || result.outcome}.`,
  );
};
