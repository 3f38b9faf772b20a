/** What to say of a program that could not be started. */
import { existsSync } from 'node:fs';
import { errnoOf } from './errors.ts';

/** Why a program never ran. */
export interface StartFailure {
  /** `ENOENT`, `EACCES`, `E2BIG`, … */
  readonly errno: string | undefined;
  /** A sentence. */
  readonly message: string;
  readonly cause: unknown;
}

/** A sentence of ours for what a person can mend, the system's own words for the rest. */
export function describeStartFailure(file: string, cwd: string, cause: unknown): StartFailure {
  const errno = errnoOf(cause);
  const sentences: Record<string, string> = {
    // The system says the same of a missing program and of a missing folder.
    ENOENT: existsSync(cwd) ? `${file} was not found.` : `The folder ${cwd} does not exist.`,
    EACCES: `${file} may not be run: it is not executable, or a folder on its path is closed.`,
    E2BIG: `The arguments and the environment of ${file} are too long for this system.`,
  };
  const words = cause instanceof Error ? cause.message : String(cause);
  const message = sentences[errno ?? ''] ?? `${file} could not be started: ${words}`;
  return { errno, message, cause };
}
