/** Builds with a real QMK tree: the tree's own `qmk compile`, in a folder of links, with a fixed version stamp. */
import { hash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { imageBaseName } from '../../../core/compile/job.ts';
import { plainEnvironment } from '../../../core/environment.ts';
import { KilnError } from '../../../core/errors.ts';
import type { RunResult } from '../../../core/subprocess.ts';
import { buildTools } from '../../../core/toolchain/build-tools.ts';
import type { ToolName } from '../../../core/toolchain/tools.ts';
import { createOverlay } from '../../../core/trees/overlay.ts';
import { checkTreeThere } from '../../../core/trees/registry.ts';
import type { BuildPlaces } from '../../sandbox/contract.ts';
import { isInPlace } from '../../sandbox/in-place.ts';
import { toolPlaces } from '../../sandbox/places.ts';
import type { BuildInput, BuildOutcome, BuildRequest, FindPlanKey } from '../contract.ts';
import { findErrors, findSize, pointAtKey } from '../diagnose.ts';
import { checkEnded, findImage, keymapLayers, sizeOf } from '../outcome.ts';
import {
  buildByPlan,
  type DoneBuild,
  type PlannedBuild,
  withOpenPlan,
} from '../plan/build-by-plan.ts';
import { PLAN_FORMAT } from '../plan/plan.ts';
import { createRecorder } from '../plan/recorder.ts';
import { NoPlan } from '../plan/select-steps.ts';
import { collectSources } from './collect-sources.ts';
import { generatorAgrees } from './generator-proof.ts';
import { withoutGenerators } from './generators.ts';
import { handDefinition, handUnused, saysHandTaken } from './hand.ts';
import { makeKeymapSource } from './keymap-source.ts';
import { createProgressReader } from './progress.ts';
import { prepareVersionHeader, versionMacros, writeShim } from './version-stamp.ts';

/** Stands for the qmk command, with one start of Python for the whole build. */
const QMK_SERVER = join(import.meta.dirname, '../../../resources/python/kiln_qmk.py');

/** Make's exit code when a command fails, which \`qmk compile\` passes on. */
const MAKE_FAILED = 2;

/** QMK appends the converter to its target's name (builddefs/build_keyboard.mk, `CONVERT_TO`). */
function targetName(keyboard: string, keymap: string, converter: string | undefined): string {
  const base = imageBaseName(keyboard, keymap);
  return converter === undefined ? base : `${base}_${converter}`;
}

interface Places {
  readonly overlay: string;
  readonly home: string;
  readonly temporary: string;
}

async function prepareFolders(request: BuildRequest, folder: string): Promise<Places> {
  const at = (name: string) => join(folder, name);
  const places = { overlay: at('qmk_firmware'), home: at('home'), temporary: at('tmp') };
  await Promise.all([places.overlay, places.home, places.temporary].map((made) => mkdir(made)));
  await createOverlay(request.tree.path, places.overlay);
  return places;
}

/** Shared by all builds, so only what runs without a client's data may write to it. */
function pythonCache(cacheFolder: string): string {
  return join(cacheFolder, 'pycache');
}

function toolsFor({ payload, tree }: BuildRequest): readonly ToolName[] {
  return buildTools(tree.kind, payload.platform);
}

/** In the tree, but neither for builds to see nor a part of what they are made of. */
function hiddenInTree({ tree }: BuildRequest): string[] {
  return [join(tree.path, '.git'), join(tree.path, 'users')];
}

/** What the sandbox shows: of the tree neither git's own nor other people's settings. */
function visiblePlaces(request: BuildRequest, temporary: string): BuildPlaces {
  const { tree, toolchain, cacheFolder, dataFolder } = request;
  const tools = toolPlaces(toolchain, [...toolsFor(request), 'python']);
  return {
    folder: request.folder,
    temporary,
    ...tools,
    readable: [tree.path, pythonCache(cacheFolder), ...tools.readable],
    hidden: [...hiddenInTree(request), dataFolder],
  };
}

/** threats.md §5.4: built from nothing. */
function buildEnvironment(
  request: BuildRequest,
  places: Places,
  bin?: string,
): Record<string, string> {
  const { toolchain, cacheFolder } = request;
  return {
    ...plainEnvironment(),
    PATH: [...(bin === undefined ? [] : [bin]), toolchain.path].join(delimiter),
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
    ...handDefinition(request.payload.hand),
  };
}

/** @throws KilnError as `Build` says. */
export async function buildQmk(request: BuildRequest): Promise<BuildOutcome> {
  checkTreeThere(request.tree);
  for (const name of toolsFor(request)) request.toolchain.need(name);
  request.onProgress({ stage: 'prepare', fraction: 0 });
  const build = plannedBuild(request);
  const attempt = await buildByPlan(request, build);
  if ('outcome' in attempt) return attempt.outcome;
  return buildInFull(request, build, attempt.fullBecause);
}

function targetOf({ payload }: BuildRequest): string {
  const { converter } = JSON.parse(payload.keymapJson) as { readonly converter?: string };
  return targetName(payload.keyboard, payload.keymap, converter);
}

/** Where the tree's own make keeps what it generates and compiles. */
function objectFolder(request: BuildRequest): string {
  return `.build/obj_${targetOf(request)}`;
}

/** All of a keymap but what only `keymap.c` has. Its encoders count, since the tree looks whether there are any. */
function derivedConfiguration(keymapJson: string): unknown {
  const { layout, layers, encoders, macros, ...rest } = JSON.parse(keymapJson) as Record<
    string,
    unknown
  >;
  return { ...rest, encoders: encoders !== undefined, macros: macros !== undefined };
}

function planKey({ payload, tree, version, toolchain }: BuildInput): string {
  const key = [
    PLAN_FORMAT,
    tree.path,
    versionMacros(version),
    toolchain.path,
    payload.keyboard,
    derivedConfiguration(payload.keymapJson),
    payload.hand ?? null,
  ];
  return hash('sha256', JSON.stringify(key), 'hex');
}

export const findQmkPlanKey: FindPlanKey = async (input) => {
  checkTreeThere(input.tree);
  return planKey(input);
};

function plannedBuild(request: BuildRequest): PlannedBuild {
  const { payload, toolchain } = request;
  const keymapSource = makeKeymapSource(payload.keymapJson);
  return {
    key: planKey(request),
    sources:
      keymapSource === null ? null : { [`${objectFolder(request)}/src/keymap.c`]: keymapSource },
    target: targetOf(request),
    failureCode: MAKE_FAILED,
    async prepareRoot(folder) {
      const places = await prepareFolders(request, folder);
      return {
        folder: places.overlay,
        places: visiblePlaces(request, places.temporary),
        env: buildEnvironment(request, places),
      };
    },
    describe: async () => ({
      command: ['qmk', 'compile', 'keymap.json'],
      toolchain: await toolchain.versions(toolsFor(request)),
    }),
  };
}

async function buildInFull(
  request: BuildRequest,
  build: PlannedBuild,
  reason: string,
): Promise<BuildOutcome> {
  const { payload, toolchain, log, signal } = request;
  const places = await prepareFolders(request, request.folder);
  const bin = join(request.folder, 'bin');
  const records = join(request.folder, 'records');
  const recorder = await createRecorder(records, bin, toolchain.path);
  await writeShim(bin);
  const env = buildEnvironment(request, places, bin);
  const qmk = toolchain.need('qmk').file;
  const visible = visiblePlaces(request, places.temporary);
  await mkdir(pythonCache(request.cacheFolder), { recursive: true });
  const limits = {
    cwd: places.overlay,
    timeoutMs: request.timeoutMs,
    maxOutputBytes: 64 * 1024,
    signal,
    onSpawn: request.onProcess,
  };
  /** For runs without anything of the client's. */
  const runQmk = async (args: readonly string[]): Promise<void> => {
    const warming = { ...visible, writable: [pythonCache(request.cacheFolder)] };
    const result = await request.sandbox.run(qmk, args, { ...limits, env }, warming);
    checkEnded(result, request.timeoutMs);
    if (result.exitCode !== 0) throw treeBroken(request, result);
  };
  const versionHeader = await prepareVersionHeader({
    tree: request.tree.path,
    version: request.version,
    cacheFolder: request.cacheFolder,
    overlay: places.overlay,
    runQmk,
  });

  const startedAt = Date.now();
  const keymapFile = join(request.folder, 'keymap.json');
  await writeFile(keymapFile, payload.keymapJson);
  const readProgress = createProgressReader();
  let takesHand = payload.hand === undefined;
  const options = {
    ...limits,
    env: {
      ...env,
      ...recorder.env,
      KILN_VERSION_H: versionHeader,
      KILN_QMK_CALLS: join(request.folder, 'calls'),
    },
    onLine: (line: string) => {
      takesHand ||= saysHandTaken(line);
      const progress = readProgress(log.add(line));
      if (progress !== null) request.onProgress(progress);
    },
  };
  const calls = join(request.folder, 'calls');
  await mkdir(calls);
  const args = [QMK_SERVER, calls, qmk, 'compile', '-j', String(request.parallel), keymapFile];
  const result = await request.sandbox.run(toolchain.qmkPython(), args, options, {
    ...visible,
    readable: [...visible.readable, versionHeader, QMK_SERVER],
  });
  checkEnded(result, request.timeoutMs);
  const outcome = await summarise(request, build, places, result, reason);
  if (outcome.image === null) return outcome;
  if (!takesHand) throw handUnused(payload);
  const done: DoneBuild = {
    root: { folder: places.overlay, places: visible, env },
    recorder,
    image: outcome.image,
    size: findSize(await log.lines()),
    startedAt,
    alsoRead: readByPython(request),
    alsoListed: communityLayouts(request),
    toolFiles: [...toolsFor(request), 'python' as const].flatMap(
      (name) => toolchain.find(name)?.file ?? [],
    ),
    generated: outcome.sources,
    given: ['util'],
    hidden: hiddenInTree(request),
    async judgeCommands(commands) {
      const isSame = await generatorAgrees({
        tree: request.tree.path,
        keyboard: payload.keyboard,
        cacheFolder: request.cacheFolder,
        folder: join(places.temporary, 'samples'),
        runQmk,
      });
      if (!isSame) throw new NoPlan('the tree writes keymap.c in another way than Kiln');
      return withoutGenerators(commands);
    },
  };
  return withOpenPlan(request, build, done, outcome);
}

/** What the tree's Python reads for a keyboard: its own code, its data, and the keyboard's and all around it. */
function readByPython({ tree, payload }: BuildRequest): string[] {
  const parts = payload.keyboard.split('/');
  const chain = parts.map((_, index) => join(tree.path, 'keyboards', ...parts.slice(0, index + 1)));
  return [
    ...['lib/python', 'data', 'builddefs', 'util'].map((name) => join(tree.path, name)),
    ...chain.flatMap(filesOf),
  ];
}

/**
 * Folders of layouts that several keyboards share: the tree's Python and makefiles ask whether a layout is there, and
 * whether it has a keymap of the name that is built. Files of such a keymap would be in the lists of what was read.
 */
function communityLayouts({ tree }: BuildRequest): string[] {
  const all = join(tree.path, 'layouts');
  const foldersIn = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder)
          .map((name) => join(folder, name))
          .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory())
      : [];
  const collections = foldersIn(all);
  return [all, ...collections, ...collections.flatMap(foldersIn)];
}

/** A keyboard's own files; what lies in its folders are its keymaps, and other keyboards. */
function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [folder];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
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
  build: PlannedBuild,
  places: Places,
  result: RunResult,
  reason: string,
): Promise<BuildOutcome> {
  const { payload } = request;
  const { target } = build;
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
  const generated = join(places.overlay, objectFolder(request), 'src');
  return {
    ...(await build.describe()),
    exitCode: result.exitCode ?? 1,
    image,
    size: findSize(lines) ?? sizeOf(image),
    errors:
      result.exitCode === 0 ? [] : findErrors(lines).map((error) => pointAtKey(error, layers)),
    sources: await collectSources(request.folder, generated),
    way: { path: 'full', reason },
  };
}
