/** Whether the service answers: asked every few seconds, more often while it does not. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { get, ServiceError } from './client.ts';

const CALM_MS = 5_000;
const EAGER_MS = 1_000;

/** Nothing changes from one second to the next. */
function isCalm({
  data,
  error,
}: {
  readonly data?: { unpacking?: number } | undefined;
  readonly error: Error | null;
}) {
  return error === null && data?.unpacking === undefined;
}

/** What it says of itself; `isGone` as soon as a request was not answered. */
export function useServiceHealth() {
  const query = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => get('/kiln/v1/health', { signal }),
    refetchInterval: ({ state }) => (isCalm(state) ? CALM_MS : EAGER_MS),
    refetchIntervalInBackground: true,
    retry: false,
  });
  const isGone = query.error instanceof ServiceError && query.error.isGone;
  return { health: query.data, isGone };
}

/** A request that nobody answered: whether the service is gone is asked at once, and not when its turn comes. */
export function askWhetherGone(client: QueryClient, error: unknown): void {
  const known = client.getQueryState(['health']);
  if (error instanceof ServiceError && error.isGone && known?.error === null) {
    void client.invalidateQueries({ queryKey: ['health'] });
  }
}

/** Once the service is back, everything on the screen is asked for again. */
export function useRefreshAfterReturn(isGone: boolean, onReturn: () => void): void {
  const client = useQueryClient();
  const wasGone = useRef(false);
  useEffect(() => {
    if (wasGone.current && !isGone) {
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'health' });
      onReturn();
    }
    wasGone.current = isGone;
  }, [client, isGone, onReturn]);
}
