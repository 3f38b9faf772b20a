/** The doctor's checks: can this machine do the main job, and what else can it do? The Health page shows the same. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../db/database.ts';
import { toDatabaseError } from '../db/sqlite-errors.ts';
import { plainEnvironment } from '../environment.ts';
import { ERRORS, KilnError, toKilnError } from '../errors.ts';
import type { SandboxStatus } from '../sandbox-status.ts';
import { dataPaths, type Settings } from '../settings.ts';
import type { ArtifactStore } from '../storage/contract.ts';
import { run } from '../subprocess.ts';
import { INDEX_NAME, readIndex, verifyBundle } from '../toolchain/bundle-index.ts';
import { needsUnpacking } from '../toolchain/shipped-pack.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';
import { TOOLS, type ToolDefinition, type ToolName, toolRemedy } from '../toolchain/tools.ts';
import type { FirmwareTree } from '../trees/contract.ts';
import { checkQmkFolder, checkTreeThere, hasTools } from '../trees/registry.ts';

/** `failed`: the main job cannot run. `warning`: something else cannot. */
export type CheckState = 'ok' | 'warning' | 'failed';

export interface Check {
  /** Stable, for programs. */
  readonly id: string;
  readonly name: string;
  readonly state: CheckState;
  /** What was found, in a sentence. */
  readonly message: string;
  /** Only where something is to be mended. */
  readonly remedy?: string;
}

export interface DoctorOptions {
  readonly settings: Settings;
  readonly toolchain: Toolchain;
  readonly trees: readonly FirmwareTree[];
  readonly database: Database;
  readonly store: ArtifactStore;
  readonly sandbox: SandboxStatus;
}

const LEAST_FREE_BYTES = 500 * 1024 * 1024;

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

async function checkDataFolder({ settings }: DoctorOptions): Promise<Check> {
  const base = { id: 'data-folder', name: 'Data folder' };
  const probe = join(settings.dataDir, `.probe-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(settings.dataDir, { recursive: true });
    await writeFile(probe, 'x');
    const { bavail, bsize } = await statfs(settings.dataDir);
    const free = bavail * bsize;
    if (free < LEAST_FREE_BYTES) {
      return {
        ...base,
        state: 'warning',
        message: `${settings.dataDir} has only ${megabytes(free)} left.`,
        remedy: ERRORS['storage.full'].remedy,
      };
    }
    return {
      ...base,
      state: 'ok',
      message: `${settings.dataDir} can be written; ${megabytes(free)} are free.`,
    };
  } catch (error) {
    const { message, remedy } = toKilnError(error);
    return { ...base, state: 'failed', message, remedy };
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}

function checkDatabase({ database }: DoctorOptions): Check {
  const base = { id: 'database', name: 'Database' };
  try {
    const verdict = String(database.pragma('quick_check', { simple: true }));
    if (verdict === 'ok') return { ...base, state: 'ok', message: 'The database is in order.' };
    throw new KilnError('database.broken', `The database is damaged: ${verdict}.`);
  } catch (error) {
    // Damage may show itself in a line of the check, or keep it from running.
    const { message, remedy } = toDatabaseError(error);
    return { ...base, state: 'failed', message, remedy };
  }
}

/** Finished jobs whose image somebody, or a damaged disk, took away: their downloads are answered with 404. */
async function checkArtifacts({ database, store }: DoctorOptions): Promise<Check[]> {
  const base = { id: 'artifacts', name: 'Images' };
  let rows: { id: string; image: string }[];
  try {
    rows = database
      .prepare<[], { id: string; image: string }>(`
        SELECT id, json_extract(result, '$.firmwareFilename') AS image FROM jobs
        WHERE state = 'finished' AND json_extract(result, '$.firmwareFilename') IS NOT NULL`)
      .all();
  } catch {
    // The check of the database says why.
    return [];
  }
  const gone: string[] = [];
  for (const { id, image } of rows) {
    if ((await store.stat(id, image)) === null) gone.push(id);
  }
  if (gone.length === 0) {
    return [{ ...base, state: 'ok', message: `All ${rows.length} images of jobs are there.` }];
  }
  const first = gone.slice(0, 3).join(', ');
  return [
    {
      ...base,
      state: 'warning',
      message: `${gone.length} of ${rows.length} images of finished jobs are gone: ${first}${gone.length > 3 ? ', …' : ''}.`,
      remedy: 'Bring a backup back with kiln restore, or send those keymaps again.',
    },
  ];
}

/** What a missing tool stops, in words. */
function lossWithout(tool: ToolDefinition): string {
  if (tool.purposes.includes('starter')) return 'nothing can be built';
  if (tool.purposes.includes('qmk')) return 'real QMK trees cannot be built';
  if (tool.flashes !== undefined) return `Kiln cannot flash ${tool.flashes}`;
  if (tool.purposes.includes('qmk-arm')) return 'keyboards with ARM processors cannot be built';
  return 'trees cannot be added from git addresses';
}

async function checkTool(name: ToolName, { toolchain }: DoctorOptions): Promise<Check> {
  const tool: ToolDefinition = TOOLS[name];
  const base = { id: `tool-${tool.command}`, name: tool.command };
  const needed = tool.purposes.includes('starter');
  const found = toolchain.find(name);
  const version = await toolchain.version(name);
  if (found !== null && version !== null) {
    return { ...base, state: 'ok', message: `${version} (${found.file})` };
  }
  if (found === null && tool.flashes !== undefined && tool.debian.length === 0) {
    // Few keyboards need these: everybody else would only learn to pass over warnings.
    const message = `${tool.command} is not there; it is only for ${tool.flashes}.`;
    return { ...base, state: 'ok', message, remedy: toolRemedy(name) };
  }
  const what = found === null ? 'was not found' : `does not run (${found.file})`;
  return {
    ...base,
    state: needed ? 'failed' : 'warning',
    message: `${tool.command} ${what}: ${lossWithout(tool)}.`,
    remedy: toolRemedy(name),
  };
}

/** Whether the toolchain that travels with Kiln is as it was staged; nothing where there is none. */
async function checkBundle({ settings, toolchain }: DoctorOptions): Promise<Check[]> {
  const { bundle } = toolchain;
  const base = { id: 'bundled-toolchain', name: 'Bundled toolchain' };
  if (bundle === null) {
    if (!needsUnpacking(settings, dataPaths(settings))) return [];
    const message = 'The toolchain that came with Kiln is not unpacked yet.';
    return [
      { ...base, state: 'failed', message, remedy: ERRORS['toolchain.bundle-broken'].remedy },
    ];
  }
  try {
    const index = await readIndex(bundle);
    const damaged = index === null ? [INDEX_NAME] : await verifyBundle(bundle, index);
    if (damaged.length > 0) {
      const first = damaged.slice(0, 3).join(', ');
      const more = damaged.length > 3 ? `, and ${damaged.length - 3} more` : '';
      throw new KilnError(
        'toolchain.bundle-broken',
        `Files in ${bundle} are damaged: ${first}${more}.`,
      );
    }
    const parts = index?.components.map(({ name }) => name).join(', ');
    return [
      { ...base, state: 'ok', message: `${bundle} is used before the system’s tools (${parts}).` },
    ];
  } catch (error) {
    const { message, remedy } = toKilnError(error);
    return [{ ...base, state: 'failed', message, remedy }];
  }
}

/** A compiler without its C library is a common half-installation. */
async function checkLibrary(
  base: Pick<Check, 'id' | 'name'>,
  name: ToolName,
  args: readonly string[],
  source: string,
  state: CheckState,
  { toolchain }: DoctorOptions,
): Promise<Check[]> {
  const compiler = toolchain.find(name);
  if (compiler === null) return [];
  const result = await run(compiler.file, [...args, '-E', '-x', 'c', '-'], {
    cwd: process.cwd(),
    env: { ...plainEnvironment(), PATH: toolchain.path },
    timeoutMs: 20_000,
    maxOutputBytes: 64 * 1024,
    stdin: source,
  });
  if (result.exitCode === 0) return [{ ...base, state: 'ok', message: `${base.name} is there.` }];
  const message = `${base.name} is missing beside ${compiler.file}.`;
  return [{ ...base, state, message, remedy: toolRemedy(name) }];
}

/** Not being contained is a choice (`KILN_SANDBOX=off`) or a warning; with `required` nothing can be built. */
function checkSandbox({ settings, sandbox }: DoctorOptions): Check {
  const { level, message, remedy } = sandbox;
  const refuses = settings.sandbox === 'required' && level !== 'full';
  return {
    id: 'sandbox',
    name: 'Sandbox',
    state: level === 'full' ? 'ok' : refuses ? 'failed' : 'warning',
    message: refuses ? `${message} KILN_SANDBOX is “required”: nothing can be built.` : message,
    ...(remedy === null ? {} : { remedy }),
  };
}

/** Being open to a network is a choice, which somebody may have forgotten. */
function checkLan({ settings: { access, lan } }: DoctorOptions): Check {
  const base = { id: 'lan', name: 'Other machines' };
  if (lan === 'off') {
    return { ...base, state: 'ok', message: 'Only this machine reaches the service.' };
  }
  if (access === 'open') {
    return {
      ...base,
      state: 'warning',
      message: 'Every machine that reaches the service may build (KILN_ACCESS is “open”).',
      remedy: 'Set KILN_ACCESS=paired unless something in front of it decides who may.',
    };
  }
  if (lan === 'plain') {
    return {
      ...base,
      state: 'warning',
      message: 'Other machines reach the service by key or pairing, and nothing is encrypted.',
      remedy: 'Set KILN_LAN=tls where others share the network.',
    };
  }
  return {
    ...base,
    state: 'ok',
    message: 'Other machines reach the service by key or pairing, encrypted.',
  };
}

function checkTree(tree: FirmwareTree): Check {
  const base = { id: `tree-${tree.name}`, name: `Tree ${tree.name}` };
  try {
    checkTreeThere(tree);
    if (tree.kind !== 'starter') checkQmkFolder(tree.path);
    const { toolchain } = tree;
    if (toolchain !== null && !hasTools(toolchain)) {
      throw new KilnError(
        'tree.no-tools',
        `${toolchain}, whose tools it is to be built with, has none.`,
      );
    }
    const tools = toolchain === null ? '' : `, built with the tools in ${toolchain} first`;
    const message = `${tree.path}${tree.isDefault ? ' (default)' : ''}${tools}`;
    return { ...base, state: 'ok', message };
  } catch (error) {
    const { message, remedy } = toKilnError(error);
    return { ...base, state: tree.isDefault ? 'failed' : 'warning', message, remedy };
  }
}

/** Runs every check; none of them changes anything but a probe file in the data folder. */
export async function runChecks(options: DoctorOptions): Promise<readonly Check[]> {
  const tools = Object.keys(TOOLS) as ToolName[];
  const avrLibrary = { id: 'library-avr-libc', name: 'avr-libc' };
  const armLibrary = { id: 'library-newlib', name: 'newlib (nano)' };
  return [
    await checkDataFolder(options),
    checkDatabase(options),
    ...(await checkArtifacts(options)),
    ...(await checkBundle(options)),
    ...(await Promise.all(tools.map((name) => checkTool(name, options)))),
    ...(await checkLibrary(
      avrLibrary,
      'avrGcc',
      ['-mmcu=atmega32u4'],
      '#include <avr/io.h>\n',
      'failed',
      options,
    )),
    ...(await checkLibrary(
      armLibrary,
      'armGcc',
      ['--specs=nano.specs'],
      '#include <stdlib.h>\n',
      'warning',
      options,
    )),
    checkSandbox(options),
    checkLan(options),
    ...options.trees.map(checkTree),
  ];
}
