/** Takes the image out of a build folder: exactly the file that was expected, and only if it is what it says. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf, KilnError } from '../../core/errors.ts';

/** threats.md §5.5. The largest real images are UF2 files of under 4 MiB. */
const LARGEST = 16 * 1024 * 1024;

/** Formats in the order of preference when a build leaves several: what the bootloader takes comes first. */
export const IMAGE_EXTENSIONS = ['uf2', 'hex', 'bin'] as const;
export type ImageExtension = (typeof IMAGE_EXTENSIONS)[number];

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
export async function readImage(
  file: string,
  extension: ImageExtension,
): Promise<ImageFile | null> {
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
export function flashBytes(extension: ImageExtension, content: Buffer): number | null {
  const readers = { uf2: uf2Bytes, hex: hexBytes, bin: (bytes: Buffer) => bytes.length };
  return readers[extension](content) || null;
}

const UF2_BLOCK = 512;
const UF2_START = Buffer.from('UF2\nWQ]\x9e', 'latin1');
const UF2_END = 0x0ab16f30;
const UF2_LARGEST_PAYLOAD = 476;
/** A block that goes elsewhere than into the main flash. */
const UF2_NOT_FLASH = 0x1;

/** https://github.com/microsoft/uf2#file-format */
function uf2Bytes(content: Buffer): number | null {
  if (content.length % UF2_BLOCK !== 0) return null;
  let total = 0;
  for (let at = 0; at < content.length; at += UF2_BLOCK) {
    const block = content.subarray(at, at + UF2_BLOCK);
    const payload = block.readUInt32LE(16);
    if (!block.subarray(0, 8).equals(UF2_START)) return null;
    if (block.readUInt32LE(508) !== UF2_END || payload > UF2_LARGEST_PAYLOAD) return null;
    if ((block.readUInt32LE(8) & UF2_NOT_FLASH) === 0) total += payload;
  }
  return total;
}

const HEX_DATA = 0;
const HEX_END = 1;

/** Intel HEX: a count, an address, a type, data and a checksum that makes the sum of all bytes zero. */
function hexBytes(content: Buffer): number | null {
  const lines = content.toString('latin1').trimEnd().split(/\r?\n/);
  let total = 0;
  for (const [index, line] of lines.entries()) {
    if (!/^:(?:[0-9A-Fa-f]{2}){5,}$/.test(line)) return null;
    const record = Buffer.from(line.slice(1), 'hex');
    const [count = 0, , , type] = record;
    const sum = record.reduce((done, byte) => (done + byte) & 0xff, 0);
    if (record.length !== count + 5 || sum !== 0) return null;
    if ((type === HEX_END) !== (index === lines.length - 1)) return null;
    if (type === HEX_DATA) total += count;
  }
  return total;
}
