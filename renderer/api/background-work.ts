/** What the service does in the background, and how it ended: asked again and again while anything runs. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { get, post, type Schema } from './client.ts';

export type Work = Schema<'Work'>;

const BUSY_MS = 700;

export function useWork(): readonly Work[] {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ['work'],
    queryFn: ({ signal }) => get('/kiln/v1/work', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.work.some((work) => work.state === 'running') ? BUSY_MS : false,
  });
  const work = data?.work ?? [];
  const running = work.filter(({ state }) => state === 'running').length;
  const before = useRef(running);
  useEffect(() => {
    // What was done shows itself elsewhere: in trees, keyboards and checks.
    if (running < before.current) {
      for (const queryKey of [['trees'], ['keyboards'], ['checks']]) {
        void client.invalidateQueries({ queryKey });
      }
    }
    before.current = running;
  }, [client, running]);
  return work;
}

/** Has something done; its progress comes with `useWork`. */
export function useStartWork<Variables>(start: (variables: Variables) => Promise<Work>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: start,
    onSuccess: () => client.invalidateQueries({ queryKey: ['work'] }),
  });
}

export function useInstallToolchain() {
  return useStartWork(() => post('/kiln/v1/toolchain/install', {}));
}

export function useRepairToolchain() {
  return useStartWork(() => post('/kiln/v1/toolchain/repair', {}));
}
