/**
 * Each try of each job has a folder of its own with a random name, so that two jobs never meet, whatever their
 * names. It also holds the identities of the build's processes, outside of what the build may write to, so that
 * they can be ended after a crash of the worker.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import { endRecorded, recordProcess } from '../../core/process-records.ts';
import type { ProcessIdentity } from '../../core/subprocess.ts';
import { removeJobFolder } from '../sandbox/remove-folder.ts';

const PROCESSES = 'processes.jsonl';

export interface BuildFolder {
  /** What the build sees and writes to. */
  readonly work: string;
  /** The whole log's file. */
  readonly logFile: string;
  /** Writes an identity down before the build goes on. */
  recordProcess(identity: ProcessIdentity): void;
  /** Ends what is left of the build's processes, then removes the folder. */
  remove(): Promise<void>;
}

async function removeFolder(folder: string): Promise<void> {
  await endRecorded(join(folder, PROCESSES));
  await removeJobFolder(folder);
}

/** Makes `<builds>/<job id>.<random>/`. */
export function createBuildFolder(builds: string, jobId: string): BuildFolder {
  const folder = join(builds, `${jobId}.${randomBytes(8).toString('hex')}`);
  const work = join(folder, 'work');
  mkdirSync(work, { recursive: true, mode: 0o700 });
  return {
    work,
    logFile: join(folder, 'build.log'),
    recordProcess(identity) {
      recordProcess(join(folder, PROCESSES), identity);
    },
    remove: () => removeFolder(folder),
  };
}

/**
 * Removes what crashed builds left: their processes, then their folders. Call it for folders whose worker is known
 * to be gone.
 * @param jobIds only those jobs' folders; all when absent (at the start of a service, before its workers).
 * @returns how many folders there were.
 */
export async function removeLeftovers(builds: string, jobIds?: readonly string[]): Promise<number> {
  const wanted = jobIds === undefined ? null : new Set(jobIds);
  const names = await readdir(builds).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  const left = names.filter((name) => wanted === null || wanted.has(name.split('.')[0] ?? ''));
  await Promise.all(left.map((name) => removeFolder(join(builds, name))));
  return left.length;
}
