/**
 * What is tried in the virtual machine: each family once with success, and twins that must fail. The verdict comes from
 * the emulated flash.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFirmwareImage } from '../../../flash/image/firmware-image.ts';
import {
  AVR_BOOT,
  assertHolds,
  assertUntouched,
  avr,
  BLANK,
  boardOf,
  FAMILIES,
  type Family,
  holdsImage,
  keyboardWith,
  NEVER_BACK_MS,
  OLD,
  PAD,
  request,
  stm32,
} from './families.ts';
import { uf2Image } from './images.ts';
import type { Lab } from './lab.ts';
import type { BoardSpec } from './messages.ts';

export interface LabCase {
  readonly title: string;
  /** Key of the bootloader that it shows to be detected and flashed. */
  readonly proves?: string;
  run(lab: Lab): Promise<void>;
}

const success = (family: Family): LabCase => ({
  title: `${family.name}: detected, written, and seen again as a keyboard`,
  proves: family.keyboard.bootloader,
  async run(lab) {
    await lab.plug(boardOf(family));
    const end = await lab.flash(request(family));
    assert.equal(end.bootloader, family.keyboard.bootloader);
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

const emptied = Buffer.from([0]);
/** The hand stands behind fourteen other bytes: QMK's `EECONFIG_HANDEDNESS`. */
const handed = (hand: number) => Buffer.from([...Array(14).fill(0), hand]);

/** Settings are written, the rest of the EEPROM and the firmware stay. */
const settings = (family: Family, what: object, title: string, expected: Buffer): LabCase => ({
  title: `${family.name}: ${title}, and the firmware stays`,
  async run(lab) {
    await lab.plug(boardOf(family));
    const before = (await lab.view()).eeprom ?? Buffer.alloc(0);
    const end = await lab.flash({ keyboard: family.keyboard, ...what });
    assert.equal(end.outcome, 'complete', end.message);
    const view = await lab.view();
    assertUntouched(view);
    const wanted = Buffer.from(before);
    wanted.set(expected);
    assert.deepEqual(Buffer.from(view.eeprom ?? []), wanted);
  },
});

const left = (family: Family): LabCase => ({
  title: `${family.name}: left without flashing, and the firmware runs again`,
  async run(lab) {
    await lab.plug(boardOf(family));
    const end = await lab.flash({ action: 'exit', keyboard: family.keyboard });
    assert.equal(end.outcome, 'complete', end.message);
    assertUntouched(await lab.view());
  },
});

const { stm32: stm, flip, qmkDfu, caterina, halfkay, stm32duino, kiibohd, rp2040 } = FAMILIES;

const SETTINGS: readonly LabCase[] = [
  settings(caterina, { action: 'clear-eeprom' }, 'settings are cleared', emptied),
  settings(caterina, { action: 'set-hand', hand: 'left' }, 'it becomes the left half', handed(1)),
  settings(qmkDfu, { action: 'clear-eeprom' }, 'settings are cleared', emptied),
  settings(qmkDfu, { action: 'set-hand', hand: 'right' }, 'it becomes the right half', handed(0)),
  {
    title: 'Atmel DFU: it becomes the left half, and what that erased is written again',
    async run(lab) {
      await lab.plug(boardOf(flip));
      const end = await lab.flash({ ...request(flip), action: 'set-hand', hand: 'left' });
      assert.equal(end.outcome, 'complete', end.message);
      const view = await lab.view();
      assertHolds(view, avr.data, AVR_BOOT);
      assert.deepEqual(Buffer.from(view.eeprom?.subarray(0, 15) ?? []), handed(1));
      assert.equal(view.eeprom?.[15], OLD);
    },
  },
  ...[stm, flip, halfkay].map(left),
];

const CANCELS: readonly LabCase[] = [
  {
    title: 'a run that waits is canceled, and the board that comes then is left alone',
    async run(lab) {
      const run = lab.createRun(request(stm));
      const ended = run.run();
      await lab.until('the wait', () => run.state.phase === 'wait');
      run.cancel();
      assert.equal((await ended).end?.outcome, 'canceled');
      await lab.plug(boardOf(stm));
      await lab.until('the board', () => lab.devices().some(({ can }) => can.includes('flash')));
      assertUntouched(await lab.view());
    },
  },
  {
    title: 'a run that writes is not canceled, and comes to a good end',
    async run(lab) {
      await lab.plug(boardOf(stm));
      const run = lab.createRun(request(stm));
      const ended = run.run();
      await lab.until('writing', () => run.state.phase === 'work' && run.state.holds === 'partial');
      assert.throws(() => run.cancel(), /without working firmware/);
      assert.equal((await ended).end?.outcome, 'complete');
      assertHolds(await lab.view(), stm.lab.data, stm.blankTo);
    },
  },
  {
    title: 'a run that compares is canceled, and says that nothing was compared',
    async run(lab) {
      await lab.plug(boardOf(stm));
      const run = lab.createRun(request(stm));
      const ended = run.run();
      await lab.until('comparing', () => run.state.stage === 'verify');
      run.cancel();
      const { end, holds } = await ended;
      assert.equal(end?.outcome, 'canceled');
      assert.equal(holds, 'new-unverified');
      assertHolds(await lab.view(), stm.lab.data, stm.blankTo);
    },
  },
];

export const CASES: readonly LabCase[] = [
  success(stm),
  success(flip),
  success(qmkDfu),
  success(stm32duino),
  success(kiibohd),
  success(halfkay),
  success(rp2040),
  {
    proves: 'caterina',
    title:
      'Caterina with avrdude: from a keymap in JSON to the flash, which holds what was built, by way of a touch at 1200 baud',
    async run(lab) {
      const file = process.env.KILN_LAB_IMAGE ?? '';
      const image = readFirmwareImage('kiln_pad4x4_lab.hex', readFileSync(file));
      await lab.plug({ kind: 'caterina', startsInFirmware: true });
      const end = await lab.flash({ image, builtFor: PAD, keyboard: PAD });
      assert.equal(end.bootloader, 'caterina');
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
  ...[stm32duino, kiibohd].map((family) => pulled(family, 'in the middle', 3)),
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
  ...SETTINGS,
  ...CANCELS,
];

/** Shares the cases out among so many machines: each gets every so-manyeth one. */
export function casesOf(cases: readonly LabCase[], machines: number): readonly LabCase[][] {
  return Array.from({ length: machines }, (_, machine) =>
    cases.filter((_, index) => index % machines === machine),
  );
}
