/** Builds by a plan where there is one that holds, and leaves a plan after a full build. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KilnError } from '../../../core/errors.ts';
import type { RunResult } from '../../../core/subprocess.ts';
import { isWithin } from '../../sandbox/places.ts';
import type { BuildOutcome, BuildRequest, OpenPlan } from '../contract.ts';
import { findErrors, pointAtKey } from '../diagnose.ts';
import { checkEnded, type FoundImage, findImage, keymapLayers } from '../outcome.ts';
import { readRegularText } from '../regular-file.ts';
import { askTools } from './discover.ts';
import { compilesWithoutList, type FullBuild, linksOf, makePlan } from './make-plan.ts';
import type { BuildPlan } from './plan.ts';
import type { PlanMark, PlanStore, StoredPlan } from './plan-store.ts';
import type { RecordedCommand, Recorder } from './recorder.ts';
import { layOut, planScript, writeSources } from './replay.ts';
import type { Root } from './root.ts';
import { NoPlan } from './select-steps.ts';
import { inputsHold, originsHold, stillHolds } from './still-holds.ts';
import { findUf2Step, makeUf2 } from './uf2-step.ts';

/** What a kind of firmware tree has to say for its builds to go by plans. */
export interface PlannedBuild {
  /** Of everything that a build depends on besides `sources` and the inputs that a plan lists. */
  readonly key: string;
  /** Files that the keymap alone decides, by their path relative to the root; null when only the tree can make them. */
  readonly sources: Readonly<Record<string, string>> | null;
  /** The image's name without its extension. */
  readonly target: string;
  /** Exit code of the tree's own build when a command of it fails. */
  readonly failureCode: number;
  /** Makes a root, without what builds write, in an empty folder. */
  prepareRoot(folder: string): Promise<Root>;
  /** What a result shows besides. */
  describe(): Promise<Pick<BuildOutcome, 'command' | 'toolchain'>>;
}

/** A full build that ended well. */
export interface DoneBuild
  extends Pick<
    FullBuild,
    'alsoRead' | 'alsoListed' | 'toolFiles' | 'given' | 'hidden' | 'startedAt' | 'generated'
  > {
  readonly root: Root;
  readonly recorder: Recorder;
  readonly image: FoundImage;
  readonly size: BuildOutcome['size'];
  /**
   * @returns the commands without those that Kiln itself stands for.
   * @throws NoPlan when they show that the tree makes more of a keymap than is known here.
   */
  judgeCommands(commands: readonly RecordedCommand[]): Promise<readonly RecordedCommand[]>;
}

export type Attempt = { readonly outcome: BuildOutcome } | { readonly fullBecause: string };

/** For others first; where there is no such program, nothing is said and nothing lost. */
const ASIDE = 'renice -n 10 -p $$ > /dev/null 2>&1\n';

async function runScript(
  request: BuildRequest & { readonly isAside?: boolean },
  root: Root,
  script: string,
  file: string,
  onLine: (line: string) => void,
): Promise<RunResult> {
  await writeFile(file, request.isAside ? ASIDE + script : script);
  const result = await request.sandbox.run(
    'sh',
    [file],
    {
      cwd: root.folder,
      env: root.env,
      timeoutMs: request.timeoutMs,
      maxOutputBytes: 64 * 1024,
      signal: request.signal,
      onSpawn: request.onProcess,
      onLine,
    },
    root.places,
  );
  checkEnded(result, request.timeoutMs);
  return result;
}

interface Replayed {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly image: FoundImage | null;
  /** As `originsHold` has it; undefined where nobody looked yet. */
  readonly originsChange?: string | null;
}

/** In a folder that is made for it. */
async function replay(
  request: BuildRequest,
  build: PlannedBuild,
  { plan, keptFolder }: StoredPlan,
  folderName: string,
): Promise<Replayed> {
  const folder = join(request.folder, folderName);
  await mkdir(folder);
  const made = await build.prepareRoot(folder);
  const root = {
    ...made,
    places: { ...made.places, readable: [...made.places.readable, keptFolder] },
  };
  layOut(plan, keptFolder, root.folder);
  return runSteps(build, plan, root, (script, onLine) =>
    runScript(request, root, script, join(folder, 'steps.sh'), onLine),
  );
}

/**
 * In the folder that waits for a build by this plan.
 * @returns null when there is none, or when it turns out not to show what it should: then it is as if there were none.
 */
async function replayAtOnce(
  request: BuildRequest,
  build: PlannedBuild,
  stored: StoredPlan,
): Promise<Replayed | null> {
  const { timeoutMs, signal } = request;
  const ready = (await request.standby?.take(build.key, stored)) ?? null;
  if (ready === null) return null;
  let originsChange: string | null = null;
  try {
    const replayed = await runSteps(build, stored.plan, ready.root, async (script, onLine) => {
      const running = ready.run(script, { timeoutMs, signal, onLine });
      // The word to go is out by then; what this process does now costs the build no time.
      const looked = nextTurn().then(() => {
        originsChange = originsHold(stored);
      });
      const [result] = await Promise.all([running, looked]);
      checkEnded(result, timeoutMs);
      return result;
    });
    return ready.isSame() ? { ...replayed, originsChange } : null;
  } catch (error) {
    const isOver = error instanceof KilnError && error.code.startsWith('job.');
    if (isOver || ready.isSame()) throw error;
    return null;
  } finally {
    ready.release();
  }
}

async function runSteps(
  build: PlannedBuild,
  plan: BuildPlan,
  root: Root,
  run: (script: string, onLine: (line: string) => void) => Promise<RunResult>,
): Promise<Replayed> {
  writeSources(plan, root.folder, build.sources ?? {});
  const lines: string[] = [];
  const result = await run(planScript(plan, root.folder), (line) => lines.push(line));
  const { uf2 } = plan;
  const isDone = result.exitCode === 0;
  const image = !isDone
    ? null
    : uf2 === undefined
      ? await findImage(root.folder, build.target)
      : await makeUf2(root.folder, `${build.target}.uf2`, uf2);
  return { exitCode: result.exitCode ?? 1, lines, image };
}

/** Without one, the tree’s own build is the better judge of what went wrong. */
function outcomeOf(
  { log, payload }: BuildRequest,
  build: PlannedBuild,
  { sizeLimit }: BuildPlan,
  { exitCode, lines, image }: Replayed,
): Omit<BuildOutcome, 'way' | 'plan' | 'command' | 'sources' | 'toolchain'> | null {
  const cleaned = lines.map((line) => log.add(line));
  const layers = keymapLayers(payload.keymapJson);
  const failed = (): CompileFailure | null => {
    const errors = findErrors(cleaned).map((error) => pointAtKey(error, layers));
    return errors.length === 0
      ? null
      : { exitCode: build.failureCode, image: null, size: null, errors };
  };
  if (exitCode !== 0) return failed();
  if (image === null) return null;
  const used = image.flashBytes;
  const size = { used, limit: sizeLimit };
  if (sizeLimit === null || used <= sizeLimit) return { exitCode: 0, image, size, errors: [] };
  // In the words of the trees' own check, which are read below as theirs are.
  cleaned.push(
    log.add(`The firmware is too large! ${used}/${sizeLimit} (${used - sizeLimit} bytes over)`),
  );
  const failure = failed();
  return failure === null ? null : { ...failure, size };
}

type CompileFailure = Pick<BuildOutcome, 'exitCode' | 'image' | 'size' | 'errors'>;

async function replayedBy(
  request: BuildRequest,
  build: PlannedBuild,
  stored: StoredPlan,
): Promise<Replayed> {
  const atOnce = await replayAtOnce(request, build, stored);
  return atOnce ?? replay(request, build, stored, 'by-plan');
}

/** The next build may well be one of another key on the same keyboard. */
function expectNext(
  { standby, sandbox }: BuildRequest,
  { key, prepareRoot }: PlannedBuild,
  plans: PlanStore,
): void {
  standby?.expect({ key, plans, sandbox, prepareRoot });
}

/** Builds by the plan of that key. @throws KilnError as `Build` says. */
export async function buildByPlan(request: BuildRequest, build: PlannedBuild): Promise<Attempt> {
  const { plans } = request;
  if (plans === null) return { fullBecause: 'A clean build was asked for.' };
  if (build.sources === null)
    return { fullBecause: 'Only the tree’s own generator can judge this keymap.' };
  await plans.coming.wait(build.key, request.signal);
  const stored = plans.find(build.key);
  if (stored === null) return { fullBecause: noPlanYet(plans.coming.noPlanBecause(build.key)) };
  request.onPlan?.();
  request.onProgress({ stage: 'compile', fraction: 0.1 });
  const replayed = await replayedBy(request, build, stored).catch((error: unknown) => {
    if (stillHolds(plans, stored) === null && !plans.isReplaced(stored)) throw error;
    return null;
  });
  // Afterwards, so that nothing can change between the look and the compiler's own.
  const origins = replayed?.originsChange;
  const change =
    (origins === undefined ? originsHold(stored) : origins) ?? inputsHold(plans, stored);
  if (plans.isReplaced(stored)) {
    return { fullBecause: 'The build plan was taken away while it was used.' };
  }
  if (change !== null || replayed === null) {
    await plans.remove(build.key);
    return { fullBecause: change ?? 'The build plan could not be used.' };
  }
  const outcome = outcomeOf(request, build, stored.plan, replayed);
  if (outcome === null) return { fullBecause: 'The commands of the build plan failed.' };
  expectNext(request, build, plans);
  const sources = { ...stored.plan.generated, ...sourcesByName(build.sources) };
  const way = { path: 'plan', reason: 'Only what the keymap changes was built anew.' } as const;
  const plan = { key: build.key, seal: stored.seal };
  return { outcome: { ...outcome, ...(await build.describe()), sources, way, plan } };
}

function noPlanYet(why: string | undefined): string {
  const last = why === undefined ? '' : ` None was kept of the last full build: ${why}.`;
  return `There is no build plan yet for this keyboard with these settings.${last}`;
}

function sourcesByName(sources: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sources).map(([path, text]) => [basename(path), text]));
}

/** @returns the outcome of a full build with what makes a plan of it, where one can be made. */
export function withOpenPlan(
  request: BuildRequest,
  build: PlannedBuild,
  done: DoneBuild,
  outcome: BuildOutcome,
): BuildOutcome {
  const { plans } = request;
  const { key, sources } = build;
  if (plans === null || sources === null) return outcome;
  const make: OpenPlan['make'] = async (isAside) => {
    try {
      const seal = await keepPlan({ ...request, plans, isAside }, build, done, sources);
      return { key, seal };
    } catch (error) {
      if (request.signal.aborted) throw error;
      return { noPlanBecause: error instanceof Error ? error.message : String(error) };
    }
  };
  return { ...outcome, openPlan: { key, make } };
}

/** Makes the plan that a full build left open, before anything else. @throws as `OpenPlan` says */
export async function withPlan({ openPlan, ...outcome }: BuildOutcome): Promise<BuildOutcome> {
  if (openPlan === undefined) return outcome;
  const made = await openPlan.make(false);
  if (!('noPlanBecause' in made)) return { ...outcome, plan: made };
  const reason = `${outcome.way.reason} No build plan was kept: ${made.noPlanBecause}.`;
  return { ...outcome, way: { path: 'full', reason } };
}

interface PlanRequest extends BuildRequest {
  readonly plans: PlanStore;
  readonly isAside: boolean;
}

/** @returns the plan's seal. @throws NoPlan, or whatever kept it from being made */
async function keepPlan(
  request: PlanRequest,
  build: PlannedBuild,
  done: DoneBuild,
  sources: Readonly<Record<string, string>>,
): Promise<PlanMark['seal']> {
  const { plans } = request;
  const plan = await planOf(request, build, done, sources);
  const prepared = await plans.prepare(plan, done.root.folder);
  try {
    const { image } = await withoutFolder(request, done.root.folder, () =>
      replay(request, build, prepared.stored, 'proof'),
    );
    if (image === null || !image.content.equals(done.image.content)) {
      throw new NoPlan('its commands gave another image than the tree’s own build');
    }
    await prepared.publish(build.key);
    expectNext(request, build, plans);
    return prepared.stored.seal;
  } catch (error) {
    await prepared.discard();
    throw error;
  }
}

/** What a proof finds of the full build's folder, no later build would find. */
async function withoutFolder<Result>(
  request: BuildRequest,
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  // All that there is lies in it.
  if (folder === request.folder) return work();
  const away = `${folder}.away`;
  await rename(folder, away);
  try {
    return await work();
  } finally {
    await rename(away, folder);
  }
}

async function planOf(
  request: PlanRequest,
  build: PlannedBuild,
  done: DoneBuild,
  sources: Readonly<Record<string, string>>,
): Promise<BuildPlan> {
  const { root, size, image } = done;
  const recorded = await done.recorder.read();
  if (recorded === null) throw new NoPlan('the record of its commands is damaged');
  for (const [path, text] of Object.entries(sources)) {
    if (readRegularText(join(root.folder, path)) !== text) {
      throw new NoPlan(`the tree writes ${basename(path)} in another way than Kiln`);
    }
  }
  const commands = await done.judgeCommands(recorded);
  const sizeLimit = size?.limit ?? null;
  if (sizeLimit !== null && size?.used !== image.flashBytes) {
    throw new NoPlan('the tree counts the size of the image in a way of its own');
  }
  const names = Object.keys(sources);
  const folder = join(request.folder, 'answers');
  await mkdir(folder);
  const question = askTools(
    folder,
    commands,
    compilesWithoutList(commands, root.folder),
    linksOf(commands, `${build.target}.elf`),
  );
  await runScript(request, root, question.script, join(folder, 'ask.sh'), () => undefined);
  const answers = question.read();
  const plan = makePlan({
    commands,
    root: root.folder,
    buildFolder: request.folder,
    sources: names,
    image: image.name,
    startedAt: done.startedAt,
    sizeLimit,
    alsoRead: done.alsoRead,
    alsoListed: done.alsoListed,
    toolFiles: [...done.toolFiles, ...answers.toolFiles],
    // Without the recorder's own programs.
    searched: (root.env.PATH ?? '')
      .split(delimiter)
      .filter((place) => isAbsolute(place) && !isWithin(place, request.folder)),
    headerFolders: answers.headerFolders,
    dependencies: answers.dependencies,
    generated: done.generated,
    given: done.given,
    hidden: done.hidden,
  });
  return { ...plan, ...findUf2Step(plan.steps, image, root.folder) };
}
