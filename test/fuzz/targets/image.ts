/** Images as builds leave them and people bring them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KilnError } from '../../../core/errors.ts';
import { IMAGE_FORMATS } from '../../../core/image/contract.ts';
import { readFirmwareImage } from '../../../flash/image/firmware-image.ts';
import { flashBytes } from '../../../worker/build/image.ts';
import { hex, hexRecord, uf2 } from '../../fixtures/images/images.ts';
import { damaged } from '../hostile.ts';
import { pure } from '../target.ts';

const record = fc
  .tuple(
    fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6),
    fc.uint8Array({ maxLength: 20 }),
    fc.nat(0xffff),
  )
  .map(([type, data, address]) => hexRecord(type, data, address));
const files = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((data) => hex(data)),
  fc
    .array(record, { maxLength: 6 })
    .map((lines) => Buffer.from([...lines, hexRecord(1, Buffer.alloc(0)), ''].join('\n'))),
  fc
    .array(
      fc.record(
        {
          payload: fc.oneof(fc.constant(256), fc.nat(600)),
          flags: fc.constantFrom(0, 1, 0x2000, 0x8000),
          address: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0x10000000, 0xffffff00)),
          family: fc.constantFrom(0xe48bff56, 0x57755a57),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 5 },
    )
    .map((blocks) => uf2(blocks)),
  fc.uint8Array({ maxLength: 64 }),
);

interface Input {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Bytes that the records of a sound file carry, counted the simple way. */
function dataBytes(text: string): number {
  const counts = text.split(/\r?\n/).filter((line) => line.slice(7, 9) === '00');
  return counts.reduce((sum, line) => sum + Number.parseInt(line.slice(1, 3), 16), 0);
}

function check({ name, content: bytes }: Input): void {
  const content = Buffer.from(bytes);
  for (const format of IMAGE_FORMATS) {
    const size = flashBytes(format, content);
    if (size === null) continue;
    assert.ok(
      Number.isSafeInteger(size) && size > 0 && size <= content.length,
      `${format} ${size}`,
    );
    if (format === 'hex') assert.equal(size, dataBytes(content.toString('latin1')));
  }
  try {
    const image = readFirmwareImage(name, content);
    assert.ok(image.size > 0 && image.size <= content.length);
    for (const { segments } of image.parts) {
      let end = 0;
      for (const { address, bytes: part } of segments) {
        assert.ok(address >= end && part.length > 0, 'segments are empty, overlap or run back');
        end = address + part.length;
        assert.ok(end <= 2 ** 32, 'a segment ends behind the last address');
      }
    }
    if (image.format === 'hex') assert.equal(image.size, dataBytes(content.toString('latin1')));
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    assert.equal(error.code, 'flash.image-invalid');
  }
}

const input: fc.Arbitrary<Input> = fc.record({
  name: fc.constantFrom('a.hex', 'a.uf2', 'a.bin', 'a', 'A.HEX'),
  content: damaged(files.map((file) => Uint8Array.from(file))),
});

export const target = pure('image', input, check);
