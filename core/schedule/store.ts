/** The schedule's state in the database. */
import type { Database } from '../db/database.ts';
import type { RunOutcome } from './contract.ts';

export interface TaskRow {
  readonly task: string;
  readonly due_from: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly outcome: RunOutcome | null;
  readonly message: string | null;
  readonly done_at: number | null;
}

export interface ScheduleStore {
  get(task: string): TaskRow | undefined;
  /** Notes a task that was never seen: its first run counts from then. */
  see(task: string, at: number): void;
  begin(task: string, at: number): void;
  end(task: string, at: number, outcome: 'done' | 'failed', message: string): void;
  /** Runs that a service which was killed did not end. @returns how many. */
  repair(at: number): number;
}

export function createScheduleStore(database: Database): ScheduleStore {
  const find = database.prepare<[string], TaskRow>('SELECT * FROM schedule WHERE task = ?');
  const insert = database.prepare(
    'INSERT INTO schedule (task, due_from) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const begin = database.prepare(
    `UPDATE schedule SET due_from = @at, started_at = @at, ended_at = NULL, outcome = 'running', message = NULL
     WHERE task = @task`,
  );
  const end = database.prepare(
    `UPDATE schedule SET ended_at = @at, outcome = @outcome, message = @message,
       done_at = iif(@outcome = 'done', @at, done_at)
     WHERE task = @task`,
  );
  const repair = database.prepare(
    `UPDATE schedule SET ended_at = ?, outcome = 'failed', message = 'The service ended in the middle of it.'
     WHERE outcome = 'running'`,
  );
  return {
    get: (task) => find.get(task),
    see: (task, at) => void insert.run(task, at),
    begin: (task, at) => void begin.run({ task, at }),
    end: (task, at, outcome, message) => void end.run({ task, at, outcome, message }),
    repair: (at) => repair.run(at).changes,
  };
}
