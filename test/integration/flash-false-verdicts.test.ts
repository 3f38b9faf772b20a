/** Tools that lie: no flash run may be called complete, or failed, against what the chip holds. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AttachedDevice, DeviceSource } from '../../flash/devices/model.ts';
import { createRun, hexImage, PAD, toolchainWith } from '../fixtures/flash/runs.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';
import { stm32Image } from '../usb-lab/guest/images.ts';

interface Board extends DeviceSource {
  /** The keyboard comes back, as after a good end. */
  comeBack(): void;
}

/** A bus with one board in its bootloader; its flash is only what the fake tool says. */
function board(vid: string, pid: string): Board {
  const listeners = new Set<(devices: readonly AttachedDevice[]) => void>();
  const at = (address: number, ids: { vid: string; pid: string }): AttachedDevice => ({
    id: 'usb-1-1',
    instance: `usb-1-1#1.${address}`,
    usb: {
      path: '1-1',
      bus: 1,
      address,
      ...ids,
      revision: '0100',
      manufacturer: null,
      product: null,
      serial: null,
      node: null,
      driver: null,
    },
    ports: [{ path: '/dev/null', access: 'ok' }],
    hid: [],
    volumes: [],
  });
  let attached = at(1, { vid, pid });
  return {
    list: () => [attached],
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    touch: async () => undefined,
    comeBack() {
      attached = at(2, PAD.usb);
      for (const listener of listeners) listener([attached]);
    },
  };
}

/** A dead process may stay in the table until its parent looks. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

const VERIFIED = 'avrdude: 100 bytes of flash written\navrdude: 100 bytes of flash verified';

async function flashWith(script: string, options: { back?: boolean; tool?: string } = {}) {
  const bundle = temporaryFolder();
  const { tool = 'avrdude', back = true } = options;
  writeTool(`${bundle}/bin`, tool, script);
  const isTeensy = tool === 'teensy_loader_cli';
  const bus = isTeensy ? board('16c0', '0478') : board('2341', '0036');
  const keyboard = isTeensy ? { ...PAD, bootloader: 'halfkay' } : PAD;
  const { run } = createRun(
    bus,
    { image: hexImage(100).image, keyboard },
    { toolchain: toolchainWith(bundle), returnMs: 700 },
  );
  const ended = run.run();
  while (back && run.state.phase !== 'return' && run.state.phase !== 'ended') await sleep(10);
  if (back) bus.comeBack();
  return { state: await ended, lines: run.lines };
}

describe('a tool that', () => {
  it('exits with 0 after doing nothing is not believed', async () => {
    const { state } = await flashWith('exit 0');
    expect(state.end?.outcome).toBe('failed');
    expect(state.holds).toBe('unknown');
  });

  it('exits with 1 after it wrote and compared is no failure', async () => {
    const { state } = await flashWith(`echo '${VERIFIED}' >&2; exit 1`);
    expect(state.end?.outcome).toBe('complete');
    expect(state.holds).toBe('new');
  });

  it('exits with 0 after a failed comparison has failed', async () => {
    const { state } = await flashWith(
      `echo '${VERIFIED}' >&2; echo 'avrdude error: verification mismatch' >&2; exit 0`,
    );
    expect(state.end?.outcome).toBe('failed');
    expect(state.holds).toBe('differs');
  });

  it('prints garbage is not believed', async () => {
    const { state } = await flashWith('head -c 200000 /dev/urandom; exit 0');
    expect(state.end?.outcome).toBe('failed');
    expect(state.holds).toBe('unknown');
  });

  it('prints 100 MB is read to its end, with its log kept small', async () => {
    const { state, lines } = await flashWith(
      `yes 'avrdude: a line of no meaning whatever' | head -c 100000000; echo '${VERIFIED}'; exit 0`,
    );
    expect(state.end?.outcome).toBe('complete');
    expect(lines.length).toBeLessThan(2100);
  });

  it('leaves a child behind and goes is judged by what it showed, and the child is ended', async () => {
    const file = `${temporaryFolder()}/child`;
    const { state } = await flashWith(
      `(exec sleep 30) & echo $! > ${file}; echo '${VERIFIED}'; exit 0`,
    );
    expect(state.end?.outcome).toBe('complete');
    expect(isAlive(Number(readFileSync(file, 'utf8')))).toBe(false);
  });

  it('crashes half way has failed, with a part written', async () => {
    const { state } = await flashWith(
      `echo 'avrdude: writing 100 bytes flash ...'; printf 'Writing | ######'; kill -SEGV $$`,
    );
    expect(state.end?.outcome).toBe('failed');
    expect(state.holds).toBe('partial');
    expect(state.end?.message).toContain('crashed');
  });

  it('hangs is ended, and said to have', async () => {
    const { state } = await flashWith(`echo 'avrdude: erasing chip'; sleep 100`);
    expect(state.end?.outcome).toBe('failed');
    expect(state.end?.message).toContain('stopped saying anything');
    expect(state.holds).toBe('unknown');
  });

  it('claims all and leaves the keyboard in its bootloader is not believed', async () => {
    const script = `echo 'Read "image.hex": 100 bytes, 0.3% usage'; echo 'Programming..'; echo Booting`;
    const tool = 'teensy_loader_cli';
    const stays = await flashWith(script, { back: false, tool });
    expect(stays.state.end?.outcome).toBe('unconfirmed');
    const comesBack = await flashWith(script, { tool });
    expect(comesBack.state.end?.outcome).toBe('complete');
    const nothing = await flashWith('echo Programming; echo Booting', { tool });
    expect(nothing.state.end?.outcome).toBe('failed');
  });

  it('dies in the middle of a line has shown no more than it said', async () => {
    const { state } = await flashWith(
      `echo 'Read "image.hex": 100 bytes, 0.3% usage'; printf Programming.; kill -SEGV $$`,
      { back: false, tool: 'teensy_loader_cli' },
    );
    expect(state.end?.outcome).toBe('failed');
    expect(state.holds).toBe('partial');
  });

  it('is missing is named, with the way to get it, before anything is touched', async () => {
    const { run } = createRun(
      board('2341', '0036'),
      { image: hexImage(100).image, keyboard: PAD },
      { toolchain: toolchainWith(undefined, []) },
    );
    const state = await run.run();
    expect(state.end?.error).toMatchObject({ code: 'toolchain.missing' });
    expect(state.end?.next).toContain('apt-get install avrdude');
    expect(state.holds).toBe('unchanged');
  });
});

/** What a family's tool says when all is well; null for those of several calls, which the USB lab runs for real. */
const FAMILIES = [
  {
    tool: 'avrdude',
    ids: { vid: '2341', pid: '0036' },
    bootloader: 'caterina',
    well: `echo '${VERIFIED}'`,
  },
  {
    tool: 'teensy_loader_cli',
    ids: { vid: '16c0', pid: '0478' },
    bootloader: 'halfkay',
    well: `echo 'Read "image.hex": 100 bytes, 0.3% usage'; echo 'Programming..'; echo Booting`,
  },
  {
    tool: 'dfu-programmer',
    ids: { vid: '03eb', pid: '2ff4' },
    bootloader: 'atmel-dfu',
    well: null,
  },
  {
    tool: 'dfu-util',
    ids: { vid: '0483', pid: 'df11' },
    bootloader: 'stm32-dfu',
    well: null,
  },
] as const;

describe.each(FAMILIES)('$tool', ({ tool, ids, bootloader, well }) => {
  const runWith = async (script: string) => {
    const bundle = temporaryFolder();
    writeTool(`${bundle}/bin`, tool, script);
    const bus = board(ids.vid, ids.pid);
    const { run } = createRun(
      bus,
      {
        image: tool === 'dfu-util' ? stm32Image(3000).image : hexImage(100).image,
        keyboard: {
          ...PAD,
          bootloader,
          processor: tool === 'dfu-util' ? 'STM32F072' : PAD.processor,
        },
      },
      { toolchain: toolchainWith(bundle), returnMs: 700 },
    );
    const ended = run.run();
    while (run.state.phase !== 'return' && run.state.phase !== 'ended') await sleep(10);
    bus.comeBack();
    return { state: await ended, lines: run.lines };
  };

  it.each([
    ['exits with 0 after doing nothing', 'exit 0'],
    ['exits with 1 after doing nothing', 'exit 1'],
    ['prints garbage', 'head -c 200000 /dev/urandom; exit 0'],
    ['says in other words that all is well', 'echo done; echo OK; echo 100%; exit 0'],
    ['dies at once', 'kill -KILL $$'],
  ])('that %s is never complete', async (_, script) => {
    const { state, lines } = await runWith(script);
    expect(state.end?.outcome).toBe('failed');
    // Stopped for what it said, and not because it never came to its turn.
    expect(lines.join('\n')).toContain(`bin/${tool}`);
    expect(state.holds).not.toMatch(/^new/);
  });

  it.skipIf(well === null).each([
    ['exits with 1 after all was well', `${well}; exit 1`],
    ['leaves a child behind', `(exec sleep 30) & ${well}; exit 0`],
    ['prints 5 MB before', `yes 'a line of no meaning' | head -c 5000000; ${well}; exit 0`],
  ])('that %s has not failed', async (_, script) => {
    const { state, lines } = await runWith(script);
    expect(state.end?.outcome, lines.slice(-5).join('\n')).toBe('complete');
    expect(lines.length).toBeLessThan(2100);
  });
});
