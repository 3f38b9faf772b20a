/** The real avrdude and the real serial port package against an emulated Pro Micro. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Moment, ProMicro, type ProMicroOptions } from '../emulators/pro-micro.ts';
import { createRun, hexImage, PAD } from '../fixtures/flash/runs.ts';

async function plugIn(options: ProMicroOptions = {}): Promise<ProMicro> {
  const board = await ProMicro.plugIn(options);
  onTestFinished(() => board.unplug());
  return board;
}

/** What a chip has after its loader took an image, and nothing else. */
function flashWith(data: Uint8Array): Buffer {
  const flash = Buffer.alloc(32 * 1024, 0xff);
  flash.set(data, 0);
  return flash;
}

const EMPTY = Buffer.alloc(32 * 1024, 0xff);

describe('a Pro Micro in its bootloader', () => {
  it('is written, compared, and comes back with the new firmware', async () => {
    const board = await plugIn();
    const { data, image } = hexImage(22_172);
    const { run, phases, fractions } = createRun(board, { image, keyboard: PAD });
    const state = await run.run();
    expect(state.end, run.lines.join('\n')).toMatchObject({ outcome: 'complete' });
    expect(state.holds).toBe('new');
    expect(Buffer.compare(Buffer.from(board.device.flash), flashWith(data))).toBe(0);
    expect(board.device.violations).toEqual([]);
    expect(phases).toEqual([
      'prepare',
      'work write',
      'work erase',
      'work write',
      'work verify',
      'return',
      'ended',
    ]);
    expect(fractions.length).toBeGreaterThan(20);
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
  });

  it('with one bit that reads back wrong has failed, and is said not to hold the image', async () => {
    const board = await plugIn({ badCell: 777 });
    const { run } = createRun(board, { image: hexImage(3000).image, keyboard: PAD });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'failed', failure: 'verify-failed' });
    expect(state.holds).toBe('differs');
  });

  it('with another chip is left as it is', async () => {
    const board = await plugIn({ signature: [0x1e, 0x95, 0x8a] });
    const { run } = createRun(board, { image: hexImage(3000).image, keyboard: PAD });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'failed', failure: 'wrong-chip' });
    expect(state.holds).toBe('unchanged');
    expect(board.device.erased).toBe(false);
    expect(Buffer.from(board.device.flash).equals(EMPTY)).toBe(true);
  });

  it('that does not start its firmware is written all the same, and a person is told so', async () => {
    const board = await plugIn({ comesBack: false });
    const { data, image } = hexImage(1000);
    const { run } = createRun(board, { image, keyboard: PAD }, { returnMs: 600 });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'written' });
    expect(state.holds).toBe('new');
    expect(Buffer.from(board.device.flash).equals(flashWith(data))).toBe(true);
  });

  it.each<[Moment, string, string]>([
    ['connect', 'unchanged', 'no-device'],
    ['erase', 'unknown', ''],
    ['write', 'partial', ''],
    // All of it was acknowledged, and then the keyboard was gone: more than what anyone can know.
    ['verify', 'unknown', ''],
  ])('whose cable is pulled at %s is not waited for without end', async (pulledAt, holds) => {
    const board = await plugIn({ pulledAt });
    const { run } = createRun(
      board,
      { image: hexImage(22_172).image, keyboard: PAD },
      { returnMs: 500 },
    );
    const state = await run.run();
    expect(state.end?.outcome, run.lines.join('\n')).toBe(
      pulledAt === 'verify' ? 'unconfirmed' : 'failed',
    );
    // What it held before, if nothing was erased; never more than was shown.
    expect(state.holds === holds || (pulledAt === 'connect' && state.holds === 'unknown')).toBe(
      true,
    );
    expect(state.end?.next).not.toBe('');
  });
});

describe('a Pro Micro that runs its firmware', () => {
  it('is touched at 1200 baud, and flashed when its bootloader comes', async () => {
    const board = await plugIn({ inBootloader: false });
    const { data, image } = hexImage(5000);
    const { run, phases } = createRun(board, { image, keyboard: PAD });
    const state = await run.run();
    expect(state.end, run.lines.join('\n')).toMatchObject({ outcome: 'complete' });
    expect(phases.slice(0, 2)).toEqual(['prepare', 'wait']);
    expect(board.ports[0]?.closings).toEqual([1200]);
    expect(Buffer.from(board.device.flash).equals(flashWith(data))).toBe(true);
  });

  it('is not touched when another keyboard is meant', async () => {
    const board = await plugIn({ inBootloader: false });
    const other = { ...PAD, name: 'other', usb: { vid: 'feed', pid: '0001' } };
    const { run } = createRun(board, { image: hexImage(100).image, keyboard: other, waitMs: 500 });
    const state = await run.run();
    expect(state.end).toMatchObject({ outcome: 'failed' });
    expect(state.holds).toBe('unchanged');
    expect(board.ports[0]?.closings).toEqual([]);
  });
});

describe('the settings of a Pro Micro', () => {
  it('are cleared, and its firmware stays', async () => {
    const board = await plugIn();
    board.device.flash.set(hexImage(500).data);
    board.device.eeprom.fill(0x42);
    const before = Buffer.from(board.device.flash);
    const { run } = createRun(board, { action: 'clear-eeprom', keyboard: PAD });
    const state = await run.run();
    expect(state.end, run.lines.join('\n')).toMatchObject({ outcome: 'complete' });
    expect(state.holds).toBe('unchanged');
    expect(Buffer.from(board.device.flash).equals(before)).toBe(true);
    expect(board.device.eeprom[0]).toBe(0);
    expect(board.device.eeprom[1]).toBe(0x42);
  });

  it.each([
    ['left', 1],
    ['right', 0],
  ] as const)('get the %s hand of a split', async (hand, value) => {
    const board = await plugIn();
    board.device.eeprom.fill(0x42);
    const { run } = createRun(board, { action: 'set-hand', hand, keyboard: PAD });
    expect((await run.run()).end).toMatchObject({ outcome: 'complete' });
    expect([...board.device.eeprom.subarray(0, 16)]).toEqual([...Array(14).fill(0), value, 0x42]);
  });
});

describe('an image that does not fit', () => {
  it('is stopped before anything is erased', async () => {
    const board = await plugIn();
    const { run } = createRun(board, { image: hexImage(28_673).image, keyboard: PAD });
    const state = await run.run();
    expect(state.end?.error).toMatchObject({ code: 'flash.image-mismatch' });
    expect(state.holds).toBe('unchanged');
    expect(board.device.commands).toEqual([]);
  });

  it('for another keyboard is written only when its name was typed', async () => {
    const builtFor = { name: 'kiln/sixty', processor: 'atmega32u4', bootloader: 'caterina' };
    const board = await plugIn();
    const { data, image } = hexImage(700);
    const wrong = await createRun(board, { image, builtFor, keyboard: PAD }).run.run();
    expect(wrong.end?.error?.details).toMatchObject({ confirm: 'kiln/pad4x4' });
    expect(board.device.commands).toEqual([]);
    const changes = { image, builtFor, keyboard: PAD, confirmation: 'kiln/pad4x4' };
    const right = await createRun(board, changes).run.run();
    expect(right.end).toMatchObject({ outcome: 'complete' });
    expect(Buffer.from(board.device.flash).equals(flashWith(data))).toBe(true);
  });
});
