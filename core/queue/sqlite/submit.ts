/** (nothing) → queued. */
import { KilnError } from '../../errors.ts';
import type { Job, NewJob } from '../contract.ts';
import { type Engine, transaction } from './engine.ts';
import { type JobRow, toJob } from './rows.ts';
import type { Story } from './story.ts';

export function prepareSubmit(engine: Engine, story: Story): (job: NewJob) => Job {
  const { database, now, newToken, queueLimit } = engine;
  const countQueued = database
    .prepare<[], number>("SELECT count(*) FROM jobs WHERE state = 'queued'")
    .pluck();
  const insert = database.prepare<Record<string, unknown>, JobRow>(`
    INSERT INTO jobs (id, kind, state, front, time_limit_ms, created_at, enqueued_at, last_seq, client, request_id, payload, title)
    VALUES (@id, @kind, 'queued', @front, @timeLimitMs, @at, @at, 1, @client, @requestId, @payload, @title)
    RETURNING *`);

  return transaction(engine, (job: NewJob): Job => {
    if ((countQueued.get() ?? 0) >= queueLimit) {
      throw new KilnError('queue.full', `${queueLimit} jobs wait already; no more are taken.`, {
        details: { limit: queueLimit },
      });
    }
    const at = now();
    const row = insert.get({
      id: newToken(),
      kind: job.kind,
      front: job.front === true ? 1 : 0,
      timeLimitMs: job.timeLimitMs,
      at,
      client: job.client ?? null,
      requestId: job.requestId ?? null,
      payload: JSON.stringify(job.payload),
      title: job.title ?? '',
    }) as JobRow;
    story.appendState(row, at);
    return toJob(row);
  });
}
