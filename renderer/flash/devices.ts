/** What is attached, as it changes. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, type Schema } from '../api/client.ts';
import { followStream } from './follow-stream.ts';

export type Device = Schema<'Device'>;
export type DeviceList = Schema<'DeviceList'>;

const DEVICES = ['devices'] as const;

/** The list, live while the caller is shown. */
export function useDevices() {
  const client = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    void followStream('/kiln/v1/devices/events', stop.signal, ({ event, data }) => {
      if (event === 'devices') client.setQueryData(DEVICES, data as DeviceList);
    });
    return () => stop.abort();
  }, [client]);
  return useQuery({
    queryKey: DEVICES,
    queryFn: ({ signal }) => get('/kiln/v1/devices', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Keyboards and bootloaders first; what is neither is of no concern until somebody looks for it. */
export function sortDevices(devices: readonly Device[]): {
  readonly concerned: readonly Device[];
  readonly others: readonly Device[];
} {
  const order = { bootloader: 0, keyboard: 1, other: 2 };
  const sorted = [...devices].sort((one, two) => order[one.kind] - order[two.kind]);
  return {
    concerned: sorted.filter(({ kind }) => kind !== 'other'),
    others: sorted.filter(({ kind }) => kind === 'other'),
  };
}
