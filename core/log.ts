/** Structured logs: one JSON object a line, on stderr or in a file, so that stdout stays the program's own. */
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Characters of lines that could not be written yet. */
const MOST_HELD_BACK = 1024 * 1024;

export interface LogOptions {
  readonly level: string;
  /** Which part of Kiln writes: `service`, `worker`, `cli`. */
  readonly name: string;
  /** File descriptor or path; stderr by default. */
  readonly destination?: number | string;
}

/** A logger whose lines carry `name`; children add `jobId` and the like. Secrets are cut by name. */
export function createLogger({ level, name, destination = 2 }: LogOptions): Logger {
  const output = pino.destination({
    dest: destination,
    sync: true,
    mkdir: true,
    maxLength: MOST_HELD_BACK,
  });
  // A full disk must not end the program: lines are held back until there is room, then the newest are lost.
  output.on('error', () => undefined);
  return pino(
    {
      level,
      base: { name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['token', 'req.headers.authorization', 'headers.authorization'],
    },
    output,
  );
}
