/** Builds with a real QMK tree: the tree's own `qmk compile`, in a folder of links, with a fixed version stamp. */
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { imageBaseName } from '../../../core/compile/job.ts';
import { plainEnvironment } from '../../../core/environment.ts';
import { errnoOf, KilnError } from '../../../core/errors.ts';
import type { RunResult } from '../../../core/subprocess.ts';
import type { ToolName } from '../../../core/toolchain/tools.ts';
import { createOverlay } from '../../../core/trees/overlay.ts';
import { checkTreeThere } from '../../../core/trees/registry.ts';
import { isInPlace } from '../../sandbox/in-place.ts';
import { toolPlaces } from '../../sandbox/places.ts';
import type { BuildOutcome, BuildRequest } from '../contract.ts';
import { findErrors, findSize, pointAtKey } from '../diagnose.ts';
import { checkEnded, findImage, keymapLayers, sizeOf } from '../outcome.ts';
import { createProgressReader } from './progress.ts';
import { prepareVersionHeader, writeShim } from './version-stamp.ts';

const COMMON_TOOLS: readonly ToolName[] = ['make', 'qmk'];

/** Which compiler a platform takes; a platform that is not listed is left to the tree to judge. */
const PLATFORM_TOOLS: Readonly<Record<string, readonly ToolName[]>> = {
  avr: ['avrGcc', 'avrObjcopy', 'avrSize'],
  chibios: ['armGcc', 'armObjcopy'],
  arm_atsam: ['armGcc', 'armObjcopy'],
};

/** Bytes. What trees generate has some kilobytes. */
const LARGEST_SOURCE = 1024 * 1024;

/** QMK appends the converter to its target's name (builddefs/build_keyboard.mk, `CONVERT_TO`). */
function targetName(keyboard: string, keymap: string, converter: string | undefined): string {
  const base = imageBaseName(keyboard, keymap);
  return converter === undefined ? base : `${base}_${converter}`;
}

interface Places {
  readonly overlay: string;
  readonly home: string;
  readonly temporary: string;
  readonly shim: string;
}

async function prepareFolders(request: BuildRequest): Promise<Places> {
  const at = (name: string) => join(request.folder, name);
  const places = {
    overlay: at('qmk_firmware'),
    home: at('home'),
    temporary: at('tmp'),
    shim: at('bin'),
  };
  await Promise.all([places.overlay, places.home, places.temporary].map((folder) => mkdir(folder)));
  await createOverlay(request.tree.path, places.overlay);
  await writeShim(places.shim);
  return places;
}

/** Shared by all builds, so only what runs without a client's data may write to it. */
function pythonCache(cacheFolder: string): string {
  return join(cacheFolder, 'pycache');
}

/** What the sandbox shows: of the tree neither git's own nor other people's settings. */
function visiblePlaces(request: BuildRequest, places: Places, tools: readonly ToolName[]) {
  const { tree, toolchain, cacheFolder } = request;
  return {
    folder: request.folder,
    temporary: places.temporary,
    readable: [tree.path, pythonCache(cacheFolder), ...toolPlaces(toolchain, [...tools, 'python'])],
    hidden: [join(tree.path, '.git'), join(tree.path, 'users'), request.dataFolder],
  };
}

/** threats.md §5.4: built from nothing. */
function buildEnvironment(request: BuildRequest, places: Places): Record<string, string> {
  const { toolchain, cacheFolder } = request;
  return {
    ...plainEnvironment(),
    PATH: [places.shim, toolchain.path].join(delimiter),
    HOME: places.home,
    TMPDIR: places.temporary,
    QMK_HOME: places.overlay,
    // The folder of links has no .git, and git's complaints would end up in make's input.
    SKIP_GIT: 'yes',
    KILN_QMK: toolchain.need('qmk').file,
    // Python would else write its compiled files through the links into the tree.
    PYTHONPYCACHEPREFIX: pythonCache(cacheFolder),
    PYTHONUTF8: '1',
    NO_COLOR: '1',
  };
}

/** Sources that the tree generated, for the source bundle; names as in the build folder. */
async function collectSources(root: string, folder: string): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  if (!(await isInPlace(root, folder))) return sources;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const entry of entries) {
    if (!entry.isFile() || !/^[\w.-]+\.(?:[ch]|mk|inc|json)$/.test(entry.name)) continue;
    const file = join(folder, entry.name);
    if ((await lstat(file)).size <= LARGEST_SOURCE)
      sources[entry.name] = await readFile(file, 'utf8');
  }
  return sources;
}

/** @throws KilnError as `Build` says. */
export async function buildQmk(request: BuildRequest): Promise<BuildOutcome> {
  const { payload, tree, toolchain, log, signal } = request;
  checkTreeThere(tree);
  const tools = [...COMMON_TOOLS, ...(PLATFORM_TOOLS[payload.platform ?? ''] ?? [])];
  for (const name of tools) toolchain.need(name);

  request.onProgress({ stage: 'prepare', fraction: 0 });
  const places = await prepareFolders(request);
  const env = buildEnvironment(request, places);
  const qmk = toolchain.need('qmk').file;
  const visible = visiblePlaces(request, places, tools);
  await mkdir(pythonCache(request.cacheFolder), { recursive: true });
  const limits = {
    cwd: places.overlay,
    timeoutMs: request.timeoutMs,
    maxOutputBytes: 64 * 1024,
    signal,
    onSpawn: request.onProcess,
  };
  const versionHeader = await prepareVersionHeader({
    tree: tree.path,
    version: request.version,
    cacheFolder: request.cacheFolder,
    overlay: places.overlay,
    runQmk: async (args) => {
      const warming = { ...visible, writable: [pythonCache(request.cacheFolder)] };
      const result = await request.sandbox.run(qmk, args, { ...limits, env }, warming);
      checkEnded(result, request.timeoutMs);
      if (result.exitCode !== 0) throw treeBroken(request, result);
    },
  });

  const keymapFile = join(request.folder, 'keymap.json');
  await writeFile(keymapFile, payload.keymapJson);
  const readProgress = createProgressReader();
  const options = {
    ...limits,
    env: { ...env, KILN_VERSION_H: versionHeader },
    onLine: (line: string) => {
      const progress = readProgress(log.add(line));
      if (progress !== null) request.onProgress(progress);
    },
  };
  const args = ['compile', '-j', String(request.parallel), keymapFile];
  const result = await request.sandbox.run(qmk, args, options, {
    ...visible,
    readable: [...visible.readable, versionHeader],
  });
  checkEnded(result, request.timeoutMs);
  return summarise(request, places, result, tools);
}

function treeBroken({ tree }: BuildRequest, result: RunResult): KilnError {
  const lines = result.output.trim().split('\n');
  const last = findErrors(lines)[0]?.message ?? lines.at(-1) ?? '';
  return new KilnError(
    'tree.broken',
    `The tools of the firmware tree ${tree.name} do not run: ${last}`,
    { details: { tree: tree.name } },
  );
}

async function summarise(
  request: BuildRequest,
  places: Places,
  result: RunResult,
  tools: readonly ToolName[],
): Promise<BuildOutcome> {
  const { payload, toolchain } = request;
  const keymap = JSON.parse(payload.keymapJson) as { readonly converter?: string };
  const target = targetName(payload.keyboard, payload.keymap, keymap.converter);
  const lines = await request.log.lines();
  const isThere = result.exitCode === 0 && (await isInPlace(request.folder, places.overlay));
  const image = isThere ? await findImage(places.overlay, target) : null;
  if (result.exitCode === 0 && image === null) {
    throw new KilnError(
      'build.image-missing',
      `The build of ${payload.keyboard} ended well but left no ${target}.uf2, .hex or .bin.`,
    );
  }
  const layers = keymapLayers(payload.keymapJson);
  return {
    exitCode: result.exitCode ?? 1,
    command: ['qmk', 'compile', '-j', String(request.parallel), 'keymap.json'],
    image,
    size: findSize(lines) ?? sizeOf(image),
    errors:
      result.exitCode === 0 ? [] : findErrors(lines).map((error) => pointAtKey(error, layers)),
    sources: await collectSources(
      request.folder,
      join(places.overlay, '.build', `obj_${target}`, 'src'),
    ),
    toolchain: await toolchain.versions(tools),
  };
}
