/** Attached keyboards, for pages that only name them. */
import { useQuery } from '@tanstack/react-query';
import { get, type Schema } from './client.ts';

export type Device = Schema<'Device'>;

/** Plugged in and out by hand: soon enough, and no stream for each page. */
const ASK_AGAIN_MS = 3_000;
const NONE: readonly Device[] = [];

/** Keyboards and bootloaders that are attached; none where this page may not ask. */
export function useAttachedDevices(): readonly Device[] {
  const { data } = useQuery({
    queryKey: ['attached'],
    queryFn: ({ signal }) => get('/kiln/v1/devices', { signal }),
    refetchInterval: ({ state }) => (state.error === null ? ASK_AGAIN_MS : false),
    retry: false,
    select: attachedOf,
  });
  return data ?? NONE;
}

function attachedOf({ devices }: { readonly devices: readonly Device[] }): readonly Device[] {
  return devices.filter(({ kind }) => kind !== 'other');
}

/** Whether a keyboard with its USB id is attached; others may share that id. */
export function useIsAttached(tree: string, keyboard: string): boolean {
  return useAttachedDevices().some(({ keyboards }) =>
    keyboards.some((known) => known.tree === tree && known.name === keyboard),
  );
}
