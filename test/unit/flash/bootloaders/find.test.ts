import { describe, expect, it } from 'vitest';
import {
  findBootloader,
  flashRange,
  isCompatible,
  matchBootloader,
} from '../../../../flash/bootloaders/find.ts';
import { findMcu } from '../../../../flash/bootloaders/mcus.ts';

const device = (vid: string, pid: string, revision = '0100', product: string | null = null) => ({
  vid,
  pid,
  revision,
  product,
});

function keyOf(...identity: Parameters<typeof device>): string | undefined {
  return matchBootloader(device(...identity))?.bootloader.key;
}

function need<Value>(value: Value | null): Value {
  if (value === null) throw new Error('not in the table');
  return value;
}

describe('a USB device', () => {
  it('is told from its twins by its release number', () => {
    expect(keyOf('03eb', '2ff4', '0000')).toBe('atmel-dfu');
    expect(keyOf('03eb', '2ff4', '0936')).toBe('qmk-dfu');
    expect(keyOf('03eb', '2067', '0936')).toBe('qmk-hid');
    expect(keyOf('03eb', '2067', '0001')).toBe('lufa-hid');
  });

  it('with an id that many share is one only with the right name', () => {
    expect(keyOf('16c0', '05df')).toBeUndefined();
    expect(keyOf('16c0', '05df', '0100', 'some joystick')).toBeUndefined();
    expect(keyOf('16c0', '05df', '0100', 'HIDBoot')).toBe('bootloadhid');
    expect(keyOf('16c0', '05dc', '0100', 'USBasp')).toBe('usbasploader');
  });

  it('tells its chip by its id where the id does', () => {
    expect(matchBootloader(device('03eb', '2ff0'))?.id.mcus).toEqual(['atmega32u2']);
    expect(matchBootloader(device('0483', 'df11'))?.id.mcus).toBeUndefined();
  });

  it('that is a running keyboard or anything else is no bootloader', () => {
    expect(keyOf('2341', '8036')).toBeUndefined();
    expect(keyOf('feed', '6060')).toBeUndefined();
  });
});

describe('the flash for an image', () => {
  it('ends where the bootloader begins, which depends on chip and bootloader', () => {
    const range = (key: string, mcu: string) => flashRange(need(findBootloader(key)), mcu);
    expect(range('caterina', 'atmega32u4')).toEqual({ start: 0, end: 28_672 });
    expect(range('halfkay', 'atmega32u4')).toEqual({ start: 0, end: 32_256 });
    expect(range('halfkay', 'AT90USB1286')).toEqual({ start: 0, end: 130_048 });
    expect(range('atmel-dfu', 'at90usb1286')).toEqual({ start: 0, end: 122_880 });
    expect(range('stm32duino', 'STM32F103')?.start).toBe(0x0800_2000);
    expect(range('caterina', 'Z80')).toBeNull();
  });

  it('lies where the chip has it', () => {
    expect(findMcu('stm32f303')?.start).toBe(0x0800_0000);
    expect(findMcu('rp2040')?.start).toBe(0x1000_0000);
    expect(findMcu('')).toBeNull();
  });
});

describe('a keyboard’s bootloader', () => {
  it('may show up as its twins, and as nothing else', () => {
    const found = (key: string) => need(findBootloader(key));
    expect(isCompatible(found('atmel-dfu'), 'lufa-dfu')).toBe(true);
    expect(isCompatible(found('apm32-dfu'), 'stm32-dfu')).toBe(true);
    expect(isCompatible(found('caterina'), 'caterina')).toBe(true);
    expect(isCompatible(found('caterina'), 'atmel-dfu')).toBe(false);
    expect(isCompatible(found('stm32-dfu'), 'gd32v-dfu')).toBe(false);
    expect(isCompatible(found('stm32-dfu'), 'stm32duino')).toBe(false);
  });
});
