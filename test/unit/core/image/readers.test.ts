import fc from 'fast-check';
import intelHex from 'nrf-intel-hex';
import { describe, expect, it } from 'vitest';
import {
  ImageFormatError,
  type ImageSegment,
  joinSegments,
} from '../../../../core/image/contract.ts';
import { splitDfuSuffix } from '../../../../core/image/dfu-suffix.ts';
import { readIntelHex } from '../../../../core/image/intel-hex.ts';
import { readUf2 } from '../../../../core/image/uf2.ts';
import { hex, hexRecord, uf2 } from '../../../fixtures/images/images.ts';

const END = ':00000001FF';
const plain = (segments: readonly ImageSegment[]) =>
  segments.map(({ address, bytes }) => [address, Buffer.from(bytes).toString('hex')]);

// The package's types describe its ES module, but Node loads the CommonJS one: the class itself.
const OtherReader = intelHex as unknown as typeof intelHex.default;

describe('an Intel HEX file', () => {
  it('is read as another reader reads it', () => {
    const records = fc
      .uniqueArray(fc.nat(0xfff), { minLength: 1, maxLength: 60 })
      .chain((places) =>
        fc.tuple(
          fc.constant(places),
          fc.constantFrom(2, 4),
          fc.nat(0x0fff),
          fc.uint8Array({ minLength: 1, maxLength: 16 }),
        ),
      );
    fc.assert(
      fc.property(records, ([places, kind, upper, data]) => {
        const base = Buffer.alloc(2);
        base.writeUInt16BE(upper);
        const lines = [
          hexRecord(kind, base),
          ...places.map((place) => hexRecord(0, Buffer.from(data), place * 16)),
          END,
        ].join('\n');
        const other = [...OtherReader.fromHex(lines)].map(([address, bytes]) => ({
          address,
          bytes,
        }));
        expect(plain(readIntelHex(Buffer.from(lines)))).toEqual(plain(joinSegments(other)));
      }),
    );
  });

  it('reaches the upper half of the addresses', () => {
    const lines = [hexRecord(4, Buffer.from([0x90, 0x00])), hexRecord(0, Buffer.from([1]), 4), END];
    expect(plain(readIntelHex(Buffer.from(lines.join('\n'))))).toEqual([[0x9000_0004, '01']]);
  });

  it('with any one digit changed is refused', () => {
    const whole = hex(Buffer.alloc(40, 7)).toString();
    for (const [at, letter] of [...whole].entries()) {
      if (!/[0-9A-F]/.test(letter)) continue;
      const other = letter === '0' ? '1' : '0';
      const changed = `${whole.slice(0, at)}${other}${whole.slice(at + 1)}`;
      expect(() => readIntelHex(Buffer.from(changed)), changed).toThrow(ImageFormatError);
    }
  });

  it('gives the bytes that went into it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), (data) => {
        expect(plain(readIntelHex(hex(data)))).toEqual([[0, Buffer.from(data).toString('hex')]]);
      }),
    );
  });

  it('keeps gaps, follows address records, and sorts', () => {
    const lines = [
      hexRecord(4, Buffer.from([0x08, 0x00])),
      hexRecord(0, Buffer.from([3]), 0x100),
      hexRecord(0, Buffer.from([1, 2]), 0),
      hexRecord(0, Buffer.from([9]), 2),
      END,
    ];
    expect(plain(readIntelHex(Buffer.from(lines.join('\r\n'))))).toEqual([
      [0x0800_0000, '010209'],
      [0x0800_0100, '03'],
    ]);
  });

  it.each([
    ['the same address twice', [hexRecord(0, Buffer.from([1])), hexRecord(0, Buffer.from([2]))]],
    ['an address record of no bytes', [hexRecord(4, Buffer.alloc(0))]],
    ['an unknown record', [hexRecord(9, Buffer.from([1]))]],
    ['an end in the middle', [END, hexRecord(0, Buffer.from([1]))]],
    ['addresses that wrap', [hexRecord(0, Buffer.from([1, 2]), 0xffff)]],
  ])('with %s is refused', (_, lines) => {
    expect(() => readIntelHex(Buffer.from([...lines, END].join('\n')))).toThrow(ImageFormatError);
  });

  it('that is cut anywhere is refused', () => {
    const whole = hex(Buffer.alloc(100, 7)).toString().trimEnd();
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => readIntelHex(Buffer.from(whole.slice(0, length)))).toThrow(ImageFormatError);
    }
  });
});

describe('a UF2 file', () => {
  it('gives its bytes by family, joined', () => {
    const content = uf2([
      { address: 0x100, family: 7 },
      { address: 0x000, family: 7 },
      { address: 0x000, family: 8, payload: 4 },
      { address: 0x000, payload: 4 },
      { address: 0x000, flags: 1 },
    ]);
    const parts = readUf2(content).map(({ family, segments }) => [
      family,
      segments.map(({ address, bytes }) => [address, bytes.length]),
    ]);
    expect(parts).toEqual([
      [7, [[0, 512]]],
      [8, [[0, 4]]],
      [null, [[0, 4]]],
    ]);
  });

  it('that says twice what comes to an address is refused', () => {
    expect(() => readUf2(uf2([{ address: 0 }, { address: 255 }]))).toThrow(/says twice/);
  });

  it('that is cut anywhere but between blocks is refused', () => {
    const whole = uf2([{}, {}, {}]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        fc.pre(length % 512 !== 0 || length === 0);
        expect(() => readUf2(whole.subarray(0, length))).toThrow(ImageFormatError);
      }),
    );
  });
});

describe('hostile bytes', () => {
  it('are refused with one kind of error by every reader', () => {
    const good = fc.constantFrom(hex(Buffer.alloc(300, 9)), uf2([{}, { family: 1 }]));
    const mangled = fc
      .tuple(good, fc.nat(2000), fc.uint8Array({ maxLength: 20 }))
      .map(([file, at, bytes]) => {
        const place = at % file.length;
        return Buffer.concat([file.subarray(0, place), bytes, file.subarray(place + bytes.length)]);
      });
    const random = fc.uint8Array({ maxLength: 1100 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mangled, random), (content) => {
        for (const read of [readIntelHex, readUf2]) {
          try {
            read(content);
          } catch (error) {
            expect(error).toBeInstanceOf(ImageFormatError);
          }
        }
        expect(splitDfuSuffix(content).content.length).toBeLessThanOrEqual(content.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('segments', () => {
  it('are joined without losing or inventing a byte', () => {
    const pieces = fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(pieces, (addresses) => {
        const segments = joinSegments(
          addresses.map((address) => ({ address, bytes: Uint8Array.of(address & 0xff) })),
        );
        const back = segments.flatMap(({ address, bytes }) =>
          [...bytes].map((byte, at) => [address + at, byte]),
        );
        const wanted = [...addresses].sort((a, b) => a - b).map((a) => [a, a & 0xff]);
        expect(back).toEqual(wanted);
        for (const [index, { address }] of segments.entries()) {
          const before = segments[index - 1];
          if (before !== undefined) {
            expect(address).toBeGreaterThan(before.address + before.bytes.length);
          }
        }
      }),
    );
  });
});

describe('a DFU suffix', () => {
  /** What `dfu-suffix -v 0483 -p df11 -a` of dfu-util 0.11 made of the bytes `kiln`. */
  const STAMPED = Buffer.from('6b696c6effff11df83040001554644101a15a22c', 'hex');

  it('is taken off, and says which device the file is for', () => {
    expect(splitDfuSuffix(STAMPED)).toEqual({
      content: Buffer.from('kiln'),
      suffix: { vid: '0483', pid: 'df11', intact: true },
    });
  });

  it('shows when the file was changed', () => {
    const changed = Buffer.from(STAMPED);
    changed[0] = 0;
    expect(splitDfuSuffix(changed).suffix?.intact).toBe(false);
  });

  it('may be for any device', () => {
    const any = Buffer.from(STAMPED);
    any.fill(0xff, 4, 10);
    expect(splitDfuSuffix(any).suffix).toMatchObject({ vid: null, pid: null });
  });

  it('is not found in a file without one, however short', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const content = Buffer.from(bytes);
        expect(splitDfuSuffix(content)).toEqual({ content, suffix: null });
      }),
    );
  });
});
