/** Takes the image out of a build folder: exactly the file that was expected, and only if it is what it says. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf, KilnError } from '../../core/errors.ts';
import { type ImageFormat, ImageFormatError, imageSize } from '../../core/image/contract.ts';
import { readIntelHex } from '../../core/image/intel-hex.ts';
import { readUf2 } from '../../core/image/uf2.ts';

/** threats.md §5.5. The largest real images are UF2 files of under 4 MiB. */
const LARGEST = 16 * 1024 * 1024;

export interface ImageFile {
  readonly content: Buffer;
  /** Bytes of flash that it fills. */
  readonly flashBytes: number;
}

/** O_NONBLOCK: a named pipe in the image's place must not be waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads an image without following links: a regular file with one name, of bounded size, that is of its kind from the
 * first byte to the last. A build that was taken over must not hand out another file of the machine.
 * @returns null when there is no such file.
 * @throws KilnError `build.image-invalid`
 */
export async function readImage(file: string, extension: ImageFormat): Promise<ImageFile | null> {
  const handle = await open(file, FLAGS).catch((error: unknown) => {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return null;
    throw invalid(errno === 'ELOOP' ? 'is a link' : `cannot be read (${errno})`, error);
  });
  if (handle === null) return null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw invalid('is not a regular file');
    if (stats.nlink !== 1) throw invalid('has a second name');
    if (stats.size > LARGEST) throw invalid('is larger than 16 MiB');
    const content = await handle.readFile();
    const bytes = flashBytes(extension, content);
    if (bytes === null) throw invalid(`is not a .${extension} file`);
    return { content, flashBytes: bytes };
  } finally {
    await handle.close();
  }
}

function invalid(what: string, cause?: unknown): KilnError {
  return new KilnError('build.image-invalid', `The image that the build left ${what}.`, { cause });
}

/** Bytes of flash that an image fills; null when the content is not of that kind, or fills none. */
export function flashBytes(format: ImageFormat, content: Buffer): number | null {
  try {
    return sizeIn(format, content) || null;
  } catch (error) {
    if (error instanceof ImageFormatError) return null;
    throw error;
  }
}

function sizeIn(format: ImageFormat, content: Buffer): number {
  if (format === 'hex') return imageSize(readIntelHex(content));
  if (format === 'bin') return content.length;
  return imageSize(readUf2(content).flatMap(({ segments }) => segments));
}
