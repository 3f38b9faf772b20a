/**
 * What is tried in the virtual machine: each family once with success, and twins that must fail. The verdict comes from
 * the emulated flash.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFirmwareImage } from '../../../flash/image/firmware-image.ts';
import { avrImage, type LabImage, stm32Image, uf2Image } from './images.ts';
import type { Lab } from './lab.ts';
import type { BoardSpec, BoardView } from './messages.ts';

export interface LabCase {
  readonly title: string;
  run(lab: Lab): Promise<void>;
}

/** The firmware that was there before: see `StrictFlash`. */
const OLD = 0x5a;
const BLANK = 0xff;
/** Of a board that will not come back, but must not come to be waited for in vain either. */
const NEVER_BACK_MS = 3000;
const AVR_BOOT = 28 * 1024;

const PAD = {
  name: 'kiln/pad4x4',
  processor: 'atmega32u4',
  bootloader: 'caterina',
  usb: { vid: '1209', pid: '0001' },
};
const keyboardWith = (bootloader: string, processor: string) => ({
  ...PAD,
  name: `lab/${bootloader}`,
  bootloader,
  processor,
});

const UF2_BLOCKS = 200;
const stm32 = stm32Image(11_000);
const avr = avrImage(5000);
const uf2 = uf2Image(UF2_BLOCKS);
const STM32_BLOCKS = Math.ceil(stm32.data.length / 2048);
/** dfu-programmer sends 1024 bytes at most in a block. */
const FLIP_BLOCKS = Math.ceil(avr.data.length / 1024);
const AVR_PAGES = Math.ceil(avr.data.length / 128);

interface Family {
  readonly name: string;
  readonly kind: BoardSpec['kind'];
  readonly lab: LabImage;
  readonly keyboard: typeof PAD;
  readonly blocks: number;
  /** From where on the flash has to be blank, and from where on as it was. */
  readonly blankTo: number;
}

const FAMILIES = {
  stm32: {
    name: 'STM32 DFU with dfu-util',
    kind: 'dfuse',
    lab: stm32,
    keyboard: keyboardWith('stm32-dfu', 'STM32F072'),
    blocks: STM32_BLOCKS,
    blankTo: STM32_BLOCKS * 2048,
  },
  flip: {
    name: 'Atmel DFU with dfu-programmer',
    kind: 'flip',
    lab: avr,
    keyboard: keyboardWith('atmel-dfu', 'atmega32u4'),
    blocks: FLIP_BLOCKS,
    blankTo: AVR_BOOT,
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
  rp2040: {
    name: 'the RP2040’s disk',
    kind: 'uf2-disk',
    lab: uf2,
    keyboard: keyboardWith('rp2040', 'RP2040'),
    blocks: UF2_BLOCKS,
    blankTo: Math.ceil((UF2_BLOCKS * 256) / 4096) * 4096,
  },
} as const satisfies Record<string, Family>;

const request = ({ lab, keyboard }: Family) => ({ image: lab.image, keyboard });

function assertHolds(view: BoardView, data: Uint8Array, blankTo: number): void {
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

function assertUntouched(view: BoardView): void {
  assert.ok(
    view.flash.subarray(0, 1024).every((byte) => byte === OLD),
    'the flash was changed',
  );
  assert.equal(view.blocks, 0);
}

const holdsImage = (view: BoardView, { lab }: Family): boolean =>
  Buffer.compare(view.flash.subarray(0, lab.data.length), lab.data) === 0;

const success = (family: Family): LabCase => ({
  title: `${family.name}: detected, written, and seen again as a keyboard`,
  async run(lab) {
    await lab.plug({ kind: family.kind });
    const end = await lab.flash(request(family));
    assert.equal(end.outcome, 'complete', end.message);
    assertHolds(await lab.view(), family.lab.data, family.blankTo);
    assert.ok(
      lab.devices().some(({ kind }) => kind !== 'bootloader'),
      'no keyboard is attached',
    );
  },
});

/** Whatever is left in the flash, nobody says that it worked. */
const pulled = (family: Family, when: string, atBlock: number): LabCase => ({
  title: `${family.name}: the cable pulled ${when} is a failure, and what it holds is told truly`,
  async run(lab) {
    await lab.plug({ kind: family.kind, options: { pulledAtBlock: atBlock } });
    const end = await lab.flash(request(family), NEVER_BACK_MS);
    const view = await lab.view();
    assert.equal(view.isPulled, true);
    assert.equal(holdsImage(view, family), false);
    // A disk that leaves with the last block looks like one that is pulled then: only a keyboard's return would show it.
    const mayDoubt = family.kind === 'uf2-disk' && atBlock === family.blocks - 1;
    assert.ok([mayDoubt && 'unconfirmed', 'failed'].includes(end.outcome), end.message);
    assert.ok(['erased', 'partial', 'unknown'].includes(end.holdsKey), end.holdsKey);
    assert.equal(
      end.holdsKey === 'erased' && view.blocks > 0,
      false,
      'it says erased, and something was written',
    );
  },
});

const refused = (
  title: string,
  family: Family,
  spec: Partial<BoardSpec>,
  changes: object,
  why: RegExp,
): LabCase => ({
  title,
  async run(lab) {
    await lab.plug({ kind: family.kind, ...spec });
    const end = await lab.flash({ ...request(family), ...changes });
    assert.equal(end.outcome, 'failed', end.message);
    assert.match(end.message, why);
    assertUntouched(await lab.view());
  },
});

const twins = (title: string, family: Family): LabCase => ({
  title,
  async run(lab) {
    await lab.plug({ kind: family.kind }, 'one');
    await lab.plug({ kind: family.kind }, 'other');
    await lab.until(
      'both',
      () => lab.devices().filter(({ can }) => can.includes('flash')).length === 2,
    );
    const run = lab.createRun(request(family));
    const ended = run.run();
    const choices = await lab.until(
      'the question',
      () => run.waiting.choices.length === 2 && run.waiting.choices,
    );
    assert.equal(run.state.phase, 'choose');
    for (const name of ['one', 'other']) assertUntouched(await lab.view(name));
    // The second one: a tool that takes the first it finds takes the wrong one.
    run.choose(choices[1]?.id ?? '');
    const { end } = await ended;
    assertUntouched(await lab.view('one'));
    const other = await lab.view('other');
    assert.equal(end?.outcome, 'complete', end?.message);
    assertHolds(other, family.lab.data, family.blankTo);
  },
});

const { stm32: stm, flip, caterina, halfkay, rp2040 } = FAMILIES;

export const CASES: readonly LabCase[] = [
  success(stm),
  success(flip),
  success(halfkay),
  success(rp2040),
  {
    title:
      'Caterina with avrdude: from a keymap in JSON to the flash, which holds what was built, by way of a touch at 1200 baud',
    async run(lab) {
      const file = process.env.KILN_LAB_IMAGE ?? '';
      const image = readFirmwareImage('kiln_pad4x4_lab.hex', readFileSync(file));
      await lab.plug({ kind: 'caterina', startsInFirmware: true });
      const end = await lab.flash({ image, builtFor: PAD, keyboard: PAD });
      assert.equal(end.outcome, 'complete', end.message);
      const expected = Buffer.alloc(AVR_BOOT, BLANK);
      for (const { address, bytes } of image.parts[0]?.segments ?? []) expected.set(bytes, address);
      const view = await lab.view();
      assertHolds(view, expected, AVR_BOOT);
      assert.equal(view.wasTouched, true);
    },
  },
  ...[stm, flip, caterina, halfkay, rp2040].flatMap((family) => [
    pulled(family, 'in the middle', Math.floor(family.blocks / 2)),
    pulled(family, 'before the last block', family.blocks - 1),
    pulled(family, 'at once', family.kind === 'halfkay' || family.kind === 'uf2-disk' ? 1 : 0),
  ]),
  refused(
    'Caterina: avrdude finds another chip and nothing is written',
    caterina,
    { options: { signature: [0x1e, 0x93, 0x89] } },
    {},
    /another chip/,
  ),
  refused(
    'Atmel DFU: an image for another chip than the device names is refused',
    flip,
    { options: { pid: 0x2ff0 } },
    { builtFor: keyboardWith('atmel-dfu', 'atmega32u4') },
    /built for atmega32u4/,
  ),
  refused(
    'STM32 DFU: an image that does not begin as one for it does is refused',
    stm,
    {},
    { image: readFirmwareImage('other.bin', avr.data) },
    /another chip/,
  ),
  refused(
    'RP2040: an image for another chip family is refused',
    rp2040,
    {},
    { image: uf2Image(4, 0x5775_5a57).image },
    /chip family/,
  ),
  refused(
    'STM32 DFU: a locked chip is not written, and nobody says so',
    stm,
    { options: { locked: true } },
    {},
    /./,
  ),
  {
    title: 'Atmel DFU: a locked chip is erased, which unlocks it, and written',
    async run(lab) {
      await lab.plug({ kind: 'flip', options: { locked: true } });
      const end = await lab.flash(request(flip));
      assert.equal(end.outcome, 'complete', end.message);
      assertHolds(await lab.view(), avr.data, AVR_BOOT);
    },
  },
  {
    title: 'an account that may not open the device is told so before anything is tried',
    async run(lab) {
      await lab.plug({ kind: 'dfuse' });
      await lab.until('it', () => lab.devices().some(({ can }) => can.includes('flash')));
      const last = await lab.flashAsNobody(stm32.image);
      assert.equal(last.event, 'end');
      const { end } = last.state as { end: { outcome: string; error: { code: string } } };
      assert.equal(end.outcome, 'failed');
      assert.equal(end.error.code, 'flash.permission');
      assertUntouched(await lab.view());
    },
  },
  {
    title: 'two equal Teensies: their tool cannot tell them apart, so neither is written',
    async run(lab) {
      await lab.plug({ kind: 'halfkay' }, 'one');
      await lab.plug({ kind: 'halfkay' }, 'other');
      const flashable = () => lab.devices().filter(({ can }) => can.includes('flash'));
      const both = await lab.until('both', () => flashable().length === 2 && flashable());
      const end = await lab.flash({ ...request(halfkay), device: both[1]?.id ?? null });
      assert.equal(end.outcome, 'failed', end.message);
      assert.match(end.message, /cannot tell them apart/);
      for (const name of ['one', 'other']) assertUntouched(await lab.view(name));
    },
  },
  twins('two equal STM32: it asks, and only the chosen one is written', stm),
  twins('two equal ATmega32U4: it asks, and only the chosen one is written', flip),
  twins('two equal Pro Micros: it asks, and only the chosen one is written', caterina),
  twins('two equal RP2040: it asks, and only the chosen one is written', rp2040),
];

/** Shares the cases out among so many machines: each gets every so-manyeth one. */
export function casesOf(cases: readonly LabCase[], machines: number): readonly LabCase[][] {
  return Array.from({ length: machines }, (_, machine) =>
    cases.filter((_, index) => index % machines === machine),
  );
}
