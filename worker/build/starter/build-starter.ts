/** Builds with the starter tree: sources generated here, the tree's own Makefile, avr-gcc. */
import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type CompileError, imageBaseName } from '../../../core/compile/job.ts';
import { plainEnvironment } from '../../../core/environment.ts';
import { KilnError } from '../../../core/errors.ts';
import type { JobProgress } from '../../../core/queue/contract.ts';
import { STARTER_TOOLS } from '../../../core/toolchain/build-tools.ts';
import { checkTreeThere } from '../../../core/trees/registry.ts';
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
import type { Root } from '../plan/root.ts';
import {
  generateStarter,
  type StarterFile,
  type StarterInput,
  type StarterKeymap,
} from './generate.ts';
import type { StarterProblem } from './problem.ts';

/** Make's exit code when a command fails. */
const MAKE_FAILED = 2;
const KEYMAP_SOURCE = 'src/keymap.c';

async function readJson<Value>(file: string): Promise<Value> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Value;
  } catch (error) {
    throw new KilnError('tree.broken', `The starter tree’s ${file} cannot be read.`, {
      cause: error,
    });
  }
}

/** Reads the steps that the Makefile announces (`Steps: 9`) and prints. */
function createProgressReader(): (line: string) => JobProgress | null {
  let total = 0;
  let done = 0;
  return (line) => {
    const announced = /^Steps: (\d+)$/.exec(line)?.[1];
    if (announced !== undefined) total = Number(announced);
    const step = /^(Compiling|Linking|Creating|Checking)/.exec(line)?.[1];
    if (step === undefined || total === 0) return null;
    done += 1;
    const stage = step === 'Compiling' ? 'compile' : step === 'Checking' ? 'check' : 'link';
    return { stage, fraction: Math.min(0.98, done / total) };
  };
}

function toCompileError(problem: StarterProblem): CompileError {
  const { message, layer, index, keycode } = problem;
  return {
    message,
    ...(layer === undefined ? {} : { layer }),
    ...(index === undefined ? {} : { index }),
    ...(keycode === undefined ? {} : { keycode }),
  };
}

async function generate({ payload, tree, version }: BuildInput) {
  const keyboards = join(tree.path, 'keyboards');
  return generateStarter({
    keyboard: await readJson<StarterInput['keyboard']>(
      join(keyboards, payload.keyboard, 'keyboard.json'),
    ),
    keycodes: await readJson<StarterInput['keycodes']>(join(tree.path, 'keycodes.json')),
    keymap: JSON.parse(payload.keymapJson) as StarterKeymap,
    version: version.describe,
  });
}

/** @throws KilnError as `Build` says. */
export async function buildStarter(request: BuildRequest): Promise<BuildOutcome> {
  const { tree, toolchain, log } = request;
  checkTreeThere(tree);
  for (const name of STARTER_TOOLS) toolchain.need(name);
  request.onProgress({ stage: 'generate', fraction: 0 });
  const generated = await generate(request);
  if (!generated.ok) {
    for (const { message } of generated.errors) log.add(message);
    return {
      ...(await describe(request)),
      exitCode: 1,
      image: null,
      size: null,
      errors: generated.errors.map(toCompileError),
      sources: {},
      way: { path: 'full', reason: 'The keymap was refused before anything was compiled.' },
    };
  }
  const build = plannedBuild(request, generated.files);
  const attempt = await buildByPlan(request, build);
  if ('outcome' in attempt) return attempt.outcome;
  return buildInFull(request, build, generated.files, attempt.fullBecause);
}

async function describe({ toolchain }: BuildRequest) {
  const command = ['make', '-f', '<starter>/Makefile'];
  return { command, toolchain: await toolchain.versions(STARTER_TOOLS) };
}

type StarterFiles = Readonly<Record<StarterFile, string>>;

function planKey({ payload, tree, toolchain }: BuildInput, files: StarterFiles): string {
  const { 'keymap.c': _keymapSource, ...derived } = files;
  const target = imageBaseName(payload.keyboard, payload.keymap);
  const key = JSON.stringify([PLAN_FORMAT, tree.path, toolchain.path, target, derived]);
  return hash('sha256', key, 'hex');
}

export const findStarterPlanKey: FindPlanKey = async (input) => {
  checkTreeThere(input.tree);
  const generated = await generate(input);
  return generated.ok ? planKey(input, generated.files) : null;
};

function plannedBuild(request: BuildRequest, files: StarterFiles): PlannedBuild {
  const { payload } = request;
  return {
    key: planKey(request, files),
    sources: { [KEYMAP_SOURCE]: files['keymap.c'] },
    target: imageBaseName(payload.keyboard, payload.keymap),
    failureCode: MAKE_FAILED,
    prepareRoot: (folder) => prepareRoot(request, folder),
    describe: () => describe(request),
  };
}

async function prepareRoot(request: BuildRequest, folder: string, bin?: string): Promise<Root> {
  const { tree, toolchain, dataFolder } = request;
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const tools = toolPlaces(toolchain, STARTER_TOOLS);
  const path = bin === undefined ? toolchain.path : [bin, toolchain.path].join(delimiter);
  return {
    folder,
    places: {
      folder: request.folder,
      temporary,
      ...tools,
      readable: [tree.path, ...tools.readable],
      hidden: [dataFolder],
    },
    env: { ...plainEnvironment(), PATH: path, TMPDIR: temporary },
  };
}

async function buildInFull(
  request: BuildRequest,
  build: PlannedBuild,
  files: StarterFiles,
  reason: string,
): Promise<BuildOutcome> {
  const { payload, tree, toolchain, log } = request;
  const startedAt = Date.now();
  const bin = join(request.folder, 'bin');
  const recorder = await createRecorder(join(request.folder, 'records'), bin, toolchain.path);
  const root = await prepareRoot(request, request.folder, bin);
  await mkdir(join(root.folder, 'src'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(root.folder, 'src', name), text);
  }
  const readProgress = createProgressReader();
  const args = [
    '-j',
    String(request.parallel),
    '-f',
    join(tree.path, 'Makefile'),
    `STARTER=${tree.path}`,
    `BUILD=${root.folder}`,
    `TARGET=${build.target}`,
  ];
  const options = {
    cwd: root.folder,
    env: { ...root.env, ...recorder.env },
    timeoutMs: request.timeoutMs,
    maxOutputBytes: 64 * 1024,
    signal: request.signal,
    onSpawn: request.onProcess,
    onLine: (line: string) => {
      const progress = readProgress(log.add(line));
      if (progress !== null) request.onProgress(progress);
    },
  };
  const make = toolchain.need('make').file;
  const result = await request.sandbox.run(make, args, options, root.places);
  checkEnded(result, request.timeoutMs);
  const lines = await log.lines();
  const image = result.exitCode === 0 ? await findImage(root.folder, build.target) : null;
  if (result.exitCode === 0 && image === null) {
    throw new KilnError('build.image-missing', 'The build ended well but left no image.');
  }
  const layers = keymapLayers(payload.keymapJson);
  const size = findSize(lines);
  const outcome: BuildOutcome = {
    ...(await build.describe()),
    exitCode: result.exitCode ?? 1,
    image,
    size: size ?? sizeOf(image),
    errors:
      result.exitCode === 0 ? [] : findErrors(lines).map((error) => pointAtKey(error, layers)),
    sources: files,
    way: { path: 'full', reason },
  };
  if (image === null) return outcome;
  const { 'keymap.c': _keymapSource, ...generated } = files;
  const done: DoneBuild = {
    root,
    recorder,
    image,
    size,
    startedAt,
    alsoRead: [],
    alsoListed: [],
    toolFiles: STARTER_TOOLS.flatMap((name) => toolchain.find(name)?.file ?? []),
    generated,
    given: [],
    hidden: [],
    judgeCommands: async (commands) => commands,
  };
  return withOpenPlan(request, build, done, outcome);
}
