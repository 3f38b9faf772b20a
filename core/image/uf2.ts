/** UF2: blocks of 512 bytes, each with its address (github.com/microsoft/uf2#file-format). */
import { ImageFormatError, type ImageSegment, joinSegments } from './contract.ts';

export const UF2_BLOCK = 512;
const START = Buffer.from('UF2\nWQ]\x9e', 'latin1');
const END = 0x0ab16f30;
const LARGEST_PAYLOAD = 476;
/** A block that goes elsewhere than into the main flash. */
const NOT_MAIN_FLASH = 0x1;
const HAS_FAMILY = 0x2000;

/** What a file holds for one chip family: a file for several boards has the same addresses for each. */
export interface Uf2Part {
  /** Null: blocks that name none. */
  readonly family: number | null;
  readonly segments: readonly ImageSegment[];
}

/**
 * Blocks that go elsewhere than into the main flash are checked and left out.
 * @throws ImageFormatError
 */
export function readUf2(content: Buffer): readonly Uf2Part[] {
  if (content.length === 0 || content.length % UF2_BLOCK !== 0) {
    throw new ImageFormatError('is no whole number of UF2 blocks');
  }
  const parts = new Map<number | null, ImageSegment[]>();
  for (let at = 0; at < content.length; at += UF2_BLOCK) {
    const block = content.subarray(at, at + UF2_BLOCK);
    const payload = block.readUInt32LE(16);
    const number = at / UF2_BLOCK;
    if (!block.subarray(0, 8).equals(START) || block.readUInt32LE(508) !== END) {
      throw new ImageFormatError(`has no UF2 block in place ${number}`);
    }
    if (payload > LARGEST_PAYLOAD) {
      throw new ImageFormatError(`claims ${payload} bytes in UF2 block ${number}`);
    }
    const flags = block.readUInt32LE(8);
    if ((flags & NOT_MAIN_FLASH) !== 0) continue;
    const family = (flags & HAS_FAMILY) === 0 ? null : block.readUInt32LE(28);
    const pieces = parts.get(family) ?? [];
    parts.set(family, pieces);
    pieces.push({ address: block.readUInt32LE(12), bytes: block.subarray(32, 32 + payload) });
  }
  return [...parts].map(([family, pieces]) => ({ family, segments: joinSegments(pieces) }));
}
