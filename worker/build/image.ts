/** Takes the image out of a build folder: exactly the file that was expected, and only if it is what it says. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf, KilnError } from '../../core/errors.ts';

/** threats.md §5.5. The largest real images are UF2 files of under 4 MiB. */
const LARGEST = 16 * 1024 * 1024;

const UF2_MAGIC = Buffer.from('UF2\nWQ]\x9e', 'latin1');

/** Formats in the order of preference when a build leaves several: what the bootloader takes comes first. */
export const IMAGE_EXTENSIONS = ['uf2', 'hex', 'bin'] as const;
export type ImageExtension = (typeof IMAGE_EXTENSIONS)[number];

function looksRight(extension: ImageExtension, content: Buffer): boolean {
  if (content.length === 0) return false;
  if (extension === 'uf2') {
    return content.length % 512 === 0 && content.subarray(0, 8).equals(UF2_MAGIC);
  }
  if (extension === 'hex') return /^:[0-9A-F]{10,}\r?\n/.test(content.toString('latin1', 0, 600));
  return true;
}

/**
 * Reads an image without following links: a regular file with one name, of bounded size, with the first bytes of its
 * kind. A build that was taken over must not hand out another file of the machine.
 * @returns null when there is no such file.
 * @throws KilnError `build.image-invalid`
 */
export async function readImage(file: string, extension: ImageExtension): Promise<Buffer | null> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return null;
      if (errnoOf(error) === 'ELOOP') throw invalid('is a link');
      throw error;
    },
  );
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw invalid('is not a regular file');
    if (stats.nlink !== 1) throw invalid('has a second name');
    if (stats.size > LARGEST) throw invalid('is larger than 16 MiB');
    const content = await handle.readFile();
    if (!looksRight(extension, content)) throw invalid(`is not a .${extension} file`);
    return content;
  } finally {
    await handle.close();
  }
}

function invalid(what: string): KilnError {
  return new KilnError('build.image-invalid', `The image that the build left ${what}.`);
}

/** Bytes of flash that an image fills: data records of a HEX file, payloads of a UF2 file, a BIN file's length. */
export function imageFlashBytes(extension: ImageExtension, content: Buffer): number {
  if (extension === 'bin') return content.length;
  let total = 0;
  if (extension === 'uf2') {
    for (let at = 0; at < content.length; at += 512) total += content.readUInt32LE(at + 16);
    return total;
  }
  for (const line of content.toString('latin1').split('\n')) {
    if (line.slice(7, 9) === '00') total += Number.parseInt(line.slice(1, 3), 16);
  }
  return total;
}
