/** What the service does by itself: which tasks there are, and how each one's last run ended. */

export interface RunContext {
  /** Aborted when the service stops. */
  readonly signal: AbortSignal;
  /** Somebody asked for it now, and does not want it to wait for a quiet hour. */
  readonly now: boolean;
  /** Somebody or something asked for this run; it is not its own time. */
  readonly asked: boolean;
}

export interface Task {
  /** Lower-case words with dashes; the state in the database goes by it. */
  readonly name: string;
  /** What it does, in a few words. */
  readonly title: string;
  /** A cron pattern in local time, milliseconds between two starts, or null: only when it is asked for. */
  readonly when: string | number | null;
  /** Variable of the setting that turns it on and off; absent where it is always on. */
  readonly setting?: string;
  /** Runs at the start of the service, whenever the last run was. */
  readonly atStart?: boolean;
  /** Tasks of one lane wait for each other. */
  readonly lane?: string;
  /** @returns what came of it, in a sentence. @throws what made it fail */
  run(context: RunContext): Promise<string>;
}

export type RunOutcome = 'running' | 'done' | 'failed';

/** How a task was when it was last looked at. Times are milliseconds since the epoch. */
export interface TaskState {
  readonly name: string;
  readonly title: string;
  /** The cron pattern, `every 60 s`, or `on demand`. */
  readonly when: string;
  /** Variable of the setting that turns it on and off; null where it is always on. */
  readonly setting: string | null;
  /** Null for a task that runs on demand only. */
  readonly nextRunAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly outcome: RunOutcome | null;
  readonly message: string | null;
  /** End of the last run that went well. */
  readonly doneAt: number | null;
}

export interface Schedule {
  list(): readonly TaskState[];
  /**
   * Runs a task out of turn.
   * @returns its state after the run; the run goes on when nobody waits for it.
   * @throws KilnError `schedule.unknown`, `schedule.running`
   */
  run(name: string, now: boolean): Promise<TaskState>;
}
