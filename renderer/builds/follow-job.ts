/** A build as it happens: its events become the query cache's job and log, which every part of the window reads. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, type Schema, ServiceError } from '../api/client.ts';
import { readEvents, type ServerEvent } from '../api/events.ts';

export type Job = Schema<'Job'>;

export const jobKey = (id: string) => ['job', id] as const;
export const logKey = (id: string) => ['job', id, 'log'] as const;

/** Before the stream is asked for again after it was cut. */
const PAUSE_MS = 1_000;

export function isEnded({ state }: Pick<Job, 'state'>): boolean {
  return state !== 'queued' && state !== 'running';
}

/** A job's view, kept up to date by whoever follows it. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: jobKey(id ?? ''),
    queryFn: ({ signal }) => get('/kiln/v1/jobs/{id}', { path: { id: id ?? '' }, signal }),
    enabled: id !== null,
    staleTime: 2_000,
  });
}

/** The live log so far, a line an element. */
export function useJobLog(id: string | null): readonly string[] {
  const { data } = useQuery<readonly string[]>({
    queryKey: logKey(id ?? ''),
    queryFn: () => [],
    enabled: false,
    initialData: [],
  });
  return data;
}

/** What an event says of the job, and of its log. */
export function applyEvent(job: Job, { event, data }: ServerEvent): Job {
  if (event === 'state') {
    const { state, at } = data as { state: Job['state']; at: number };
    return {
      ...job,
      state,
      ...(state === 'running' ? { startedAt: at, position: null } : {}),
      ...(state === 'queued' ? { startedAt: null, progress: null } : {}),
    };
  }
  if (event === 'progress') {
    const { stage, fraction } = data as { stage: string; fraction?: number };
    return { ...job, progress: fraction === undefined ? { stage } : { stage, fraction } };
  }
  return job;
}

async function followOnce(
  client: QueryClient,
  id: string,
  after: string | null,
  signal: AbortSignal,
): Promise<{ after: string | null; ended: boolean }> {
  let seen = after;
  for await (const event of readEvents(`/kiln/v1/jobs/${id}/events`, seen, signal)) {
    seen = event.id ?? seen;
    if (event.event === 'end') return { after: seen, ended: true };
    if (event.event === 'log') {
      const { lines } = event.data as { lines: readonly string[] };
      client.setQueryData<readonly string[]>(logKey(id), (log = []) => [...log, ...lines]);
    } else {
      client.setQueryData<Job>(jobKey(id), (job) => job && applyEvent(job, event));
    }
  }
  return { after: seen, ended: false };
}

async function follow(client: QueryClient, id: string, signal: AbortSignal): Promise<void> {
  // From its beginning: what an earlier follower left may have a hole at its end.
  client.setQueryData<readonly string[]>(logKey(id), []);
  let after: string | null = null;
  while (!signal.aborted) {
    try {
      const round: { after: string | null; ended: boolean } = await followOnce(
        client,
        id,
        after,
        signal,
      );
      if (round.ended) break;
      after = round.after;
    } catch (error) {
      if (signal.aborted) return;
      // Forgotten meanwhile: there is no story to wait for.
      if (error instanceof ServiceError && !error.isGone) break;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  // An answer that is still on its way was given before the end, and asking again would only wait for that one.
  await client.cancelQueries({ queryKey: jobKey(id), exact: true });
  await client.invalidateQueries({ queryKey: jobKey(id), exact: true });
  await client.invalidateQueries({ queryKey: ['builds'] });
}

/** Jobs that are followed now, with how many parts of the window look at each: two followers would write every line twice. */
const followed = new Map<string, { parts: number; readonly stop: AbortController }>();

/** Follows a job until it ends or the caller goes; parts of the window that follow the same job share one follower. */
export function useFollowedJob(id: string | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (id === null) return;
    let shared = followed.get(id);
    if (shared === undefined) {
      shared = { parts: 0, stop: new AbortController() };
      followed.set(id, shared);
      void follow(client, id, shared.stop.signal);
    }
    const mine = shared;
    mine.parts += 1;
    return () => {
      mine.parts -= 1;
      if (mine.parts > 0) return;
      mine.stop.abort();
      followed.delete(id);
    };
  }, [client, id]);
}
