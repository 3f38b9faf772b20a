/** Times whole commands with everything that they start: wall clock and CPU, as the system accounts for it. */
import { spawnSync } from 'node:child_process';

export interface Measured {
  readonly wallSeconds: number;
  /** User and system time of the command and of all descendants that were waited for. */
  readonly cpuSeconds: number;
}

export interface MeasureOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** `times` prints `0m1.234s 0m0.567s`, the shell's own, then its children's. */
function parseTimes(text: string): number {
  const line = text.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

/** @throws with the end of its output when the command fails. */
export function measure(command: readonly string[], { cwd, env }: MeasureOptions): Measured {
  const startedAt = performance.now();
  // The shell waits for the command, so its account of its children holds the whole tree. `times` prints to
  // stdout, which the command's own output must not reach.
  const result = spawnSync('bash', ['-c', '"$@" >&2 || exit; times', 'measure', ...command], {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const wallSeconds = (performance.now() - startedAt) / 1000;
  if (result.status !== 0) {
    throw new Error(`${command.join(' ')} failed:\n${result.stderr.slice(-2000)}`);
  }
  return { wallSeconds, cpuSeconds: parseTimes(result.stdout) };
}
