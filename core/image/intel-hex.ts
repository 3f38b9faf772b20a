/**
 * Intel HEX: lines of count, address, type, data and a checksum.
 *
 * Source: Intel, Hexadecimal Object File Format Specification, Revision A, 1988. Read after every build and before every
 * run of flashing; npm's readers take ten times as long, or take files for whole that are not.
 */
import { ImageFormatError, type ImageSegment, joinSegments } from './contract.ts';

const RECORD = { data: 0, end: 1, segmentBase: 2, startSegment: 3, linearBase: 4, startLinear: 5 };
/** Count, two bytes of address, type and checksum. */
const FRAME_BYTES = 5;
const HEADER_BYTES = 4;
/** What a record can address beyond its base. */
const WINDOW = 0x1_0000;

interface HexRecord {
  readonly type: number;
  readonly offset: number;
  readonly data: Buffer;
}

function readRecord(line: string, number: number): HexRecord {
  // Ends at the first that is no digit, or alone.
  const bytes = Buffer.from(line.slice(1), 'hex');
  const [count = 0, high = 0, low = 0, type = 0] = bytes;
  const isWhole = bytes.length * 2 === line.length - 1 && bytes.length === count + FRAME_BYTES;
  if (!line.startsWith(':') || !isWhole) {
    throw new ImageFormatError(`has no HEX record in line ${number}`);
  }
  let sum = 0;
  for (const byte of bytes) sum += byte;
  if (sum % 256 !== 0) throw new ImageFormatError(`has a wrong checksum in line ${number}`);
  const data = bytes.subarray(HEADER_BYTES, HEADER_BYTES + count);
  return { type, offset: high * 256 + low, data };
}

/** Where offsets count from, after a record that says so. */
function baseOf({ type, offset, data }: HexRecord, number: number): number {
  if (data.length !== 2 || offset !== 0) {
    throw new ImageFormatError(`has no address in line ${number}`);
  }
  return data.readUInt16BE(0) * (type === RECORD.segmentBase ? 16 : WINDOW);
}

/**
 * Takes a file for an image only from its first line to its last: the one end record is the last line.
 * @throws ImageFormatError
 */
export function readIntelHex(content: Buffer): readonly ImageSegment[] {
  const lines = content.toString('latin1').trimEnd().split(/\r?\n/);
  const pieces: ImageSegment[] = [];
  let base = 0;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    const record = readRecord(line, number);
    const { type, offset, data } = record;
    const isLast = number === lines.length;
    if ((type === RECORD.end) !== isLast) {
      throw new ImageFormatError(isLast ? 'stops before its end' : 'goes on after its end');
    }
    if (type === RECORD.data) {
      // Some tools go on at the window's start then, others behind its end.
      if (offset + data.length > WINDOW) {
        throw new ImageFormatError(`goes over the end of its addresses in line ${number}`);
      }
      pieces.push({ address: base + offset, bytes: data });
    } else if (type === RECORD.segmentBase || type === RECORD.linearBase) {
      base = baseOf(record, number);
    } else if (type > RECORD.startLinear) {
      throw new ImageFormatError(`has an unknown kind of record in line ${number}`);
    }
  }
  return joinSegments(pieces);
}
