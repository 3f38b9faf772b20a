/** Carries out one check: the same build as a job's, of which only the verdict is kept. */
import type { CheckAnswer } from '../core/compile/check.ts';
import type { CompilePayload } from '../core/compile/job.ts';
import { buildKeymap, type CompileEnvironment } from './compile.ts';

export interface CheckKeymapRun {
  /** Names the build's folder; letters and digits. */
  readonly id: string;
  readonly payload: CompilePayload;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when there is a build plan to go by, so that the answer is near. */
  readonly onPlan: () => void;
}

/** @throws KilnError as `Build` says */
export async function checkKeymap(
  { id, payload, timeoutMs, signal, onPlan }: CheckKeymapRun,
  environment: CompileEnvironment,
): Promise<CheckAnswer> {
  const startedAt = performance.now();
  const { outcome } = await buildKeymap(
    {
      id,
      payload,
      timeoutMs,
      signal,
      onProgress: () => undefined,
      onLine: () => undefined,
      onPlan,
      usePlans: true,
    },
    environment,
  );
  return {
    ok: outcome.image !== null,
    size: outcome.size?.used ?? null,
    limit: outcome.size?.limit ?? null,
    path: outcome.way.path,
    errors: [...outcome.errors],
    durationMs: Math.round(performance.now() - startedAt),
  };
}
