/** `kiln flash`: an image onto the keyboard that is plugged in, and the truth about what happened. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { errnoOf, errorFromReport, KilnError, toKilnError } from '../../core/errors.ts';
import { isJobId } from '../../core/queue/contract.ts';
import { startDeviceWatcher } from '../../flash/devices/device-watcher.ts';
import {
  createFlashService,
  type FlashService,
  type StartFlash,
} from '../../flash/flash-service.ts';
import { createFlashHistory } from '../../flash/history/flash-history.ts';
import { type FirmwareImage, readFirmwareImage } from '../../flash/image/firmware-image.ts';
import type { RunEnd } from '../../flash/run/state.ts';
import { type CommandContext, createContext, type GlobalOptions } from '../context.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { openKiln } from '../service/kiln.ts';
import type { Terminal } from '../terminal.ts';
import { buildKeymap, connect, nameTree, readKeymap } from './compile.ts';

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

interface Source {
  readonly image: FirmwareImage;
  readonly builtFor: StartFlash['builtFor'];
  readonly jobId: string | null;
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
  return { image: readFirmwareImage(basename(file), content), builtFor: null, jobId: null };
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
    const built = keymap === null ? null : await buildKeymap(client, what, keymap, context, {});
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
    return { image, builtFor: { tree: build.tree, name: build.keyboard }, jobId: id };
  } finally {
    await client.close();
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

/** Follows a run to its end; Ctrl+C cancels it where that is safe, and says why where it is not. */
async function follow(flash: FlashService, id: string, terminal: Terminal): Promise<RunEnd> {
  const ended = Promise.withResolvers<RunEnd>();
  let told = '';
  const tell = (text: string): void => {
    if (text !== told) terminal.status(text);
    told = text;
  };
  const cancel = (): void => {
    flash.cancel(id).catch((error: unknown) => tell(toKilnError(error).message));
  };
  const show = (): void => {
    const { record, live } = flash.run(id);
    if (record.end !== null) ended.resolve(record.end);
    if (record.end !== null || live === null) return;
    const { state, waiting } = live;
    if (state.phase === 'choose') {
      const names = waiting.choices.map((choice) => `${choice.id} (${choice.title})`).join(', ');
      cancel();
      ended.reject(
        new KilnError('flash.device-choice', `Several devices fit: ${names}.`, {
          details: { devices: waiting.choices.map((choice) => choice.id) },
        }),
      );
      return;
    }
    if (state.phase === 'wait') {
      const how = waiting.instructions.join('; ');
      tell(waiting.problem ?? `Waiting for the keyboard’s bootloader. ${how}.`);
    } else if (state.stage !== null) {
      const progress = { stage: state.stage };
      const { fraction } = state;
      terminal.progress('Flashing', fraction === null ? progress : { ...progress, fraction });
    } else if (state.phase === 'return') tell('Waiting for the keyboard to come back.');
  };
  const unwatch = flash.watchRuns((news) => {
    if (news.id === id && news.type === 'change') show();
  });
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  try {
    show();
    return await ended.promise;
  } finally {
    unwatch();
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    terminal.clearStatus();
  }
}

function exitCodeOfEnd({ outcome, error }: RunEnd): number {
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
  const action = actionOf(options);
  const { hand = null } = options;
  if (hand !== null && hand !== 'left' && hand !== 'right') {
    throw new KilnError('flash.unsupported', '--hand takes left or right.');
  }
  if (what === undefined && action === 'flash') {
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
  const kiln = await openKiln(settings, { log, exclusive: false });
  const flash = createFlashService({
    ...kiln,
    history: createFlashHistory(kiln.database),
    watcher: startDeviceWatcher({ log }),
    folder: join(kiln.paths.builds, 'flash'),
    lockFile: kiln.paths.flashLock,
    log,
  });
  try {
    if (source !== null) {
      const size = source.image.size.toLocaleString('en');
      terminal.status(`${source.image.name}: ${size} bytes of flash`);
    }
    await ask(QUESTIONS[action], options);
    const tree = options.tree ?? (await kiln.trees.defaultTree()).name;
    const { keyboard } = options;
    const started = await flash.start({
      action,
      hand,
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
    const { id } = started.record;
    const end = await follow(flash, id, terminal);
    const { record } = flash.run(id);
    if (end.outcome === 'failed' || end.outcome === 'unconfirmed') {
      for (const line of flash.log(id).slice(-40)) terminal.line(line);
    }
    for (const text of [end.message, end.holds, end.next]) terminal.line(text);
    terminal.result({ run: record });
    return exitCodeOfEnd(end);
  } finally {
    await flash.stop();
    await kiln.close();
  }
}
