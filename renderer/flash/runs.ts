/** Flash runs: the one under way, those that were, and the verbs. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, post, request, type Schema, ServiceError } from '../api/client.ts';
import { planFlash } from './flash-store.ts';
import { followStream } from './follow-stream.ts';

export type Run = Schema<'FlashRun'>;
export type Preview = Schema<'FlashPreview'>;
export type FlashImage = Schema<'FlashImage'>;

const RUNS = ['flash-runs'] as const;
const runKey = (id: string) => ['flash-run', id] as const;
const logKey = (id: string) => ['flash-run', id, 'log'] as const;

/** Newest first. Another window or the command line may have begun one, so it is asked for again. */
export function useRuns() {
  return useQuery({
    queryKey: RUNS,
    queryFn: ({ signal }) => get('/kiln/v1/flash-runs', { query: { limit: 200 }, signal }),
    refetchInterval: 4_000,
  });
}

/** A run, followed to its end. */
export function useRun(id: string | null) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: runKey(id ?? ''),
    queryFn: ({ signal }) => get('/kiln/v1/flash-runs/{id}', { path: { id: id ?? '' }, signal }),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (id === null) return;
    const stop = new AbortController();
    const begin = () => client.setQueryData<readonly string[]>(logKey(id), []);
    void followStream(
      `/kiln/v1/flash-runs/${id}/events`,
      stop.signal,
      ({ event, data }) => {
        if (event === 'run') client.setQueryData(runKey(id), data as Run);
        if (event === 'end') void client.invalidateQueries({ queryKey: RUNS });
        if (event !== 'log') return;
        const { line } = data as { readonly line: string };
        client.setQueryData<readonly string[]>(logKey(id), (log = []) => [...log, line]);
      },
      begin,
    );
    return () => stop.abort();
  }, [client, id]);
  return query;
}

/** What Kiln and the tools said so far, in a run that is followed. */
export function useRunLog(id: string): readonly string[] {
  const { data } = useQuery<readonly string[]>({
    queryKey: logKey(id),
    queryFn: () => [],
    enabled: false,
    initialData: [],
  });
  return data;
}

/** Back to choosing, with what this run would have wanted typed. */
export function prepareAnew(run: Run): void {
  const confirm = run.end?.error?.details?.confirm;
  planFlash({ runId: null, confirm: typeof confirm === 'string' ? confirm : null });
}

export type StartRun = Parameters<typeof startRun>[0];

function startRun(body: {
  readonly action: Run['action'];
  readonly job?: string;
  readonly image?: string;
  readonly keyboard?: { readonly tree?: string; readonly name: string };
  readonly hand?: 'left' | 'right';
  readonly device?: string;
  readonly confirmation?: string;
  readonly waitSeconds: number;
}) {
  return post('/kiln/v1/flash-runs', { body });
}

export function useStartRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: startRun,
    onSuccess(run) {
      client.setQueryData(runKey(run.id), run);
      void client.invalidateQueries({ queryKey: RUNS });
    },
    onError(error) {
      // One that was begun elsewhere is the one to look at.
      const { run } = error instanceof ServiceError ? error.details : {};
      if (typeof run === 'string') planFlash({ runId: run });
    },
  });
}

/** What the run would find, asked again when something is plugged in or out. */
export function usePreview(body: StartRun | null, attached: string) {
  return useQuery({
    queryKey: ['flash-check', body, attached],
    queryFn: ({ signal }) =>
      post('/kiln/v1/flash-checks', { body: body ?? { action: 'flash', waitSeconds: 0 }, signal }),
    enabled: body !== null,
    placeholderData: (before) => before,
    staleTime: 10_000,
    retry: false,
  });
}

export function useCancelRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => post('/kiln/v1/flash-runs/{id}/cancel', { path: { id } }),
    onSuccess: (run) => client.setQueryData(runKey(run.id), run),
  });
}

export function useChooseDevice() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, device }: { readonly id: string; readonly device: string }) =>
      post('/kiln/v1/flash-runs/{id}/device', { path: { id }, body: { device } }),
    onSuccess: (run) => client.setQueryData(runKey(run.id), run),
  });
}

/** Hands an image file in. @throws ServiceError `flash.image-invalid` */
export async function uploadImage(file: File): Promise<FlashImage> {
  const response = await request(`/kiln/v1/flash-images?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    body: await file.arrayBuffer(),
    headers: { 'content-type': 'application/octet-stream' },
  });
  return (await response.json()) as FlashImage;
}
