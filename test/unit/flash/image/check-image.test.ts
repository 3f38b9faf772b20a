import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBootloader } from '../../../../flash/bootloaders/find.ts';
import {
  checkImage,
  type FlashTarget,
  type KeyboardFacts,
  placedSegments,
} from '../../../../flash/image/check-image.ts';
import { readFirmwareImage } from '../../../../flash/image/firmware-image.ts';
import { hex, hexRecord, uf2 } from '../../../fixtures/images/images.ts';

const RP2040 = 0xe48b_ff56;
const STM32F4 = 0x5775_5a57;

function target(key: string, mcu: string | null, more: Partial<FlashTarget> = {}): FlashTarget {
  const bootloader = findBootloader(key);
  if (bootloader === null) throw new Error(key);
  return {
    bootloader,
    usb: null,
    mcu,
    mcuIsCertain: true,
    keyboard: null,
    builtFor: null,
    ...more,
  };
}

const facts = (
  name: string,
  processor: string | null,
  bootloader: string | null,
): KeyboardFacts => ({
  name,
  processor,
  bootloader,
});

const read = readFirmwareImage;

function rules(...args: Parameters<typeof checkImage>): readonly string[] {
  return checkImage(...args).map(({ severity, rule }) => `${severity} ${rule}`);
}

/** An image that begins as the vector table of a Cortex-M does. */
function cortex(start: number, length = 1024, stack = 0x2000_1000): Buffer {
  const bytes = Buffer.alloc(length, 0xee);
  bytes.writeUInt32LE(stack, 0);
  bytes.writeUInt32LE(start + 0x101, 4);
  return bytes;
}

describe('an image that fits', () => {
  it.each([
    ['caterina', 'atmega32u4', read('a.hex', hex(Buffer.alloc(28_672, 1)))],
    ['halfkay', 'atmega32u4', read('a.hex', hex(Buffer.alloc(32_256, 1)))],
    ['stm32-dfu', 'STM32F072', read('a.bin', cortex(0x0800_0000))],
    ['stm32duino', 'STM32F103', read('a.bin', cortex(0x0800_2000))],
    ['rp2040', 'RP2040', read('a.uf2', uf2([{ address: 0x1000_0000, family: RP2040 }]))],
  ])('is let through: %s on %s', (key, mcu, image) => {
    expect(rules(image, target(key, mcu))).toEqual([]);
  });

  it('is let through for the keyboard that it was built for', () => {
    const planck = facts('a/b', 'STM32F072', 'stm32-dfu');
    const image = read('a.bin', cortex(0x0800_0000));
    const known = { keyboard: planck, builtFor: planck, mcuIsCertain: false };
    expect(rules(image, target('stm32-dfu', 'STM32F072', known))).toEqual([]);
    // Sold with either chip.
    expect(rules(image, target('apm32-dfu', null, known))).toEqual([]);
  });
});

describe('an image of the wrong format', () => {
  it('is stopped, with the right one named', () => {
    const [finding] = checkImage(read('a.hex', hex(Buffer.alloc(9))), target('stm32-dfu', null));
    expect(finding).toMatchObject({ rule: 'format', severity: 'stop' });
    expect(finding?.message).toContain('.bin');
  });
});

describe('an image that would reach where it must not', () => {
  it('is stopped when one byte too long', () => {
    const image = read('a.hex', hex(Buffer.alloc(28_673, 1)));
    expect(rules(image, target('caterina', 'atmega32u4'))).toEqual(['stop size']);
    expect(rules(image, target('caterina', 'atmega32u4', { mcuIsCertain: false }))).toEqual([
      'mismatch size',
    ]);
  });

  it('is stopped when it would write over the bootloader, however small', () => {
    const lines = [hexRecord(0, Buffer.from([1]), 0), hexRecord(0, Buffer.from([1]), 0x7000)];
    const image = read('a.hex', Buffer.from([...lines, ':00000001FF'].join('\n')));
    expect(rules(image, target('caterina', 'atmega32u4'))).toEqual(['stop place']);
    expect(rules(image, target('halfkay', 'atmega32u4'))).toEqual([]);
  });

  it('is stopped before the flash, or in front of a loader that lies there', () => {
    const low = read('a.uf2', uf2([{ address: 0, family: RP2040 }]));
    expect(rules(low, target('rp2040', 'RP2040'))).toContain('stop place');
    const tiny = read('a.uf2', uf2([{ address: 0x0800_0000, family: STM32F4 }]));
    expect(rules(tiny, target('tinyuf2', 'STM32F411'))).toContain('stop place');
  });

  it('is never let through: property', () => {
    const place = fc.record({
      address: fc.integer({ min: 0, max: 0xffff }),
      length: fc.integer({ min: 1, max: 16 }),
    });
    fc.assert(
      fc.property(place, ({ address, length }) => {
        fc.pre(address + length <= 0x1_0000);
        const record = hexRecord(0, Buffer.alloc(length, 1), address);
        const start = address === 0 ? [] : [hexRecord(0, Buffer.from([1]), 0)];
        const image = read('a.hex', Buffer.from([...start, record, ':00000001FF'].join('\n')));
        const stopped = rules(image, target('caterina', 'atmega32u4')).includes('stop place');
        expect(stopped).toBe(address + length > 0x7000);
      }),
    );
  });
});

describe('an image that does not begin where the chip does', () => {
  it('is a mismatch on AVR', () => {
    const late = `${hexRecord(0, Buffer.from([1]), 0x100)}\n:00000001FF`;
    const image = read('a.hex', Buffer.from(late));
    expect(rules(image, target('caterina', 'atmega32u4'))).toEqual(['mismatch start']);
  });

  it('is a mismatch when it is for another chip or another bootloader', () => {
    const stm32 = target('stm32-dfu', 'STM32F103');
    expect(rules(read('a.bin', Buffer.alloc(900, 0x0c)), stm32)).toEqual(['mismatch start']);
    const duino = cortex(0x0800_2000, 0x1000);
    expect(rules(read('a.bin', duino), stm32)).toEqual(['mismatch start']);
    expect(rules(read('a.bin', duino), target('stm32duino', 'STM32F103'))).toEqual([]);
  });
});

describe('an image for another chip', () => {
  it('is a mismatch, by what it was built for', () => {
    const image = read('a.hex', hex(Buffer.alloc(100)));
    const built = { builtFor: facts('a', 'atmega32u2', 'atmel-dfu') };
    expect(rules(image, target('atmel-dfu', 'atmega32u4', built))).toEqual(['mismatch processor']);
    expect(rules(image, target('caterina', null, built))).toEqual([
      'mismatch processor',
      'mismatch bootloader',
    ]);
  });

  it('is a mismatch by its UF2 family, and one without family a note', () => {
    const f4 = read('a.uf2', uf2([{ address: 0x1000_0000, family: STM32F4 }]));
    expect(rules(f4, target('rp2040', null))).toEqual(['mismatch family']);
    const none = read('a.uf2', uf2([{ address: 0x1000_0000 }]));
    expect(rules(none, target('rp2040', 'RP2040'))).toEqual(['note family']);
  });

  it('is taken apart when the file is for several', () => {
    const both = read(
      'a.uf2',
      uf2([
        { address: 0x1000_0000, family: RP2040 },
        { address: 0x0800_0000, family: STM32F4 },
      ]),
    );
    const rp2040 = target('rp2040', 'RP2040');
    expect(rules(both, rp2040)).toEqual([]);
    expect(placedSegments(both, rp2040).map(({ address }) => address)).toEqual([0x1000_0000]);
  });
});

describe('an image for another keyboard', () => {
  it('is a mismatch', () => {
    const image = read('a.hex', hex(Buffer.alloc(100)));
    const known = {
      keyboard: facts('kiln/sixty', 'atmega32u4', 'caterina'),
      builtFor: facts('kiln/pad4x4', 'atmega32u4', 'caterina'),
    };
    expect(rules(image, target('caterina', 'atmega32u4', known))).toEqual(['mismatch keyboard']);
  });

  it('is a mismatch by the stamp of its file', () => {
    const stamped = Buffer.from('6b696c6effff11df83040001554644101a15a22c', 'hex');
    const image = read('a.bin', stamped);
    const at = (vid: string, pid: string) => target('stm32-dfu', null, { usb: { vid, pid } });
    expect(rules(image, at('0483', 'df11'))).toEqual([]);
    expect(rules(image, at('314b', '0106'))).toEqual(['mismatch suffix']);
  });

  it('whose bootloader nobody knows says nothing', () => {
    const image = read('a.hex', hex(Buffer.alloc(100)));
    const custom = { keyboard: facts('x', null, 'custom') };
    expect(rules(image, target('caterina', 'atmega32u4', custom))).toEqual([]);
  });
});

describe('a file', () => {
  it.each([
    ['a.hex', Buffer.alloc(0), /is empty/],
    ['firmware', hex(Buffer.alloc(9)), /not named/],
    ['a.bin', hex(Buffer.alloc(9)), /named .bin, but its content is that of a .hex/],
    ['a.hex', uf2([{}]), /named .hex, but its content is that of a .uf2/],
    ['a.hex', hex(Buffer.alloc(90)).subarray(0, 60), /a.hex (?:stops|has no)/],
    ['a.uf2', uf2([{ flags: 1 }]), /nothing in it/],
    ['a.bin', Buffer.from('6b696c65ffff11df83040001554644101a15a22c', 'hex'), /damaged/],
  ])('%s that is no image is refused with the reason', (name, content, reason) => {
    expect(() => read(name, content)).toThrow(reason);
    expect(() => read(name, content)).toThrow(
      expect.objectContaining({ code: 'flash.image-invalid' }),
    );
  });

  it('with a DFU suffix is measured without it', () => {
    const stamped = Buffer.from('6b696c6effff11df83040001554644101a15a22c', 'hex');
    expect(read('a.bin', stamped)).toMatchObject({ size: 4, content: stamped, format: 'bin' });
  });
});
