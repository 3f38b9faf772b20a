/** Takes out of a build's folder the sources that the tree generated, for the source bundle. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../../core/errors.ts';
import { isInPlace } from '../../sandbox/in-place.ts';
import { NotRegular, readRegularFile } from '../regular-file.ts';

/** Bytes. What trees generate has some kilobytes. */
const LARGEST_SOURCE = 1024 * 1024;

/**
 * Regular files of a folder that a build could write to, as far as they look like sources; what is a link, a pipe, a second
 * name or too large is left out.
 * @param root the job's folder, which the build cannot replace.
 * @param folder within it; a link in its place, or in that of a folder above it, gives no sources at all.
 */
export async function collectSources(
  root: string,
  folder: string,
): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  if (!(await isInPlace(root, folder))) return sources;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isFile() || !/^[\w.-]+\.(?:[ch]|mk|inc|json)$/.test(entry.name)) continue;
    const content = await readRegularFile(join(folder, entry.name), LARGEST_SOURCE).catch(
      (error: unknown) => {
        // A source fewer in the bundle.
        if (error instanceof NotRegular) return null;
        throw error;
      },
    );
    if (content !== null) sources[entry.name] = content.toString('utf8');
  }
  return sources;
}
