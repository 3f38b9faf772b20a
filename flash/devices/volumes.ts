/** Mounting and ejecting a bootloader's volume the way the user's own file manager does, with no root. */
import { dirname } from 'node:path';
import { plainEnvironment, systemPath } from '../../core/environment.ts';
import { run } from '../../core/subprocess.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';

type Call = readonly [command: string, ...args: string[]];

const MOUNT: Partial<Record<NodeJS.Platform, (device: string) => Call>> = {
  linux: (device) => ['udisksctl', 'mount', '--no-user-interaction', '-b', device],
  darwin: (device) => ['diskutil', 'mount', device],
};

const EJECT: Partial<Record<NodeJS.Platform, (device: string) => Call>> = {
  linux: (device) => ['udisksctl', 'unmount', '--no-user-interaction', '-b', device],
  darwin: (device) => ['diskutil', 'eject', device],
};

async function call([command, ...args]: Call, onLine: (line: string) => void): Promise<boolean> {
  const file = findOnPath(command, systemPath());
  if (file === null) {
    onLine(`${command} is not there, so the volume is left to you.`);
    return false;
  }
  const result = await run(file, args, {
    cwd: dirname(file),
    env: plainEnvironment(),
    timeoutMs: 15_000,
    maxOutputBytes: 16 * 1024,
    onLine,
  });
  return result.exitCode === 0;
}

/** @param device the block device, `/dev/sda1`. @returns whether it is mounted now. */
export async function mountVolume(
  device: string,
  onLine: (line: string) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const command = MOUNT[platform]?.(device);
  return command === undefined ? false : call(command, onLine);
}

/** Writes out what the system holds back, and lets go of the volume. */
export async function ejectVolume(
  device: string,
  onLine: (line: string) => void,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const command = EJECT[platform]?.(device);
  return command === undefined ? false : call(command, onLine);
}
