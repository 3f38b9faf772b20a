/** The families of bootloaders in the virtual machine, what is written to them, and what their flash has to hold then. */
import assert from 'node:assert/strict';
import { LOADERS } from '../../emulators/dfu11.ts';
import { avrImage, type LabImage, stm32Image, uf2Image } from './images.ts';
import type { BoardSpec, BoardView } from './messages.ts';

/** The firmware that was there before: see `StrictFlash`. */
export const OLD = 0x5a;
export const BLANK = 0xff;
/** Of a board that will not come back, but must not come to be waited for in vain either. */
export const NEVER_BACK_MS = 3000;
export const AVR_BOOT = 28 * 1024;

export const PAD = {
  name: 'kiln/pad4x4',
  processor: 'atmega32u4',
  bootloader: 'caterina',
  usb: { vid: '1209', pid: '0001' },
};
export const keyboardWith = (bootloader: string, processor: string) => ({
  ...PAD,
  name: `lab/${bootloader}`,
  bootloader,
  processor,
});

const UF2_BLOCKS = 200;
export const stm32 = stm32Image(11_000);
export const avr = avrImage(5000);
const uf2 = uf2Image(UF2_BLOCKS);
const stm32duino = stm32Image(6000, 0x0800_2000, LOADERS.stm32duino);
const kiibohd = stm32Image(6000, 0x1000, LOADERS.kiibohd);
const DFU_BLOCKS = Math.ceil(6000 / 1024);
const STM32_BLOCKS = Math.ceil(stm32.data.length / 2048);
/** dfu-programmer sends 1024 bytes at most in a block. */
const FLIP_BLOCKS = Math.ceil(avr.data.length / 1024);
const AVR_PAGES = Math.ceil(avr.data.length / 128);

export interface Family {
  readonly name: string;
  readonly kind: BoardSpec['kind'];
  readonly lab: LabImage;
  readonly keyboard: typeof PAD;
  readonly blocks: number;
  /** From where on the flash has to be blank, and from where on as it was. */
  readonly blankTo: number;
  /** Of the device. */
  readonly options?: BoardSpec['options'];
}

/** Its board, with what is different this time. */
export const boardOf = (
  { kind, options = {} }: Family,
  more: BoardSpec['options'] = {},
): BoardSpec => ({
  kind,
  options: { ...options, ...more },
});

const FLIP = {
  kind: 'flip',
  lab: avr,
  blocks: FLIP_BLOCKS,
  blankTo: AVR_BOOT,
} as const;

export const FAMILIES = {
  stm32: {
    name: 'STM32 DFU with dfu-util',
    kind: 'dfuse',
    lab: stm32,
    keyboard: keyboardWith('stm32-dfu', 'STM32F072'),
    blocks: STM32_BLOCKS,
    blankTo: STM32_BLOCKS * 2048,
  },
  flip: {
    ...FLIP,
    name: 'Atmel DFU with dfu-programmer',
    keyboard: keyboardWith('atmel-dfu', 'atmega32u4'),
  },
  qmkDfu: {
    ...FLIP,
    name: 'QMK DFU with dfu-programmer',
    keyboard: keyboardWith('qmk-dfu', 'atmega32u4'),
    // Ψ: by it QMK's own loader differs from Atmel's.
    options: { revision: 0x0936 },
  },
  caterina: {
    name: 'Caterina with avrdude',
    kind: 'caterina',
    lab: avr,
    keyboard: PAD,
    blocks: AVR_PAGES,
    blankTo: AVR_BOOT,
  },
  halfkay: {
    name: 'HalfKay with teensy_loader_cli',
    kind: 'halfkay',
    lab: avr,
    keyboard: keyboardWith('halfkay', 'atmega32u4'),
    blocks: AVR_PAGES,
    blankTo: 32 * 1024 - 512,
  },
  stm32duino: {
    name: 'STM32duino with dfu-util',
    kind: 'stm32duino',
    lab: stm32duino,
    keyboard: keyboardWith('stm32duino', 'STM32F103'),
    blocks: DFU_BLOCKS,
    blankTo: DFU_BLOCKS * 1024,
  },
  kiibohd: {
    name: 'Kiibohd DFU with dfu-util',
    kind: 'kiibohd',
    lab: kiibohd,
    keyboard: keyboardWith('kiibohd', 'MK20DX256'),
    blocks: DFU_BLOCKS,
    blankTo: DFU_BLOCKS * 1024,
  },
  rp2040: {
    name: 'the RP2040’s disk',
    kind: 'uf2-disk',
    lab: uf2,
    keyboard: keyboardWith('rp2040', 'RP2040'),
    blocks: UF2_BLOCKS,
    blankTo: Math.ceil((UF2_BLOCKS * 256) / 4096) * 4096,
  },
} as const satisfies Record<string, Family>;

export const request = ({ lab, keyboard }: Family) => ({ image: lab.image, keyboard });

export function assertHolds(view: BoardView, data: Uint8Array, blankTo: number): void {
  const { flash } = view;
  assert.deepEqual(view.violations, []);
  assert.equal(
    Buffer.compare(flash.subarray(0, data.length), data),
    0,
    'the flash is not the image',
  );
  assert.ok(
    flash.subarray(data.length, blankTo).every((byte) => byte === BLANK),
    'the rest of its pages is not blank',
  );
}

export function assertUntouched(view: BoardView): void {
  assert.ok(
    view.flash.subarray(0, 1024).every((byte) => byte === OLD),
    'the flash was changed',
  );
  assert.equal(view.blocks, 0);
}

export const holdsImage = (view: BoardView, { lab }: Family): boolean =>
  Buffer.compare(view.flash.subarray(0, lab.data.length), lab.data) === 0;
