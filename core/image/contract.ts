/** Firmware images as bytes at addresses, whatever file format they came in. */

export const IMAGE_FORMATS = ['uf2', 'hex', 'bin'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];

/** Bytes that lie together. */
export interface ImageSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Why a file is no image of its format: a sentence's end, such as «has a wrong checksum in line 3». */
export class ImageFormatError extends Error {
  override readonly name = 'ImageFormatError';
}

/** All formats count addresses in 32 bits. */
const ADDRESSES = 2 ** 32;

/** Joins what lies directly behind each other. @throws ImageFormatError where two pieces overlap, or run over the end */
export function joinSegments(pieces: readonly ImageSegment[]): readonly ImageSegment[] {
  const sorted = pieces
    .filter(({ bytes }) => bytes.length > 0)
    .sort((one, other) => one.address - other.address);
  const runs: ImageSegment[][] = [];
  let end = -1;
  for (const piece of sorted) {
    const { address, bytes } = piece;
    if (address < end) {
      throw new ImageFormatError(`says twice what comes to address 0x${address.toString(16)}`);
    }
    if (address === end) runs.at(-1)?.push(piece);
    else runs.push([piece]);
    end = address + bytes.length;
    if (end > ADDRESSES) throw new ImageFormatError('goes on behind the last address');
  }
  return runs.map((run) => ({
    address: run[0]?.address ?? 0,
    bytes: Buffer.concat(run.map(({ bytes }) => bytes)),
  }));
}

/** Bytes of all segments together. */
export function imageSize(segments: readonly ImageSegment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
