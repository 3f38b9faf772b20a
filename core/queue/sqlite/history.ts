/** What was done: pages of jobs from the newest back, which of them are kept, and forgetting one by hand. */
import type { Database } from '../../db/database.ts';
import { type HistoryOptions, type HistoryPage, isJobId, type Job } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';

/** Text for `LIKE` in which the wildcards stand for themselves. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

export function prepareHistory(database: Database): (options: HistoryOptions) => HistoryPage {
  const placeOf = database.prepare<[string], number>('SELECT place FROM jobs WHERE id = ?').pluck();
  return ({ limit, before, text = '', states, pinned }) => {
    const start = before === undefined ? undefined : placeOf.get(before);
    // The job that the page before ended with was forgotten meanwhile: nobody knows where to go on.
    if (before !== undefined && start === undefined) return { jobs: [], more: false };
    const words = text.split(/\s+/).filter((word) => word !== '');
    const conditions = [
      'true',
      ...(start === undefined ? [] : ['place < ?']),
      ...(states === undefined ? [] : ['state IN (SELECT value FROM json_each(?))']),
      ...(pinned === true ? ['pinned = 1'] : []),
      ...words.map(() => "title LIKE ? ESCAPE '\\'"),
    ];
    const rows = database
      .prepare<unknown[], JobRow>(
        `SELECT * FROM jobs WHERE place IN (
           SELECT place FROM jobs WHERE ${conditions.join(' AND ')} ORDER BY place DESC LIMIT ?)
         ORDER BY place DESC`,
      )
      .all(
        ...(start === undefined ? [] : [start]),
        ...(states === undefined ? [] : [JSON.stringify(states)]),
        ...words.map((word) => `%${literally(word)}%`),
        limit + 1,
      );
    return { jobs: rows.slice(0, limit).map(toJob), more: rows.length > limit };
  };
}

export function preparePin(engine: Engine): (id: string, pinned: boolean) => Job | null {
  const update = engine.database.prepare<[number, string], JobRow>(
    'UPDATE jobs SET pinned = ? WHERE id = ? RETURNING *',
  );
  return transaction(engine, (id: string, pinned: boolean): Job | null => {
    const row = isJobId(id) ? update.get(pinned ? 1 : 0, id) : undefined;
    return row === undefined ? null : toJob(row);
  });
}

export function prepareForget(engine: Engine): (id: string) => boolean {
  const remove = engine.database.prepare<[string]>(
    'DELETE FROM jobs WHERE id = ? AND ended_at IS NOT NULL',
  );
  return transaction(engine, (id: string) => isJobId(id) && remove.run(id).changes > 0);
}
