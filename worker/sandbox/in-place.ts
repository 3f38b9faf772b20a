/** Whether a folder that a build could write to is still where it was made. */
import { realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * A build may put a link in the place of a folder of its own, and what Kiln then reads through it would be some other
 * folder of the machine. Ask once the build's processes are gone.
 * @param root the job's folder, which the build cannot replace.
 * @returns false too when there is nothing of that name.
 */
export async function isInPlace(root: string, folder: string): Promise<boolean> {
  const [realRoot, real] = await Promise.all([realpath(root), realpath(folder).catch(() => null)]);
  return real === join(realRoot, relative(root, folder));
}
