/** Builds with the starter tree: sources generated here, the tree's own Makefile, avr-gcc. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompileError, imageBaseName } from '../../../core/compile/job.ts';
import { plainEnvironment } from '../../../core/environment.ts';
import { KilnError } from '../../../core/errors.ts';
import type { JobProgress } from '../../../core/queue/contract.ts';
import type { ToolName } from '../../../core/toolchain/tools.ts';
import { checkTreeThere } from '../../../core/trees/registry.ts';
import { toolPlaces } from '../../sandbox/places.ts';
import type { BuildOutcome, BuildRequest } from '../contract.ts';
import { findErrors, findSize, pointAtKey } from '../diagnose.ts';
import { checkEnded, findImage, keymapLayers, sizeOf } from '../outcome.ts';
import { generateStarter, type StarterInput, type StarterKeymap } from './generate.ts';
import type { StarterProblem } from './problem.ts';

const TOOLS: readonly ToolName[] = ['make', 'avrGcc', 'avrObjcopy', 'avrSize'];

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

/** @throws KilnError as `Build` says. */
export async function buildStarter(request: BuildRequest): Promise<BuildOutcome> {
  const { payload, tree, toolchain, log } = request;
  checkTreeThere(tree);
  for (const name of TOOLS) toolchain.need(name);
  request.onProgress({ stage: 'generate', fraction: 0 });
  const keyboards = join(tree.path, 'keyboards');
  const keymap = JSON.parse(payload.keymapJson) as StarterKeymap;
  const generated = generateStarter({
    keyboard: await readJson<StarterInput['keyboard']>(
      join(keyboards, payload.keyboard, 'keyboard.json'),
    ),
    keycodes: await readJson<StarterInput['keycodes']>(join(tree.path, 'keycodes.json')),
    keymap,
    version: request.version.describe,
  });
  const target = imageBaseName(payload.keyboard, payload.keymap);
  const command = ['make', '-j', String(request.parallel), '-f', '<starter>/Makefile'];
  const versions = await toolchain.versions(TOOLS);
  if (!generated.ok) {
    for (const { message } of generated.errors) log.add(message);
    const errors = generated.errors.map(toCompileError);
    return {
      exitCode: 1,
      command,
      image: null,
      size: null,
      errors,
      sources: {},
      toolchain: versions,
    };
  }

  const sources = join(request.folder, 'src');
  const temporary = join(request.folder, 'tmp');
  await Promise.all([mkdir(sources), mkdir(temporary)]);
  for (const [name, text] of Object.entries(generated.files)) {
    await writeFile(join(sources, name), text);
  }
  const readProgress = createProgressReader();
  const args = [
    '-j',
    String(request.parallel),
    '-f',
    join(tree.path, 'Makefile'),
    `STARTER=${tree.path}`,
    `BUILD=${request.folder}`,
    `TARGET=${target}`,
  ];
  const places = {
    folder: request.folder,
    temporary,
    readable: [tree.path, ...toolPlaces(toolchain, TOOLS)],
    hidden: [request.dataFolder],
  };
  const options = {
    cwd: request.folder,
    env: { ...plainEnvironment(), PATH: toolchain.path, TMPDIR: temporary },
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
  const result = await request.sandbox.run(make, args, options, places);
  checkEnded(result, request.timeoutMs);
  const lines = await log.lines();
  const image = result.exitCode === 0 ? await findImage(request.folder, target) : null;
  if (result.exitCode === 0 && image === null) {
    throw new KilnError('build.image-missing', 'The build ended well but left no image.');
  }
  const layers = keymapLayers(payload.keymapJson);
  return {
    exitCode: result.exitCode ?? 1,
    command,
    image,
    size: findSize(lines) ?? sizeOf(image),
    errors:
      result.exitCode === 0 ? [] : findErrors(lines).map((error) => pointAtKey(error, layers)),
    sources: generated.files,
    toolchain: versions,
  };
}
