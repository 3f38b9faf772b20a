/** Takes the image out of a build folder: exactly the file that was expected, and only if it is what it says. */
import { KilnError } from '../../core/errors.ts';
import { type ImageFormat, ImageFormatError, imageSize } from '../../core/image/contract.ts';
import { readIntelHex } from '../../core/image/intel-hex.ts';
import { readUf2 } from '../../core/image/uf2.ts';
import { NotRegular, readRegularFile } from './regular-file.ts';

/** threats.md §5.5. The largest real images are UF2 files of under 4 MiB. */
const LARGEST = 16 * 1024 * 1024;

export interface ImageFile {
  readonly content: Buffer;
  /** Bytes of flash that it fills. */
  readonly flashBytes: number;
}

/**
 * Reads an image without following links: a regular file with one name, of bounded size, that is of its kind from the
 * first byte to the last. A build that was taken over must not hand out another file of the machine.
 * @returns null when there is no such file.
 * @throws KilnError `build.image-invalid`
 */
export async function readImage(file: string, extension: ImageFormat): Promise<ImageFile | null> {
  const content = await readRegularFile(file, LARGEST).catch((error: unknown) => {
    throw error instanceof NotRegular ? invalid(error.message, error.cause) : error;
  });
  if (content === null) return null;
  const bytes = flashBytes(extension, content);
  if (bytes === null) throw invalid(`is not a .${extension} file`);
  return { content, flashBytes: bytes };
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
