/** Carries out one `compile` job: build, check, store. Knows nothing of queues. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import {
  ARTIFACTS,
  type CompilePayload,
  type CompileResult,
  compilePayloadSchema,
} from '../core/compile/job.ts';
import type { JobProgress, JsonValue } from '../core/queue/contract.ts';
import type { ArtifactStore, NewArtifact } from '../core/storage/contract.ts';
import type { Toolchain } from '../core/toolchain/toolchain.ts';
import type { ToolchainOf } from '../core/toolchain/tree-toolchain.ts';
import type { FirmwareTree, TreeRegistry, TreeVersion } from '../core/trees/contract.ts';
import { createBuildFolder } from './build/build-folder.ts';
import { createBuildLog, type Replacements } from './build/build-log.ts';
import type { Build, BuildOutcome, FindPlanKey, OpenPlan } from './build/contract.ts';
import { checkDisk } from './build/full-disk.ts';
import { withPlan } from './build/plan/build-by-plan.ts';
import type { LaterPlans } from './build/plan/later-plans.ts';
import type { PlanStore } from './build/plan/plan-store.ts';
import type { Standby } from './build/plan/standby.ts';
import { makeSourceBundle } from './build/source-bundle.ts';
import { buildOfOneState, guardTree } from './build/tree-guard.ts';
import { recall, remember } from './recall.ts';
import type { Sandbox } from './sandbox/contract.ts';

export interface CompileEnvironment {
  readonly trees: TreeRegistry;
  readonly readVersion: (tree: FirmwareTree) => Promise<TreeVersion>;
  /** The usual one. */
  readonly toolchain: Toolchain;
  readonly toolchainOf: ToolchainOf;
  readonly sandbox: Sandbox;
  readonly store: ArtifactStore;
  /** How a tree of that kind is built. */
  readonly buildFor: (tree: FirmwareTree) => Build;
  readonly planKeyFor: (tree: FirmwareTree) => FindPlanKey;
  readonly buildsFolder: string;
  readonly cacheFolder: string;
  readonly plans: PlanStore;
  /** See `BuildRequest`. */
  readonly standby?: Standby;
  /** Where plans are made once their jobs have ended; where there is none, each is made before. */
  readonly laterPlans?: LaterPlans;
  /** Paths to keep out of logs, with what stands for them. */
  readonly dataFolder: string;
  /** Commands at the same time within a build that begins now. */
  readonly parallel: () => Promise<number>;
}

/** The next build of a keyboard waits for its plan at least that long, however quick a full build is. */
const SHORTEST_WAIT_MS = 10_000;

export interface CompileRun {
  readonly jobId: string;
  readonly payload: JsonValue;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onLine: (line: string) => void;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Longest first, so that a folder inside another is named by its own word. */
function pathReplacements(
  work: string,
  tree: FirmwareTree,
  environment: CompileEnvironment,
): Replacements {
  const pairs: [string, string][] = [
    [`${work}/qmk_firmware/`, ''],
    [work, '<build>'],
    [tree.path, '<tree>'],
    [environment.dataFolder, '<kiln>'],
    [homedir(), '~'],
  ];
  return pairs.filter(([from]) => from.length > 1).sort(([a], [b]) => b.length - a.length);
}

/** @returns the files in the order in which they are to appear: whoever sees the image sees the rest too. */
async function artifactsOf(
  { tree, version, outcome, lines }: EndedBuild,
  payload: CompilePayload,
): Promise<NewArtifact[]> {
  const image =
    outcome.image === null
      ? null
      : { name: outcome.image.name, sha256: sha256(outcome.image.content) };
  const keymapSource = outcome.sources[ARTIFACTS.keymapSource];
  const source = await makeSourceBundle({ payload, tree, version, ...outcome, image });
  return [
    { name: ARTIFACTS.keymap, content: Buffer.from(`${payload.keymapJson}\n`) },
    ...(keymapSource === undefined
      ? []
      : [{ name: ARTIFACTS.keymapSource, content: Buffer.from(keymapSource) }]),
    { name: ARTIFACTS.source, content: source },
    { name: ARTIFACTS.log, content: Buffer.from(`${lines.join('\n')}\n`) },
    ...(outcome.image === null ? [] : [outcome.image]),
  ].map(({ name, content }) => ({ name, content }));
}

/** What a build is made of and by, whatever becomes of it. */
export interface BuildRun {
  /** Names the build's folder; a job's id, or any other text of letters and digits. */
  readonly id: string;
  readonly payload: CompilePayload;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onLine: (line: string) => void;
  readonly onPlan?: () => void;
  /** False for a clean build that neither uses nor leaves a plan. */
  readonly usePlans: boolean;
}

export interface EndedBuild {
  readonly tree: FirmwareTree;
  readonly version: TreeVersion;
  readonly outcome: BuildOutcome;
  /** All lines of the log. */
  readonly lines: readonly string[];
  /** Head and tail of the log, as a result carries it. */
  readonly output: string;
}

/**
 * Builds a keymap and hands its image back, with nothing stored and the build's folder gone.
 * @throws KilnError when the build could not run to its own end, or its tree changed all the time.
 */
export async function buildKeymap(
  run: BuildRun,
  environment: CompileEnvironment,
): Promise<EndedBuild> {
  const { removal, ...built } = await leave(await buildAndStay(run, environment));
  await removal;
  return built;
}

/** Its folder is still there, and so is what it left open. */
interface StayingBuild extends EndedBuild {
  removeFolder(): Promise<void>;
}

/** Its folder goes while what it gave is made use of. */
interface LeavingBuild extends EndedBuild {
  /** To be waited for. */
  readonly removal: Promise<void>;
}

/** Makes the plan that the build may leave, then removes its folder. */
async function leave({ removeFolder, ...built }: StayingBuild): Promise<LeavingBuild> {
  try {
    const outcome = await withPlan(built.outcome);
    const removal = removeFolder();
    // Whoever waits for it meets the error, also when something else fails before.
    removal.catch(() => undefined);
    return { ...built, outcome, removal };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

function buildAndStay(run: BuildRun, environment: CompileEnvironment): Promise<StayingBuild> {
  return buildOfOneState(run, (timeoutMs) => buildOnce({ ...run, timeoutMs }, environment));
}

async function buildOnce(run: BuildRun, environment: CompileEnvironment): Promise<StayingBuild> {
  const { payload } = run;
  const { readVersion, laterPlans } = environment;
  const tree = await environment.trees.get(payload.tree);
  const folder = createBuildFolder(environment.buildsFolder, run.id);
  try {
    const { keyboard } = payload;
    const guard = guardTree({ tree, keyboard, folder: folder.work, readVersion });
    const [version, parallel] = await Promise.all([readVersion(tree), environment.parallel()]);
    const log = createBuildLog({
      file: folder.logFile,
      replacements: pathReplacements(folder.work, tree, environment),
      onLine: run.onLine,
    });
    const outcome = await environment
      .buildFor(tree)({
        payload,
        tree,
        version,
        folder: folder.work,
        cacheFolder: environment.cacheFolder,
        plans: run.usePlans ? environment.plans : null,
        ...(environment.standby === undefined ? {} : { standby: environment.standby }),
        toolchain: environment.toolchainOf(tree),
        sandbox: environment.sandbox,
        dataFolder: environment.dataFolder,
        parallel,
        timeoutMs: run.timeoutMs,
        // The build's own programs go on to be run when its job is over.
        signal:
          laterPlans === undefined ? run.signal : AbortSignal.any([run.signal, laterPlans.signal]),
        log,
        onProgress: run.onProgress,
        ...(run.onPlan === undefined ? {} : { onPlan: run.onPlan }),
        onProcess: folder.recordProcess,
      })
      .finally(() => log.close());
    const lines = await log.lines();
    await checkDisk(outcome, lines, folder.work);
    await guard.check(outcome);
    const output = log.output();
    return { tree, version, outcome, lines, output, removeFolder: () => folder.remove() };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/**
 * @returns the job's result, of an image or of a compile error.
 * @throws KilnError when the build could not run to its own end; nothing of it is left.
 */
export async function compile(
  run: CompileRun,
  environment: CompileEnvironment,
): Promise<CompileResult> {
  const startedAt = performance.now();
  const payload = compilePayloadSchema.parse(run.payload);
  const recalled = await recall(run.jobId, payload, { ...environment, signal: run.signal });
  if (recalled !== null) return recalled;
  const staying = await buildAndStay(
    { ...run, id: run.jobId, payload, usePlans: true },
    environment,
  );
  const job = { jobId: run.jobId, payload, startedAt };
  const { openPlan } = staying.outcome;
  const { laterPlans } = environment;
  const sayStored = (): void => run.onProgress({ stage: 'store', fraction: 0.99 });
  if (openPlan === undefined || !laterPlans?.hasRoom()) {
    const built = await leave(staying);
    sayStored();
    return storeAndRemove(built, job, environment);
  }
  sayStored();
  return storeAndPlan(staying, openPlan, laterPlans, job, environment);
}

interface CompileJob {
  readonly jobId: string;
  readonly payload: CompilePayload;
  /** By `performance.now`. */
  readonly startedAt: number;
}

function elapsed({ startedAt }: CompileJob): number {
  return Math.round(performance.now() - startedAt);
}

/** What a job leaves to be found by the next one of the same keymap. */
function noteOf(job: CompileJob, built: EndedBuild, files: readonly NewArtifact[]) {
  const artifacts = files.map(({ name, content }): [string, string] => [name, sha256(content)]);
  const result = { ...resultOf(built), durationMs: elapsed(job) };
  return { jobId: job.jobId, artifacts, result };
}

async function storeAndRemove(
  { removal, ...built }: LeavingBuild,
  job: CompileJob,
  { plans, store }: CompileEnvironment,
): Promise<CompileResult> {
  const beside = [removal];
  try {
    const files = await artifactsOf(built, job.payload);
    const { outcome, version } = built;
    if (outcome.image !== null && outcome.plan !== undefined) {
      // A note that comes before its artifacts, or stays without them after a crash, names files that are not there.
      const note = noteOf(job, built, files);
      beside.push(remember(outcome.plan, job.payload, version, note, plans));
    }
    await store.putAll(job.jobId, files);
  } finally {
    await Promise.all(beside);
  }
  return { ...resultOf(built), durationMs: elapsed(job) };
}

/** The plan is made, and the build's folder removed, once the job has ended. */
async function storeAndPlan(
  { removeFolder, ...built }: StayingBuild,
  openPlan: OpenPlan,
  laterPlans: LaterPlans,
  job: CompileJob,
  { plans, store }: CompileEnvironment,
): Promise<CompileResult> {
  try {
    const files = await artifactsOf(built, job.payload);
    const note = noteOf(job, built, files);
    await store.putAll(job.jobId, files);
    const longestMs = Math.max(elapsed(job), SHORTEST_WAIT_MS);
    const end = await plans.coming.announce(openPlan.key, longestMs);
    const make = async (): Promise<void> => {
      const made = await openPlan.make(true);
      if ('noPlanBecause' in made) end(made.noPlanBecause);
      else await remember(made, job.payload, built.version, note, plans);
    };
    laterPlans.add({
      jobId: job.jobId,
      make: () =>
        make()
          // Given up: a later build of that keyboard makes one.
          .catch(() => undefined)
          .then(() => end())
          // What cannot be removed, the next start removes.
          .then(removeFolder)
          .catch(() => undefined),
    });
    return { ...note.result, durationMs: elapsed(job) };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

function resultOf({
  tree,
  version,
  outcome,
  output,
}: EndedBuild): Omit<CompileResult, 'durationMs'> {
  return {
    returncode: outcome.exitCode,
    output,
    command: [...outcome.command],
    firmwareFilename: outcome.image?.name ?? null,
    firmwareSha256: outcome.image === null ? null : sha256(outcome.image.content),
    size: outcome.size,
    errors: [...outcome.errors],
    tree: {
      name: tree.name,
      commit: version.commit,
      describe: version.describe,
      dirty: version.dirty,
    },
    toolchain: { ...outcome.toolchain },
    way: outcome.way,
  };
}
