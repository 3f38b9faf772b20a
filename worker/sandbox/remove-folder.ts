/** Removes a job's folder whatever a build did to it. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { plainEnvironment, systemPath } from '../../core/environment.ts';
import { run } from '../../core/subprocess.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';

const USUAL_FOLDERS = ['/usr/bin', '/bin'];

/** Runs one of the system's programs on the folder. Whether it did its work, the last removal tells. */
async function runOn(folder: string, command: string, args: readonly string[]): Promise<void> {
  const file = findOnPath(command, [...USUAL_FOLDERS, ...systemPath()]);
  if (file === null) return;
  await run(file, [...args, '--', folder], {
    cwd: dirname(folder),
    env: plainEnvironment(),
    timeoutMs: 60_000,
    maxOutputBytes: 4096,
  });
}

/**
 * Folders nested deeper than a path can be long, or without permissions, are too much for Node; chmod and rm step from
 * folder to folder. Neither follows links.
 * @throws what Node's own removal threw, when nothing helps.
 */
export async function removeJobFolder(folder: string): Promise<void> {
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
  try {
    await remove();
  } catch (error) {
    if (process.platform === 'win32') throw error;
    await runOn(folder, 'chmod', ['-R', 'u+rwX']);
    await runOn(folder, 'rm', ['-rf']);
    await remove();
  }
}
