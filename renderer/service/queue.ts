/** The queue as its operator sees it: asked again as long as anybody looks, and what can be done with it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, type Schema } from '../api/client.ts';

export type QueueView = Schema<'QueueView'>;
export type OperatorJob = Schema<'OperatorJob'>;
export type WorkerView = QueueView['workers'][number];

/** As many as the service lists at a time. */
const MOST = 500;
/** A build takes a second; what is shown of it must not be much older, where the list is short enough to be told so often. */
const BUSY_MS = 1_000;
const MORE_MS_A_JOB = 4;
const CALM_MS = 2_000;

const isBusy = (view: QueueView | undefined) => view !== undefined && view.jobs.length > 0;

export function useQueue() {
  return useQuery({
    queryKey: ['queue'],
    queryFn: ({ signal }) => get('/kiln/v1/queue', { query: { limit: MOST }, signal }),
    refetchInterval: ({ state: { data } }) =>
      isBusy(data) ? BUSY_MS + MORE_MS_A_JOB * (data?.jobs.length ?? 0) : CALM_MS,
  });
}

/** Who has jobs, the one with the most first; of all jobs, those that the list leaves out as well. */
export function useClients(enabled: boolean) {
  return useQuery({
    queryKey: ['queue', 'clients'],
    queryFn: ({ signal }) => get('/kiln/v1/queue/clients', { signal }),
    refetchInterval: CALM_MS,
    enabled,
  });
}

/** A client's name among others; jobs whose sender was not written down are one client's. */
export const clientKey = (client: string | null): string => client ?? '';

/** @param client of `clientKey`; null for everybody's */
export function jobsOf(jobs: readonly OperatorJob[], client: string | null) {
  return client === null ? jobs : jobs.filter((job) => clientKey(job.client) === client);
}

/** Since when a job is what it is: running, or waiting. Milliseconds since the epoch. */
export function sinceOf({ state, startedAt, createdAt }: OperatorJob): number {
  return state === 'running' ? (startedAt ?? createdAt) : createdAt;
}

function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['queue'] });
}

export function useCancelJob() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (id: string) => post('/kiln/v1/jobs/{id}/cancel', { path: { id } }),
    onSuccess: refresh,
  });
}

/** Cancels what waits, and with `running` what runs as well; answers how many it were. */
export function useFlush() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (running: boolean) => post('/kiln/v1/queue/flush', { body: { running } }),
    onSuccess: refresh,
  });
}

/** Asks the database and every worker for an answer. */
export function usePing() {
  return useMutation({ mutationFn: () => post('/kiln/v1/ping', {}) });
}
