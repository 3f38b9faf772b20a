/** Intel HEX: lines of count, address, type, data and a checksum. */
import intelHex from 'nrf-intel-hex';
import { ImageFormatError, type ImageSegment, joinSegments } from './contract.ts';

// The package's types describe its ES module, but Node loads the CommonJS one: the class itself.
const MemoryMap = intelHex as unknown as typeof intelHex.default;

const RECORD = /^:(?:[0-9A-Fa-f]{2}){5,}$/;
const END_RECORD = /^:[0-9A-Fa-f]{6}01/;
/** An upper half of addresses that is not two bytes long, which the library would take for 0. */
const BAD_BASE = /^:(?!02)[0-9A-Fa-f]{6}0[24]/;

/**
 * Stricter than the library, which stops at the first end record and lets a file go on behind it.
 * @throws ImageFormatError
 */
export function readIntelHex(content: Buffer): readonly ImageSegment[] {
  const lines = content.toString('latin1').trimEnd().split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (!RECORD.test(line) || BAD_BASE.test(line))
      throw new ImageFormatError(`has no HEX record in line ${index + 1}`);
    if (END_RECORD.test(line) !== (index === lines.length - 1)) {
      throw new ImageFormatError(
        index === lines.length - 1 ? 'stops before its end' : 'goes on after its end',
      );
    }
  }
  try {
    const blocks = MemoryMap.fromHex(lines.join('\n'));
    return joinSegments([...blocks].map(([address, bytes]) => ({ address, bytes })));
  } catch (error) {
    if (error instanceof ImageFormatError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new ImageFormatError(`is no Intel HEX file: ${why}`, { cause: error });
  }
}
