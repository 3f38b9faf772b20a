/** Tools that lie: no flash run may be called complete, or failed, against what the chip holds. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { busBoard } from '../fixtures/flash/bus-board.ts';
import { createRun, hexImage, PAD, toolchainWith } from '../fixtures/flash/runs.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';

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
  const bus = isTeensy ? busBoard('16c0', '0478') : busBoard('2341', '0036');
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
      busBoard('2341', '0036'),
      { image: hexImage(100).image, keyboard: PAD },
      { toolchain: toolchainWith(undefined, []) },
    );
    const state = await run.run();
    expect(state.end?.error).toMatchObject({ code: 'toolchain.missing' });
    expect(state.end?.next).toContain('apt-get install avrdude');
    expect(state.holds).toBe('unchanged');
  });
});
