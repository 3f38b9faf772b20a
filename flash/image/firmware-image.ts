/** An image that is to be flashed: the file as it came, and what it would put where. Knows no device. */
import { createHash } from 'node:crypto';
import { KilnError } from '../../core/errors.ts';
import { type ImageFormat, ImageFormatError, imageSize } from '../../core/image/contract.ts';
import { type DfuSuffix, splitDfuSuffix } from '../../core/image/dfu-suffix.ts';
import { readIntelHex } from '../../core/image/intel-hex.ts';
import { readUf2, type Uf2Part } from '../../core/image/uf2.ts';

/** The largest flash that QMK builds for is the RP2040's, of 16 MiB, which doubles in UF2. */
const LARGEST = 32 * 1024 * 1024;

export interface FirmwareImage {
  /** File name, for people. */
  readonly name: string;
  readonly format: ImageFormat;
  /** The file, byte by byte: what a tool is handed. */
  readonly content: Buffer;
  /** By chip family; one without a family for HEX and BIN. */
  readonly parts: readonly Uf2Part[];
  /** Whether the addresses of the segments are the file's own; those of a BIN start at 0. */
  readonly placed: boolean;
  /** Of a BIN file that has one; not part of the segments. */
  readonly suffix: DfuSuffix | null;
  /** Bytes of flash that its largest part fills. */
  readonly size: number;
  readonly sha256: string;
}

function invalid(name: string, what: string, cause?: unknown): KilnError {
  return new KilnError('flash.image-invalid', `${name} ${what}.`, { cause });
}

/** What the content shows itself to be. Anything that is neither UF2 nor text of HEX may be a BIN. */
function formatOf(content: Buffer): ImageFormat {
  if (content.toString('latin1', 0, 4) === 'UF2\n') return 'uf2';
  return /^\s*:[0-9A-Fa-f]{2}/.test(content.toString('latin1', 0, 64)) ? 'hex' : 'bin';
}

function partsOf(format: ImageFormat, content: Buffer): readonly Uf2Part[] {
  if (format === 'uf2') return readUf2(content);
  const segments = format === 'hex' ? readIntelHex(content) : [{ address: 0, bytes: content }];
  return [{ family: null, segments }];
}

/**
 * Reads an image file that somebody named or sent.
 * @param name its file name; the extension has to agree with the content.
 * @throws KilnError `flash.image-invalid`
 */
export function readFirmwareImage(name: string, content: Buffer): FirmwareImage {
  if (content.length === 0) throw invalid(name, 'is empty');
  if (content.length > LARGEST) throw invalid(name, 'is larger than any flash that Kiln knows');
  const format = formatOf(content);
  const extension = /\.(uf2|hex|bin|eep)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === undefined) {
    throw invalid(name, 'is not named .hex, .bin or .uf2, so its kind would be a guess');
  }
  if (extension !== format && !(extension === 'eep' && format === 'hex')) {
    throw invalid(name, `is named .${extension}, but its content is that of a .${format} file`);
  }
  const { content: bytes, suffix } =
    format === 'bin' ? splitDfuSuffix(content) : { content, suffix: null };
  if (suffix?.intact === false) throw invalid(name, 'was damaged: its DFU checksum is wrong');
  try {
    const parts = partsOf(format, bytes);
    const size = Math.max(0, ...parts.map(({ segments }) => imageSize(segments)));
    if (size === 0) throw new ImageFormatError('has nothing in it for the flash');
    return {
      name,
      format,
      content,
      parts,
      placed: format !== 'bin',
      suffix,
      size,
      sha256: createHash('sha256').update(content).digest('hex'),
    };
  } catch (error) {
    if (error instanceof ImageFormatError) throw invalid(name, error.message, error);
    throw error;
  }
}
