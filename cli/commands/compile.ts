/** `kiln compile`: a keymap file in, an image out. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import { errnoOf, errorFromReport, KilnError, toKilnError } from '../../core/errors.ts';
import { parseStrictJson } from '../../core/keymap/strict-json.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { needsUnpacking } from '../../core/toolchain/shipped-pack.ts';
import { type CommandContext, createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { findService } from '../service/find-service.ts';
import { createHttpClient } from '../service/http-client.ts';
import type { JobClient } from '../service/job-client.ts';
import { createLocalClient } from '../service/local-client.ts';
import type { Terminal } from '../terminal.ts';

const LOOK_AGAIN_MS = 200;

type BuildErrors = NonNullable<JobView['result']>['errors'];

export interface CompileOptions extends GlobalOptions {
  readonly tree?: string;
  readonly hand?: string;
  readonly output?: string;
  readonly log?: boolean;
}

export async function readKeymap(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const why = errnoOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new KilnError('keymap.unreadable', `The keymap file ${file} ${why}.`, { cause: error });
  }
}

/** Names the tree inside the keymap, where the API expects it: the contract's `branch`. */
export function nameTree(keymap: Uint8Array, tree: string | undefined): Uint8Array {
  if (tree === undefined) return keymap;
  const value = parseStrictJson(keymap);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return keymap;
  return Buffer.from(JSON.stringify({ ...value, branch: tree }));
}

/** Says which half the firmware is for, where admission looks for it. */
export function nameHand(keymap: Uint8Array, hand: string | undefined): Uint8Array {
  if (hand === undefined) return keymap;
  const value = parseStrictJson(keymap);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return keymap;
  return Buffer.from(JSON.stringify({ ...value, hand }));
}

/** Once, where the toolchain came packed and no service has unpacked it. */
async function unpackFirst(settings: Settings, terminal: Terminal): Promise<void> {
  const paths = dataPaths(settings);
  if (!needsUnpacking(settings, paths)) return;
  const { repairToolchain } = await import('../../core/toolchain/pack.ts');
  await repairToolchain(settings, paths, {
    onProgress: (share) =>
      terminal.status(`Unpacking the compilers, this once: ${Math.floor(share * 100)} %`),
  });
}

/** Finds a service or becomes the one that works; waits for another command's build, which takes the folder alone. */
export async function connect({ settings, log, terminal }: CommandContext): Promise<JobClient> {
  const deadline = performance.now() + settings.jobTimeoutSeconds * 1000;
  for (;;) {
    const url = await findService(settings);
    if (url !== null) {
      // The key is for the service that somebody named, not for whichever runs here.
      const key = settings.serviceUrl === undefined ? undefined : settings.serviceKey;
      return createHttpClient(url, dataPaths(settings).token, key);
    }
    try {
      await unpackFirst(settings, terminal);
      return await createLocalClient(settings, log);
    } catch (error) {
      const isTaken = error instanceof KilnError && error.code === 'service.data-in-use';
      if (!isTaken || performance.now() > deadline) throw error;
      terminal.status('Waiting for another command that builds in the same data folder');
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** `-o` names a folder when it is one, ends with a slash or has no extension; else a file. */
export async function targetFile(output: string | undefined, imageName: string): Promise<string> {
  if (output === undefined) return imageName;
  const folder = /[\\/]$/.test(output) || extname(output) === '' || (await isFolder(output));
  return folder ? join(output, imageName) : output;
}

export function describeSize({ result }: JobView): string {
  const size = result?.size;
  if (size === null || size === undefined) return '';
  const used = size.used.toLocaleString('en');
  if (size.limit === null) return ` · ${used} bytes`;
  const percent = Math.round((size.used / size.limit) * 100);
  return ` · ${used} of ${size.limit.toLocaleString('en')} bytes (${percent} %)`;
}

/** Nothing for a build of everything: that is what people expect. */
function describeWay({ result }: JobView): string {
  const words = { full: '', plan: ', only what changed', stored: ', stored by an earlier build' };
  return words[result?.way?.path ?? 'full'];
}

/** Follows the job to its end; Ctrl+C cancels it first. */
async function follow(
  client: JobClient,
  id: string,
  label: string,
  context: CommandContext,
  showLog: boolean,
) {
  const { terminal } = context;
  const cancel = (): void => {
    terminal.status(`${label}: canceling`);
    client.cancel(id).catch((error: unknown) => terminal.error(toKilnError(error)));
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  try {
    for await (const step of client.story(id)) {
      if (step.event === 'progress') terminal.progress(label, step.data);
      if (step.event === 'log' && showLog) for (const line of step.data.lines) terminal.line(line);
      if (step.event === 'state' && step.data.state === 'queued')
        terminal.status(`${label}: waiting`);
    }
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    terminal.clearStatus();
  }
}

async function writeImage(
  client: JobClient,
  id: string,
  view: JobView,
  output: string | undefined,
) {
  // A service elsewhere names the image, not the folder that it goes to.
  const file = await targetFile(output, basename(view.result?.firmwareFilename ?? 'firmware'));
  const image = await client.image(id);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, image);
  } catch (error) {
    throw toOutputError(error, file);
  }
  return file;
}

/** The place was the user's choice, so every refusal is about that and not about Kiln's data. */
function toOutputError(error: unknown, file: string): KilnError {
  const code = toKilnError(error).code === 'storage.full' ? 'storage.full' : 'storage.unwritable';
  const why = error instanceof Error ? error.message : String(error);
  return new KilnError(code, `The image cannot be written to ${file}: ${why}.`, {
    cause: error,
    remedy: 'Choose another place with -o; the job and its image stay in the history.',
  });
}

/** The first error of a build; its place is left out where that is only the keymap's generated source. */
export function describeCompileError([first]: BuildErrors): string {
  if (first === undefined) return 'The keymap did not compile.';
  const { message, file, line, layer } = first;
  return file === undefined || layer !== undefined ? message : `${message} (${file}:${line})`;
}

/** A build that ran and gave no image: the end of its log unless that was shown, and the first error. */
function reportCompileError(
  view: JobView,
  output: string,
  { terminal }: CommandContext,
  logShown: boolean,
): number {
  const errors = view.result?.errors ?? [];
  if (!logShown) for (const line of output.split('\n').slice(-40)) terminal.line(line);
  terminal.error(
    new KilnError('build.compile-failed', describeCompileError(errors), {
      remedy:
        errors.length > 1
          ? 'Mend this first; the log above has more.'
          : 'The log above tells more.',
      details: { jobId: view.id, errors },
    }),
  );
  return EXIT.compileFailed;
}

/**
 * Has a keymap built, and shows how far that is.
 * @param file its name, for people.
 * @returns the job's end; the exit code where it did not compile, which was shown then.
 */
export async function buildKeymap(
  client: JobClient,
  file: string,
  keymap: Uint8Array,
  context: CommandContext,
  options: Pick<CompileOptions, 'log'>,
): Promise<{ readonly id: string; readonly view: BuiltJob } | number> {
  context.terminal.status(`Sending ${basename(file)} to ${client.where}`);
  const id = await client.submit(keymap);
  return followBuild(client, id, basename(file), context, options);
}

/**
 * Waits for the end of a build, and shows how far it is.
 * @param name what to call it before its keyboard is known.
 * @returns the job's end; the exit code where it did not compile, which was shown then.
 */
export async function followBuild(
  client: JobClient,
  id: string,
  name: string,
  context: CommandContext,
  options: Pick<CompileOptions, 'log'>,
): Promise<{ readonly id: string; readonly view: BuiltJob } | number> {
  const { build } = await client.view(id);
  const label = `Building ${build?.keyboard ?? name}`;
  await follow(client, id, label, context, options.log ?? false);
  const view = await client.view(id);
  if (view.state !== 'finished' || view.result === null) {
    throw view.error === null
      ? new KilnError('internal.defect', `The job ended as ${view.state}.`)
      : errorFromReport(view.error);
  }
  if (view.result.returncode !== 0) {
    return reportCompileError(view, await client.output(id), context, options.log ?? false);
  }
  return { id, view: { ...view, result: view.result } };
}

/** A job that has a result. */
type BuiltJob = JobView & { readonly result: NonNullable<JobView['result']> };

export async function compileCommand(file: string, options: CompileOptions): Promise<number> {
  const context = createContext(options);
  const { terminal } = context;
  const keymap = nameHand(nameTree(await readKeymap(file), options.tree), options.hand);
  const client = await connect(context);
  try {
    const built = await buildKeymap(client, file, keymap, context, options);
    if (typeof built === 'number') return built;
    const { id, view } = built;
    const image = await writeImage(client, id, view, options.output);
    const seconds = (view.result.durationMs / 1000).toFixed(1);
    const way = describeWay(view);
    terminal.line(
      `Built ${view.result.firmwareFilename}${describeSize(view)} · ${seconds} s${way}`,
    );
    terminal.line(relative(process.cwd(), image) || image);
    terminal.result({ jobId: id, image, ...view.result });
    return EXIT.ok;
  } finally {
    await client.close((text) => terminal.status(text));
    terminal.clearStatus();
  }
}
