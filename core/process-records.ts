/** Processes written down in a file, so that whoever comes after a crash can end what is left of them. */
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { errnoOf } from './errors.ts';
import { killGroupIfSame, type ProcessIdentity } from './subprocess.ts';

const identitySchema = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  mark: z.string().exactOptional(),
});

/** Adds a line. @throws what the disk says */
export function recordProcess(file: string, identity: ProcessIdentity): void {
  appendFileSync(file, `${JSON.stringify(identity)}\n`, { mode: 0o600 });
}

/** Empty for a line that is no identity: its writer died over it, or the machine did. */
function parseIdentity(line: string): ProcessIdentity[] {
  try {
    const { data } = identitySchema.safeParse(JSON.parse(line));
    return data === undefined ? [] : [data];
  } catch {
    return [];
  }
}

/**
 * Ends, by force, what still runs of the recorded processes and of all that they started.
 * @returns of how many of them something was left.
 */
export async function endRecorded(file: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return 0;
    throw error;
  }
  const identities = text.split('\n').flatMap(parseIdentity);
  const left = await Promise.all(identities.map((identity) => killGroupIfSame(identity)));
  return left.filter(Boolean).length;
}
