/** The 16 bytes that `dfu-suffix` puts behind a `.bin` file: which device it is for (USB DFU 1.1, appendix B). */
import { crc32 } from 'node:zlib';

const LENGTH = 16;
/** «Any device», in the place of an id. */
const ANY = 0xffff;

export interface DfuSuffix {
  /** Four lower-case hexadecimal digits; null for any. */
  readonly vid: string | null;
  readonly pid: string | null;
  /** Whether the checksum over the file is right. */
  readonly intact: boolean;
}

export interface SuffixedImage {
  /** What goes into the flash. */
  readonly content: Buffer;
  /** Null for a file without one. */
  readonly suffix: DfuSuffix | null;
}

function idText(value: number): string | null {
  return value === ANY ? null : value.toString(16).padStart(4, '0');
}

/** Takes the suffix off a file, if it has one: it never goes into the flash. */
export function splitDfuSuffix(content: Buffer): SuffixedImage {
  const at = content.length - LENGTH;
  if (at < 0) return { content, suffix: null };
  const tail = content.subarray(at);
  // "DFU", written backwards, and the length of the suffix.
  if (tail.toString('latin1', 8, 11) !== 'UFD' || tail[11] !== LENGTH) {
    return { content, suffix: null };
  }
  // DFU's sum is that of zip files, without the last inversion.
  const sum = ~crc32(content.subarray(0, content.length - 4)) >>> 0;
  return {
    content: content.subarray(0, at),
    suffix: {
      vid: idText(tail.readUInt16LE(4)),
      pid: idText(tail.readUInt16LE(2)),
      intact: tail.readUInt32LE(12) === sum,
    },
  };
}
