/**
 * Answers a request that was built before with what it gave then. What tells is the plan of that build: as long as
 * nothing of what it read has changed, another build would give the same.
 */
import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  type CompilePayload,
  type CompileResult,
  compileResultSchema,
} from '../core/compile/job.ts';
import type { ArtifactStore } from '../core/storage/contract.ts';
import type { ToolchainOf } from '../core/toolchain/tree-toolchain.ts';
import type { FirmwareTree, TreeRegistry, TreeVersion } from '../core/trees/contract.ts';
import type { FindPlanKey } from './build/contract.ts';
import type { PlanMark, PlanStore } from './build/plan/plan-store.ts';
import { findChangeBeside } from './build/plan/signature.ts';

const keptResultSchema = z.object({
  /** Whose artifacts they are. */
  jobId: z.string(),
  /** SHA-256 by file name, in the order in which they appear: the image comes last. */
  artifacts: z.array(z.tuple([z.string(), z.string()])),
  result: compileResultSchema,
});
type KeptResult = z.infer<typeof keptResultSchema>;

interface Environment {
  readonly trees: Pick<TreeRegistry, 'get'>;
  readonly readVersion: (tree: FirmwareTree) => Promise<TreeVersion>;
  readonly planKeyFor: (tree: FirmwareTree) => FindPlanKey;
  readonly toolchainOf: ToolchainOf;
  readonly store: ArtifactStore;
  readonly plans: PlanStore;
  /** Ends the wait for a plan that is being made. */
  readonly signal?: AbortSignal;
}

/** Everything that decides about image and artifacts and is not in the plan. */
function nameOf(payload: CompilePayload, version: TreeVersion): string {
  return hash('sha256', JSON.stringify([payload, version]), 'hex');
}

async function isWhole({ jobId, artifacts }: KeptResult, store: ArtifactStore): Promise<boolean> {
  const same = await Promise.all(
    artifacts.map(async ([name, digest]) => {
      // Gone with its job, or no file any more: then it is built again.
      const content = await store.read(jobId, name).catch(() => null);
      return content !== null && hash('sha256', content, 'hex') === digest;
    }),
  );
  return same.every((is) => is);
}

/**
 * @returns the result, with the artifacts in the job's own place; null when it has to be built. What goes wrong on the
 *   way is left to the build to meet.
 */
export async function recall(
  jobId: string,
  payload: CompilePayload,
  environment: Environment,
): Promise<CompileResult | null> {
  const startedAt = performance.now();
  const { store, plans } = environment;
  try {
    const tree = await environment.trees.get(payload.tree);
    const version = await environment.readVersion(tree);
    const input = { payload, tree, version, toolchain: environment.toolchainOf(tree) };
    const key = await environment.planKeyFor(tree)(input);
    if (key !== null) await plans.coming.wait(key, environment.signal);
    const stored = key === null ? null : plans.find(key);
    if (key === null || stored === null) return null;
    const mark = { key, seal: stored.seal };
    const name = nameOf(payload, version);
    const kept = keptResultSchema.safeParse(plans.findNote(mark, name)).data;
    if (kept === undefined) return null;
    const { inputs, origins } = stored.plan;
    const names = kept.artifacts.map(([artifact]) => artifact);
    // All at once, since each waits for the disk for most of its time. What the copies are of is only told afterwards: nobody
    // is, before the job has ended.
    const [isCopied, isAllThere, change] = await Promise.all([
      store.copy(kept.jobId, jobId, names).catch(() => false),
      isWhole(kept, store),
      findChangeBeside([...inputs, ...origins]),
      // The newest job is the one that stays longest. A note of files that are not there is no note.
      plans.addNote(mark, name, { ...kept, jobId }).catch(() => undefined),
    ]);
    if (!isCopied || !isAllThere || change !== null) {
      await store.delete(jobId);
      return null;
    }
    return {
      ...kept.result,
      way: { path: 'stored', reason: 'The same keymap was built before, and nothing has changed.' },
      durationMs: Math.round(performance.now() - startedAt),
    };
  } catch {
    return null;
  }
}

/** Keeps a result for `recall`. A disk that refuses costs the next job its time, and this one nothing. */
export async function remember(
  mark: PlanMark,
  payload: CompilePayload,
  version: TreeVersion,
  kept: KeptResult,
  plans: PlanStore,
): Promise<void> {
  await plans.addNote(mark, nameOf(payload, version), kept).catch(() => undefined);
}
