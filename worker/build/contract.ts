/** One run of a toolchain, whichever the firmware tree. */

import type {
  BuildWay,
  CompileError,
  CompilePayload,
  FirmwareSize,
} from '../../core/compile/job.ts';
import type { JobProgress } from '../../core/queue/contract.ts';
import type { ProcessIdentity } from '../../core/subprocess.ts';
import type { Toolchain } from '../../core/toolchain/toolchain.ts';
import type { FirmwareTree, TreeVersion } from '../../core/trees/contract.ts';
import type { Sandbox } from '../sandbox/contract.ts';
import type { BuildLog } from './build-log.ts';
import type { FoundImage } from './outcome.ts';
import type { PlanMark, PlanStore } from './plan/plan-store.ts';
import type { Standby } from './plan/standby.ts';

export interface BuildRequest {
  readonly payload: CompilePayload;
  readonly tree: FirmwareTree;
  readonly version: TreeVersion;
  /** Absolute and empty; the only place that the build may write to. */
  readonly folder: string;
  /** Folder that outlives the build, for what can be made again at any time. */
  readonly cacheFolder: string;
  /** Where build plans are looked for and kept; null for a clean build of everything. */
  readonly plans: PlanStore | null;
  /** Where builds by plan begin at once; where there is none, each makes its own folder first. */
  readonly standby?: Standby;
  readonly toolchain: Toolchain;
  /** What the build's programs are run in. */
  readonly sandbox: Sandbox;
  /** Not to be seen by the build: Kiln's own data. */
  readonly dataFolder: string;
  /** Commands that make may run at the same time. */
  readonly parallel: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly log: BuildLog;
  readonly onProgress: (progress: JobProgress) => void;
  /** Called when there is a plan, and the build goes by it. */
  readonly onPlan?: () => void;
  /** Called for each process that leads a group, so that it can be found after a crash. */
  readonly onProcess: (identity: ProcessIdentity) => void;
}

/** A plan that is still to be made of a full build. */
export interface OpenPlan {
  readonly key: string;
  /**
   * Makes it in the build's folder, proves that it gives the same image, and keeps it.
   * @param isAside others go first: nobody waits for it.
   * @returns the plan's mark, or why there is none, as a part of a sentence.
   * @throws KilnError `job.canceled` and whatever else ended it when the build's signal is aborted
   */
  make(isAside: boolean): Promise<PlanMark | { readonly noPlanBecause: string }>;
}

export interface BuildOutcome {
  readonly way: BuildWay;
  /** The plan that the image was built by, or that was made of its build: it tells as long as the image is the right one. */
  readonly plan?: PlanMark;
  /** Of a full build that may leave one, and does not yet. */
  readonly openPlan?: OpenPlan;
  /** The build command's own; 0 when the image is there. */
  readonly exitCode: number;
  /** What was run, to show and to repeat; without how many commands at a time, which no byte depends on. */
  readonly command: readonly string[];
  /** The checked image; null after a failure. */
  readonly image: FoundImage | null;
  readonly size: FirmwareSize | null;
  readonly errors: readonly CompileError[];
  /** Generated sources by the name that they get in the source bundle. */
  readonly sources: Readonly<Record<string, string>>;
  /** Tool name to version line. */
  readonly toolchain: Readonly<Record<string, string>>;
}

/**
 * @throws KilnError `job.timed-out`, `job.canceled`, `build.limit-exceeded`, `sandbox.unavailable`,
 *   `toolchain.missing`, `tree.*`, `storage.*`
 */
export type Build = (request: BuildRequest) => Promise<BuildOutcome>;

/** What decides about a build before it begins. */
export type BuildInput = Pick<BuildRequest, 'payload' | 'tree' | 'version' | 'toolchain'>;

/** @returns the key of the plan that such a build goes by; null when none can. @throws KilnError as `Build` says */
export type FindPlanKey = (input: BuildInput) => Promise<string | null>;
