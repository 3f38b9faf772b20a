/** Runs one program of the staging: with network and the user's proxy, and its failure as one error. */
import { networkEnvironment } from '../../environment.ts';
import { KilnError } from '../../errors.ts';
import { run } from '../../subprocess.ts';

export interface StepOptions {
  readonly cwd: string;
  readonly onLine?: (line: string) => void;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * @param what in words, for the error: “Fetching make”.
 * @returns what it printed on stdout.
 * @throws KilnError `toolchain.stage-failed`
 */
export async function runStep(
  what: string,
  [file, ...args]: readonly [string, ...string[]],
  { cwd, onLine, env = {} }: StepOptions,
): Promise<string> {
  const result = await run(file, args, {
    cwd,
    // Dates that programs write into files are those of nothing, so that the same input gives the same bytes.
    env: { ...networkEnvironment(), SOURCE_DATE_EPOCH: '315532800', ...env },
    timeoutMs: 20 * 60_000,
    maxOutputBytes: 4 * 1024 * 1024,
    ...(onLine === undefined ? {} : { onLine }),
  });
  if (result.outcome === 'exited' && result.exitCode === 0) return result.stdout;
  const last = result.output.trim().split('\n').slice(-3).join(' ');
  throw new KilnError(
    'toolchain.stage-failed',
    `${what} failed: ${result.failure?.message ?? (last || result.outcome)}`,
    { details: { command: result.command } },
  );
}
