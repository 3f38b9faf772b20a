/**
 * The git commands that firmware trees need. Each failure is `tree.git-failed` with git's own last words; `outcome` of its
 * details is `timed-out` when git took too long, `canceled` when somebody's signal ended it.
 */
import { networkEnvironment } from '../environment.ts';
import { KilnError } from '../errors.ts';
import { run } from '../subprocess.ts';
import type { Toolchain } from '../toolchain/toolchain.ts';

export interface GitOptions {
  /** Folder to run in. */
  readonly cwd: string;
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
  /** Aborting it ends git and all that it started. */
  readonly signal?: AbortSignal;
  /** Output that is kept; 256 KiB by default, enough for every message. */
  readonly maxOutputBytes?: number;
}

export type Git = (args: readonly string[], options: GitOptions) => Promise<string>;

/** Submodules and histories of QMK are large and lines slow; still, a dead server must end some time. */
const NETWORK_TIMEOUT_MS = 60 * 60_000;

/** What git gives as its reason; without one, how its output ends, which is often only general advice. */
function lastWords(output: string): string {
  const lines = output.trim().split('\n');
  const reasons = lines.filter((line) => /^(?:remote: )?(?:fatal|error):/i.test(line));
  return (reasons.length > 0 ? reasons : lines).slice(-2).join(' ');
}

/** @returns a function that runs git and answers with what it printed, trimmed. */
export function createGit(toolchain: Toolchain): Git {
  return async (
    args,
    { cwd, onLine, signal, timeoutMs = NETWORK_TIMEOUT_MS, maxOutputBytes = 256 * 1024 },
  ) => {
    const file = toolchain.need('git').file;
    const result = await run(file, args, {
      cwd,
      env: networkEnvironment(),
      timeoutMs,
      maxOutputBytes,
      ...(onLine === undefined ? {} : { onLine }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.outcome === 'exited' && result.exitCode === 0) return result.stdout.trim();
    const command = args.find((word) => /^[a-z][a-z-]*$/.test(word));
    const words = lastWords(result.output);
    const why = result.failure?.message ?? (words || result.outcome);
    throw new KilnError('tree.git-failed', `git ${command} failed: ${why}`, {
      details: { command: result.command, outcome: result.outcome },
    });
  };
}

export interface GitAddress {
  readonly address: string;
  /** Branch, tag or commit; null for the default branch. */
  readonly ref: string | null;
}

/**
 * Splits `<address>[@<ref>]`: `https://host/qmk.git@0.30.0`, `git@host:qmk/qmk.git@develop`. An `@` that belongs
 * to the user name stays in the address.
 */
export function parseGitAddress(text: string): GitAddress {
  const authority = /^[a-z+]+:\/\/[^/]*|^[^/@:]+@[^/:]+:/.exec(text)?.[0].length ?? 0;
  const at = text.lastIndexOf('@');
  if (at < authority || at < 1 || at === text.length - 1) return { address: text, ref: null };
  return { address: text.slice(0, at), ref: text.slice(at + 1) };
}
