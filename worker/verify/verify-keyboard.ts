/** Builds keymaps of one keyboard by plan and in full, and compares the bytes. */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CompilePayload } from '../../core/compile/job.ts';
import { type BuildRun, buildKeymap, type CompileEnvironment } from '../compile.ts';

export const comparisonSchema = z.object({
  /**
   * - `same`: both ways gave the same image, or the same refusal of the compiler.
   * - `fallback`: there was no plan, and the result said why; there is nothing to compare.
   * - `different`: a fault.
   */
  verdict: z.enum(['same', 'different', 'fallback']),
  /** SHA-256 of the clean build’s image; null when it gave none. */
  image: z.string().nullable(),
  fullMs: z.number(),
  planMs: z.number().nullable(),
  /** Why there was a full build where a plan was expected, or what the difference is. */
  note: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

interface Built {
  readonly path: string;
  readonly reason: string;
  readonly content: string | null;
  readonly errors: string;
  /** The compiler's first, where there is one. */
  readonly firstError: string | null;
  readonly ms: number;
}

async function build(
  payload: CompilePayload,
  usePlans: boolean,
  environment: CompileEnvironment,
  options: Pick<BuildRun, 'signal' | 'timeoutMs'>,
): Promise<Built> {
  const startedAt = performance.now();
  const { outcome } = await buildKeymap(
    {
      ...options,
      id: randomUUID(),
      payload,
      usePlans,
      onProgress: () => undefined,
      onLine: () => undefined,
    },
    environment,
  );
  return {
    ...outcome.way,
    content:
      outcome.image === null
        ? null
        : createHash('sha256').update(outcome.image.content).digest('hex'),
    firstError: outcome.errors[0]?.message ?? null,
    errors: JSON.stringify([outcome.exitCode, outcome.errors, outcome.size]),
    ms: Math.round(performance.now() - startedAt),
  };
}

/**
 * The first of a keyboard's keymaps leaves the plan: its full build is the clean one that its build by plan is held to.
 * @param isFirst whether a plan is still to be made.
 * @throws KilnError when a build could not run to its end.
 */
export async function compareBuilds(
  payload: CompilePayload,
  isFirst: boolean,
  environment: CompileEnvironment,
  options: Pick<BuildRun, 'signal' | 'timeoutMs'>,
): Promise<Comparison> {
  const full = await build(payload, isFirst, environment, options);
  const byPlan = await build(payload, true, environment, options);
  const common = { image: full.content, fullMs: full.ms };
  if (full.path !== 'full') {
    // A plan of an earlier run: this one compared nothing with a clean build.
    return { ...common, verdict: 'fallback', planMs: full.ms, note: 'There was a plan already.' };
  }
  if (byPlan.path !== 'plan' && full.content === null) {
    const note = `The clean build gives no image either: ${full.firstError ?? 'see its log'}`;
    return { ...common, verdict: 'fallback', planMs: null, note };
  }
  if (byPlan.path !== 'plan') {
    return {
      ...common,
      verdict: 'fallback',
      planMs: null,
      note: isFirst ? full.reason : byPlan.reason,
    };
  }
  const isSame = full.content === byPlan.content && full.errors === byPlan.errors;
  return {
    ...common,
    verdict: isSame ? 'same' : 'different',
    planMs: byPlan.ms,
    note: isSame
      ? ''
      : `full ${full.content} ${full.errors}, by plan ${byPlan.content} ${byPlan.errors}`,
  };
}
