/** `kiln flash`: an image onto the keyboard that is plugged in, and the truth about what happened. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { errnoOf, errorFromReport, KilnError, toKilnError } from '../../core/errors.ts';
import { isJobId } from '../../core/queue/contract.ts';
import type { StartFlash } from '../../flash/flash-service.ts';
import { type FirmwareImage, readFirmwareImage } from '../../flash/image/firmware-image.ts';
import { type CommandContext, createContext, type GlobalOptions } from '../context.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { type FlashClient, type FlashRunShape, openFlashClient } from '../service/flash-client.ts';
import type { JobClient } from '../service/job-client.ts';
import type { Terminal } from '../terminal.ts';
import { buildKeymap, connect, nameHand, nameTree, readKeymap } from './compile.ts';

export interface FlashOptions extends GlobalOptions {
  readonly device?: string;
  readonly bootloader?: string;
  readonly keyboard?: string;
  readonly mcu?: string;
  readonly tree?: string;
  readonly wait?: string;
  readonly confirm?: string;
  readonly clearEeprom?: boolean;
  readonly hand?: string;
  readonly exit?: boolean;
  readonly yes?: boolean;
}

type EndedRun = FlashRunShape & { readonly end: NonNullable<FlashRunShape['end']> };

interface Source {
  readonly image: FirmwareImage;
  readonly builtFor: StartFlash['builtFor'];
  readonly jobId: string | null;
  /** It makes its half the left or the right one by itself. */
  readonly holdsHand: boolean;
}

const DEFAULT_WAIT_SECONDS = 300;
const LONGEST_WAIT_SECONDS = 86_400;

async function readImageFile(file: string): Promise<Source> {
  const content = await readFile(file).catch((error: unknown) => {
    const why = errnoOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new KilnError('flash.image-invalid', `The file ${file} ${why}.`, {
      cause: error,
      remedy: 'Name an image, a keymap JSON file or the id of a job.',
    });
  });
  return {
    image: readFirmwareImage(basename(file), content),
    builtFor: null,
    jobId: null,
    holdsHand: false,
  };
}

/** @returns null where the firmware holds no hand: then it is set in the keyboard's settings. */
async function buildForHand(
  client: JobClient,
  what: string,
  keymap: Uint8Array,
  context: CommandContext,
) {
  try {
    return await buildKeymap(client, what, keymap, context, {});
  } catch (error) {
    if (toKilnError(error).details?.rule === 'hand.unsupported') return null;
    throw error;
  }
}

/** The image of a job: one that is named, or that builds the keymap now. */
async function readBuiltImage(
  what: string,
  context: CommandContext,
  options: FlashOptions,
): Promise<Source | number> {
  const isJob = isJobId(what);
  const keymap = isJob ? null : nameTree(await readKeymap(what), options.tree);
  const client = await connect(context);
  try {
    const handed =
      keymap === null || options.hand === undefined
        ? null
        : await buildForHand(client, what, nameHand(keymap, options.hand), context);
    const built =
      handed ?? (keymap === null ? null : await buildKeymap(client, what, keymap, context, {}));
    if (typeof built === 'number') return built;
    const id = built?.id ?? what;
    const { result, build, error } = await client.view(id);
    const name = result?.firmwareFilename ?? null;
    if (name === null || build === null) {
      throw error === null
        ? new KilnError('job.no-file', `The job ${id} has no image.`)
        : errorFromReport(error);
    }
    const image = readFirmwareImage(basename(name), Buffer.from(await client.image(id)));
    const builtFor = { tree: build.tree, name: build.keyboard };
    return { image, builtFor, jobId: id, holdsHand: build.hand !== undefined };
  } finally {
    await client.close((text) => context.terminal.status(text));
    context.terminal.clearStatus();
  }
}

function actionOf({ clearEeprom, hand, exit }: FlashOptions): StartFlash['action'] {
  if (exit) return 'exit';
  if (hand !== undefined) return 'set-hand';
  return clearEeprom ? 'clear-eeprom' : 'flash';
}

function waitMsOf(seconds: string | undefined): number {
  const number = Number(seconds ?? DEFAULT_WAIT_SECONDS);
  if (Number.isInteger(number) && number >= 0 && number <= LONGEST_WAIT_SECONDS)
    return number * 1000;
  throw new KilnError(
    'settings.invalid',
    `--wait takes seconds from 0 to ${LONGEST_WAIT_SECONDS}.`,
    {
      remedy: `Leave it out to wait for ${DEFAULT_WAIT_SECONDS} seconds.`,
    },
  );
}

const QUESTIONS: Readonly<Record<StartFlash['action'], string>> = {
  flash: 'Write it to the keyboard',
  'clear-eeprom': 'Clear the keyboard’s settings',
  'set-hand': 'Set the hand, which also clears the other settings',
  exit: 'Leave the bootloader',
};

/** Nothing is written without a yes. @throws KilnError `flash.canceled` */
async function ask(question: string, options: FlashOptions): Promise<void> {
  if (options.yes || options.exit) return;
  if (!process.stdin.isTTY || options.json) {
    throw new KilnError('flash.canceled', 'Nobody can be asked here, so nothing was done.', {
      remedy: 'Say --yes to flash without being asked.',
    });
  }
  const input = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await input.question(`${question}? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    input.close();
  }
  throw new KilnError('flash.canceled', 'Nothing was done.');
}

/** What is shown of a run that goes on. */
function show(run: FlashRunShape, terminal: Terminal, tell: (text: string) => void): void {
  const { phase, stage, fraction } = run;
  if (phase === 'wait') {
    const how = run.instructions.join('; ');
    tell(run.problem ?? `Waiting for the keyboard’s bootloader. ${how}.`);
  } else if (stage !== null) {
    terminal.progress('Flashing', fraction === null ? { stage } : { stage, fraction });
  } else if (phase === 'return') tell('Waiting for the keyboard to come back.');
}

/** Follows a run to its end; Ctrl+C cancels it where that is safe, and says why where it is not. */
async function follow(flash: FlashClient, id: string, terminal: Terminal): Promise<EndedRun> {
  let told = '';
  const tell = (text: string): void => {
    if (text !== told) terminal.status(text);
    told = text;
  };
  const cancel = (): void => {
    flash.cancel(id).catch((error: unknown) => tell(toKilnError(error).message));
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  try {
    for await (const run of flash.story(id)) {
      if (run.end !== null) return { ...run, end: run.end };
      if (run.phase === 'choose') {
        await flash.cancel(id);
        const names = run.choices.map((choice) => `${choice.id} (${choice.title})`).join(', ');
        throw new KilnError('flash.device-choice', `Several devices fit: ${names}.`, {
          details: { devices: run.choices.map((choice) => choice.id) },
        });
      }
      show(run, terminal, tell);
    }
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    terminal.clearStatus();
  }
  throw new KilnError('internal.defect', 'The flash run has no end.');
}

/** What programs are told of it: what was, without what only matters while it runs. */
function recordOf(run: EndedRun) {
  const { id, action, keyboard, image, job: jobId, device, bootloader } = run;
  const { startedAt, endedAt, holds, end } = run;
  return { id, action, keyboard, image, jobId, device, bootloader, startedAt, endedAt, holds, end };
}

function exitCodeOfEnd({ outcome, error }: EndedRun['end']): number {
  if (outcome === 'complete' || outcome === 'written') return EXIT.ok;
  if (outcome === 'canceled') return EXIT.canceled;
  return error === null ? EXIT.environment : exitCodeOf(errorFromReport(error));
}

/** @param what an image file, a keymap JSON file or a job's id; absent where no image is needed. */
export async function flashCommand(
  what: string | undefined,
  options: FlashOptions,
): Promise<number> {
  const context = createContext(options);
  const { terminal, settings, log } = context;
  const wanted = actionOf(options);
  const { hand = null } = options;
  if (hand !== null && hand !== 'left' && hand !== 'right') {
    throw new KilnError('flash.unsupported', '--hand takes left or right.');
  }
  if (what === undefined && wanted === 'flash') {
    throw new KilnError('flash.image-invalid', 'There is nothing to flash.', {
      remedy: 'Name an image, a keymap JSON file or the id of a job.',
    });
  }
  const waitMs = waitMsOf(options.wait);
  const isBuilt = what !== undefined && (isJobId(what) || what.endsWith('.json'));
  const source =
    what === undefined
      ? null
      : isBuilt
        ? await readBuiltImage(what, context, options)
        : await readImageFile(what);
  if (typeof source === 'number') return source;
  // An image for one half needs no more than to be written.
  const action = source?.holdsHand === true ? 'flash' : wanted;
  if (source !== null) {
    const size = source.image.size.toLocaleString('en');
    terminal.status(`${source.image.name}: ${size} bytes of flash`);
  }
  await ask(QUESTIONS[action], options);
  const flash = await openFlashClient(settings, log);
  try {
    if (flash.where !== null) terminal.status(`Flashing through ${flash.where}.`);
    const { keyboard, tree } = options;
    const id = await flash.start({
      action,
      hand: action === 'set-hand' ? hand : null,
      image: source?.image ?? null,
      builtFor: source?.builtFor ?? null,
      jobId: source?.jobId ?? null,
      keyboard: keyboard === undefined ? null : { tree, name: keyboard },
      device: options.device ?? null,
      bootloader: options.bootloader ?? null,
      mcu: options.mcu ?? null,
      confirmation: options.confirm ?? null,
      waitMs,
    });
    const run = await follow(flash, id, terminal);
    const { end } = run;
    if (end.outcome === 'failed' || end.outcome === 'unconfirmed') {
      for (const line of (await flash.log(id)).slice(-40)) terminal.line(line);
    }
    for (const text of [end.message, end.holds, end.next]) terminal.line(text);
    terminal.result({ run: recordOf(run) });
    return exitCodeOfEnd(end);
  } finally {
    await flash.close();
  }
}
