/**
 * Every tool in every way to behave, held against what the chip holds: no run is called complete or failed against it.
 * A tool that says all the words of a comparison which it never made cannot be told; no tool here does so, but where
 * Kiln compares by itself that is tried too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Contents } from '../../flash/run/contents.ts';
import { busBoard } from '../fixtures/flash/bus-board.ts';
import {
  FAKE_TOOLS,
  type FakeCall,
  type FakeTool,
  fakeTool,
} from '../fixtures/flash/fake-tools.ts';
import { createRun, hexImage, PAD, toolchainWith } from '../fixtures/flash/runs.ts';
import { temporaryFolder, writeTool } from '../fixtures/toolchain/tools.ts';
import { stm32Image } from '../usb-lab/guest/images.ts';

/** A silent tool is ended after so long here: longer than a busy machine takes to start a shell. */
const SILENCE_MS = 4000;
/** So many runs at once: most of them wait. */
const AT_ONCE = 6;

const GARBAGE = 'head -c 100000 /dev/urandom; echo';
const NOISE = (bytes: number) => `yes 'a line of no meaning whatever' | head -c ${bytes}`;

/** The longest output of all, once for each tool. */
const LONG = 'prints 100 MB, nothing done';

/** What it does instead of its work, and how a run has to end by that; `write` and `read` differ in some. */
const BEHAVIOURS: Readonly<Record<string, readonly [script: string, write: string, read: string]>> =
  {
    'exits with 0 after doing nothing': ['exit 0', 'failed', 'unconfirmed'],
    'exits with 1 after doing nothing': ['exit 1', 'failed', 'unconfirmed'],
    'exits with 1 after doing well': ['$WELL; exit 1', 'complete', 'complete'],
    'prints garbage': [`${GARBAGE}; exit 0`, 'failed', 'unconfirmed'],
    'prints garbage around doing well': [
      `${GARBAGE}; $WELL; ${GARBAGE}; exit 0`,
      'complete',
      'complete',
    ],
    'says in other words that all is well': [
      'echo done; echo OK; echo 100%; exit 0',
      'failed',
      'unconfirmed',
    ],
    'hangs at once': ['exec sleep 100', 'failed', 'unconfirmed'],
    'hangs half way': ['$HALF; exec sleep 100', 'failed', 'unconfirmed'],
    'hangs after doing well': ['$WELL; exec sleep 100', 'complete', 'complete'],
    'leaves a child behind, nothing done': ['(exec sleep 100) & exit 0', 'failed', 'unconfirmed'],
    'leaves a child behind after doing well': [
      '(exec sleep 100) & $WELL; exit 0',
      'complete',
      'complete',
    ],
    'goes, and its child would do the work': [
      '(sleep 100; $WELL) & exit 0',
      'failed',
      'unconfirmed',
    ],
    [LONG]: [`${NOISE(100_000_000)}; exit 0`, 'failed', 'unconfirmed'],
    'prints 5 MB around doing well': [
      `${NOISE(5_000_000)}; $WELL; ${NOISE(5_000_000)}; exit 0`,
      'complete',
      'complete',
    ],
    'crashes at once': ['kill -SEGV $$', 'failed', 'unconfirmed'],
    'crashes half way': ['$HALF; kill -SEGV $$', 'failed', 'unconfirmed'],
    'crashes after doing well': ['$WELL; kill -SEGV $$', 'complete', 'complete'],
  };

const imageOf = ({ format }: FakeTool) =>
  format === 'hex' ? hexImage(1500).image : stm32Image(3000).image;

async function runWith(tool: FakeTool, bad: FakeCall, script: string) {
  const folder = temporaryFolder();
  const chip = join(folder, 'chip');
  writeFileSync(chip, 'old');
  writeTool(join(folder, 'bin'), tool.command, fakeTool(tool, chip, bad, script));
  if (tool.beside !== undefined) writeFileSync(join(folder, 'bin', tool.beside), '');
  const bus = busBoard(tool.ids.vid, tool.ids.pid, tool.ids.product);
  const image = imageOf(tool);
  const keyboard = { ...PAD, bootloader: tool.bootloader, processor: tool.processor };
  const { run } = createRun(
    bus,
    // What the image lacks to be for the chip is not what is tried here.
    { image, keyboard, confirmation: PAD.name },
    { toolchain: toolchainWith(folder), returnMs: 300, silenceMs: SILENCE_MS },
  );
  const ended = run.run();
  while (run.state.phase !== 'return' && run.state.phase !== 'ended') await sleep(10);
  const holdsImage = () => readFileSync(chip).equals(Buffer.from(image.content));
  // A bootloader starts only a firmware that is whole.
  if (holdsImage()) bus.comeBack();
  const state = await ended;
  return { state, lines: run.lines, chip: readFileSync(chip, 'latin1'), holdsImage: holdsImage() };
}

/** What must be true of the chip where a run says so. */
const TRUTH: Readonly<Record<Contents, (chip: string, holdsImage: boolean) => boolean>> = {
  unchanged: (chip) => chip === 'old',
  erased: (chip) => chip === 'erased',
  partial: (_, holdsImage) => !holdsImage,
  differs: (_, holdsImage) => !holdsImage,
  unknown: () => true,
  'new-unverified': (_, holdsImage) => holdsImage,
  new: (_, holdsImage) => holdsImage,
};

async function tell(tool: FakeTool, bad: FakeCall, script: string): Promise<string> {
  const { state, lines, chip, holdsImage } = await runWith(tool, bad, script);
  const outcome = state.end?.outcome ?? 'no end';
  const log = lines.slice(-6).join(' / ');
  if (outcome === 'complete' && !holdsImage) return `a false complete: ${log}`;
  // What nobody could see may be there all the same, but then nobody says that it is not.
  if (outcome === 'failed' && holdsImage && state.holds !== 'unknown') return `a lie: ${log}`;
  if (!TRUTH[state.holds](chip, holdsImage)) return `it does not hold ${state.holds}: ${log}`;
  if (lines.length > 2100) return `a log of ${lines.length} lines`;
  // Stopped for what it did, and not because it never came to its turn.
  if (!lines.some((line) => line.includes(`/${tool.command} `))) return `it never ran: ${log}`;
  return outcome;
}

/** How a run has to end in which this call behaves so. */
function expected(
  { role, well }: FakeCall,
  [script, write, read]: readonly [string, string, string],
) {
  if (role === 'write') return write;
  if (role === 'read') return read;
  // Whether a keyboard was told to leave shows by its return, and nothing else.
  if (role === 'leave') return 'complete';
  // One that erases without a word is believed by its exit code; the comparison afterwards tells.
  const isBelieved = well.includes('Success') || script.endsWith('exit 0');
  return isBelieved ? write : 'failed';
}

const behavioursOf = ({ role }: FakeCall) =>
  Object.entries(BEHAVIOURS).filter(([name]) => role === 'write' || name !== LONG);

const CALLS = FAKE_TOOLS.flatMap((tool) =>
  tool.calls.map((call) => ({ tool, call, title: `${tool.name}, ${call.role}` })),
);

describe.each(CALLS)('$title', ({ tool, call }) => {
  it('ends as its chip says, however the tool behaves', { timeout: 120_000 }, async () => {
    const left = behavioursOf(call);
    const ends: Record<string, string> = {};
    const next = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const [name, [script]] = one;
        ends[name] = await tell(tool, call, script);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    const wanted = behavioursOf(call).map(([name, one]) => [name, expected(call, one)]);
    expect(ends).toEqual(Object.fromEntries(wanted));
  });
});

it('a tool that says all the words and writes nothing is found out where Kiln compares', async () => {
  const tool = FAKE_TOOLS.find(({ name }) => name === 'dfu-util, DfuSe');
  const call = tool?.calls[0];
  if (tool === undefined || call === undefined) throw new Error('it is in the list');
  const { state } = await runWith(tool, call, call.well.replace('cp ', ': '));
  expect(state.end).toMatchObject({ outcome: 'failed', failure: 'verify-failed' });
  expect(state.holds).toBe('differs');
});
