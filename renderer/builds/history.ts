/** The builds of before, page by page, and what can be done with one of them. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { get, post, remove } from '../api/client.ts';
import { jobKey } from './follow-job.ts';
import type { Outcome } from './outcome.tsx';

export interface HistoryFilter {
  readonly text: string;
  readonly outcome: Exclude<Outcome, 'queued' | 'running'> | 'open' | '';
  readonly pinned: boolean;
}

const PAGE = 100;

export function useHistory({ text, outcome, pinned }: HistoryFilter) {
  return useInfiniteQuery({
    queryKey: ['builds', text, outcome, pinned],
    queryFn: ({ pageParam, signal }) =>
      get('/kiln/v1/builds', {
        query: {
          q: text,
          limit: PAGE,
          ...(outcome === '' ? {} : { outcome }),
          ...(pinned ? { pinned: 'true' as const } : {}),
          ...(pageParam === '' ? {} : { before: pageParam }),
        },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
  });
}

export function usePinBuild() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, pinned }: { readonly id: string; readonly pinned: boolean }) =>
      post(pinned ? '/kiln/v1/jobs/{id}/pin' : '/kiln/v1/jobs/{id}/unpin', { path: { id } }),
    onSuccess: async (job) => {
      client.setQueryData(jobKey(job.id), job);
      await client.invalidateQueries({ queryKey: ['builds'] });
    },
  });
}

export function useDeleteBuild() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => remove('/kiln/v1/jobs/{id}', { path: { id } }),
    onSuccess: async ({ id }) => {
      client.removeQueries({ queryKey: jobKey(id) });
      await client.invalidateQueries({ queryKey: ['builds'] });
    },
  });
}
