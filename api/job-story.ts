/** A job's events as they happen, without asking again and again. */
import type { JobEvent, JobQueue, JobState } from '../core/queue/contract.ts';
import type { ServerEvent } from './event-stream.ts';

/**
 * The job's events after `afterSeq`: first those that were, then each new one, until the job has ended. The
 * last event is `end`; without it the stream was cut, or the job was forgotten.
 */
export async function* jobStory(
  queue: JobQueue,
  id: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const changes = watchJob(queue, id, signal);
  try {
    let seq = afterSeq;
    while (!signal.aborted) {
      // Taken before the reading: what changes during it is looked at in the next round.
      const change = changes.next();
      for (const event of await queue.events(id, seq)) {
        seq = event.seq;
        yield serverEvent(event);
      }
      const job = await queue.get(id);
      if (job === null) return;
      if (isEnd(job.state)) {
        // It may have ended after the reading: the story comes first.
        const rest = await queue.events(id, seq);
        for (const event of rest) yield serverEvent(event);
        yield { event: 'end', data: { state: job.state } };
        return;
      }
      await change;
    }
  } finally {
    changes.stop();
  }
}

function isEnd(state: JobState): boolean {
  return state !== 'queued' && state !== 'running';
}

function serverEvent({ seq, type, ...data }: JobEvent): ServerEvent {
  if ('progress' in data) {
    const { at, progress } = data;
    return { id: seq, event: type, data: { at, ...progress } };
  }
  return { id: seq, event: type, data };
}

/** The queue's calls as promises: each settles at the first change, or abort, after it was asked for. */
function watchJob(queue: JobQueue, id: string, signal: AbortSignal) {
  let pending = Promise.withResolvers<void>();
  const wake = () => {
    pending.resolve();
    pending = Promise.withResolvers<void>();
  };
  const unwatch = queue.watch((jobId) => {
    if (jobId === null || jobId === id) wake();
  });
  signal.addEventListener('abort', wake, { once: true });
  return {
    next: () => (signal.aborted ? Promise.resolve() : pending.promise),
    stop: () => {
      unwatch();
      signal.removeEventListener('abort', wake);
    },
  };
}
