/** Carries out one test build: a clean one, of which the verdict and the log are kept. */
import type { CompilePayload } from '../core/compile/job.ts';
import type { TestAnswer } from '../core/test-builds/contract.ts';
import { buildKeymap, type CompileEnvironment } from './compile.ts';

export interface TestRun {
  /** Names the build's folder; letters and digits. */
  readonly id: string;
  readonly payload: CompilePayload;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** @throws KilnError as `Build` says */
export async function testBuild(
  run: TestRun,
  environment: CompileEnvironment,
): Promise<TestAnswer> {
  const startedAt = performance.now();
  const { outcome, output } = await buildKeymap(
    {
      ...run,
      onProgress: () => undefined,
      onLine: () => undefined,
      // What people's builds left to be quick by must not make room for that of every keyboard there is.
      usePlans: false,
    },
    environment,
  );
  const works = outcome.image !== null;
  return {
    works,
    // QMK's makefiles end the line of a file that the compiler warns of with this.
    warnings: works && output.includes('[WARNINGS]'),
    message: output,
    durationMs: performance.now() - startedAt,
  };
}
