/** ended → forgotten. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Engine, transaction } from './engine.ts';

/** Jobs a transaction: stories are long, and nobody else writes while one is being deleted. */
const BATCH = 50;

export function prepareSweep(engine: Engine): (before: number) => Promise<readonly string[]> {
  const remove = engine.database
    .prepare<[number, number], string>(`
      DELETE FROM jobs
      WHERE place IN (SELECT place FROM jobs WHERE ended_at < ? AND pinned = 0 ORDER BY ended_at LIMIT ?)
      RETURNING id`)
    .pluck();
  const removeBatch = transaction(engine, (before: number) => remove.all(before, BATCH));

  return async (before) => {
    const swept: string[] = [];
    for (;;) {
      const batch = removeBatch(before);
      swept.push(...batch);
      if (batch.length < BATCH) return swept;
      // Requests are answered between two batches.
      await nextTurn();
    }
  };
}
