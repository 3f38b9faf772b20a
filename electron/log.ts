/** The shell's own log: few lines, in the folder of the service's log. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ShellLog {
  write(level: 'info' | 'warn' | 'error', message: string): void;
}

const MOST_BYTES = 2 * 1024 * 1024;

/** Makes room for a log that grew too long; one earlier one is kept. */
export function rotate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    if (statSync(file).size > MOST_BYTES) renameSync(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

export function openShellLog(file: string): ShellLog {
  rotate(file);
  return {
    write(level, message) {
      const line = JSON.stringify({ level, time: Date.now(), name: 'shell', msg: message });
      try {
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
      } catch {
        // A full disk must not take the window down with it; the service says so where it is seen.
        return;
      }
    },
  };
}
