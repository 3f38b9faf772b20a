/** Which built Configurator the service serves: a small file in the data folder, read anew at every request. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { writeAtomically } from '../storage/atomic-write.ts';

const recordSchema = z.object({
  /** Absolute; used in place. */
  folder: z.string().min(1),
  /** What it was built with, where a person had to say so. */
  apiUrl: z.string().optional(),
  keyboardsUrl: z.string().optional(),
});
export type ConfiguratorRecord = Readonly<z.infer<typeof recordSchema>>;

/** What the system refuses is the machine's matter; the rest is a fault of ours. */
function toStorageError(error: unknown, file: string): KilnError {
  const known = toKilnError(error);
  if (known.code !== 'internal.defect' || errnoOf(error) === undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  return new KilnError('storage.unwritable', `The file ${file} cannot be used: ${text}.`, {
    cause: error,
  });
}

/** @returns null when there is none. @throws KilnError `configurator.invalid` when the file is broken */
export async function readRecord(file: string): Promise<ConfiguratorRecord | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw toStorageError(error, file);
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new KilnError('configurator.invalid', `The file ${file} cannot be read.`, {
      cause: error,
      remedy: 'Add the Configurator again: kiln configurator add <folder>.',
    });
  }
}

export async function writeRecord(file: string, record: ConfiguratorRecord): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeAtomically(dirname(file), basename(file), `${JSON.stringify(record, null, 2)}\n`);
  } catch (error) {
    throw toStorageError(error, file);
  }
}

export async function removeRecord(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw toStorageError(error, file);
  }
}
