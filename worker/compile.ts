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
import type { Build, BuildOutcome, FindPlanKey } from './build/contract.ts';
import { checkDisk } from './build/full-disk.ts';
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
  /** Paths to keep out of logs, with what stands for them. */
  readonly dataFolder: string;
  /** Commands at the same time within a build that begins now. */
  readonly parallel: () => Promise<number>;
}

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
  const { removal, ...built } = await buildAndLeave(run, environment);
  await removal;
  return built;
}

/** Its folder goes while what it gave is made use of. */
interface LeavingBuild extends EndedBuild {
  /** To be waited for. */
  readonly removal: Promise<void>;
}

function buildAndLeave(run: BuildRun, environment: CompileEnvironment): Promise<LeavingBuild> {
  return buildOfOneState(run, (timeoutMs) => buildOnce({ ...run, timeoutMs }, environment));
}

async function buildOnce(run: BuildRun, environment: CompileEnvironment): Promise<LeavingBuild> {
  const { payload } = run;
  const { readVersion } = environment;
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
        signal: run.signal,
        log,
        onProgress: run.onProgress,
        ...(run.onPlan === undefined ? {} : { onPlan: run.onPlan }),
        onProcess: folder.recordProcess,
      })
      .finally(() => log.close());
    const lines = await log.lines();
    await checkDisk(outcome, lines, folder.work);
    await guard.check(outcome);
    const removal = folder.remove();
    // Whoever waits for it meets the error, also when something else fails before.
    removal.catch(() => undefined);
    return { tree, version, outcome, lines, output: log.output(), removal };
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
  const recalled = await recall(run.jobId, payload, environment);
  if (recalled !== null) return recalled;
  const { removal, ...built } = await buildAndLeave(
    { ...run, id: run.jobId, payload, usePlans: true },
    environment,
  );
  run.onProgress({ stage: 'store', fraction: 0.99 });
  const result = resultOf(built);
  const elapsed = () => Math.round(performance.now() - startedAt);
  const beside = [removal];
  try {
    const files = await artifactsOf(built, payload);
    const { outcome, version } = built;
    if (outcome.image !== null && outcome.plan !== undefined) {
      // A note that comes before its artifacts, or stays without them after a crash, names files that are not there.
      const artifacts = files.map(({ name, content }): [string, string] => [name, sha256(content)]);
      const kept = { jobId: run.jobId, artifacts, result: { ...result, durationMs: elapsed() } };
      beside.push(remember(outcome.plan, payload, version, kept, environment.plans));
    }
    await environment.store.putAll(run.jobId, files);
  } finally {
    await Promise.all(beside);
  }
  return { ...result, durationMs: elapsed() };
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
