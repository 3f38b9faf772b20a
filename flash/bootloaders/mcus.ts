/**
 * The chips that QMK builds for. Sizes: data sheets, and the linker scripts of QMK's platforms/chibios; UF2 families:
 * util/uf2families.json (github.com/microsoft/uf2). A test holds the names against a real tree.
 */
import type { Mcu } from './schema.ts';

const KIB = 1024;

const avr = (
  name: string,
  flashKib: number,
  eepromBytes: number,
  names: Pick<Mcu, 'avrdude' | 'teensy'> = {},
): Mcu => ({ name, start: 0, flashBytes: flashKib * KIB, eepromBytes, uf2Families: [], ...names });

const arm = (
  name: string,
  start: number,
  flashKib: number,
  uf2Families: number[] = [],
  names: Pick<Mcu, 'teensy'> = {},
): Mcu => ({ name, start, flashBytes: flashKib * KIB, eepromBytes: 0, uf2Families, ...names });

const STM32 = 0x0800_0000;

export const MCUS: readonly Mcu[] = [
  avr('at90usb162', 16, 512, { avrdude: 'usb162' }),
  avr('atmega16u2', 16, 512, { avrdude: 'm16u2' }),
  avr('atmega32u2', 32, 1024, { avrdude: 'm32u2' }),
  avr('atmega16u4', 16, 512, { avrdude: 'm16u4' }),
  avr('atmega32u4', 32, 1024, { avrdude: 'm32u4', teensy: 'TEENSY2' }),
  avr('at90usb646', 64, 2048, { avrdude: 'usb646' }),
  avr('at90usb647', 64, 2048, { avrdude: 'usb647' }),
  avr('at90usb1286', 128, 4096, { avrdude: 'usb1286', teensy: 'TEENSY2PP' }),
  avr('at90usb1287', 128, 4096, { avrdude: 'usb1287' }),
  avr('atmega32a', 32, 1024, { avrdude: 'm32' }),
  avr('atmega328', 32, 1024, { avrdude: 'm328' }),
  avr('atmega328p', 32, 1024, { avrdude: 'm328p' }),
  avr('attiny85', 8, 512, { avrdude: 't85' }),
  arm('MKL26Z64', 0, 64, [], { teensy: 'TEENSYLC' }),
  arm('MK20DX128', 0, 128, [], { teensy: 'TEENSY30' }),
  arm('MK20DX256', 0, 256, [], { teensy: 'TEENSY31' }),
  arm('MK64FX512', 0, 512, [], { teensy: 'TEENSY35' }),
  arm('MK66FX1M0', 0, 1024, [], { teensy: 'TEENSY36' }),
  arm('MIMXRT1062', 0x6000_0000, 8192, [], { teensy: 'TEENSY41' }),
  // The flash is a chip of its own beside it, of at most 16 MiB.
  arm('RP2040', 0x1000_0000, 16 * KIB, [0xe48b_ff56]),
  arm('STM32F042', STM32, 32, [0x6478_24b6]),
  arm('STM32F072', STM32, 128, [0x6478_24b6]),
  arm('STM32F103', STM32, 128, [0x5ee2_1072]),
  arm('STM32F303', STM32, 512, [0x6b84_6188]),
  arm('STM32F401', STM32, 512, [0x5775_5a57]),
  arm('STM32F405', STM32, 1024, [0x5775_5a57]),
  arm('STM32F407', STM32, 1024, [0x5775_5a57, 0x6d09_22fa, 0x8fb0_60fe]),
  arm('STM32F411', STM32, 512, [0x5775_5a57, 0x2dc3_09c5, 0x06d1_097b]),
  arm('STM32F446', STM32, 512, [0x5775_5a57]),
  arm('STM32G0B1', STM32, 512, [0x300f_5633]),
  arm('STM32G431', STM32, 128, [0x4c71_240a]),
  arm('STM32G474', STM32, 512, [0x4c71_240a]),
  arm('STM32H723', STM32, 1024, [0x6db6_6082]),
  arm('STM32H733', STM32, 1024, [0x6db6_6082]),
  arm('STM32L412', STM32, 128, [0x00ff_6919]),
  arm('STM32L422', STM32, 128, [0x00ff_6919]),
  arm('STM32L432', STM32, 256, [0x00ff_6919]),
  arm('STM32L433', STM32, 256, [0x00ff_6919]),
  arm('STM32L442', STM32, 256, [0x00ff_6919]),
  arm('STM32L443', STM32, 256, [0x00ff_6919]),
  arm('GD32VF103', STM32, 128, [0x9af0_3e33]),
  arm('WB32F3G71', STM32, 256),
  arm('WB32FQ95', STM32, 128),
  arm('AT32F415', STM32, 256, [0xa0c9_7b8e]),
  arm('SAMD51J18A', 0, 256, [0x5511_4460]),
];

/** @returns null for a chip that QMK does not name so; upper and lower case are the same. */
export function findMcu(name: string): Mcu | null {
  const wanted = name.toLowerCase();
  return MCUS.find((one) => one.name.toLowerCase() === wanted) ?? null;
}
