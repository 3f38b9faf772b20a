/** The keymap that a build was made from, as the service kept it. */
import { useQuery } from '@tanstack/react-query';
import { request } from '../api/client.ts';
import type { KeymapFile } from './start-build.ts';

export async function readKeymapOfBuild(id: string, signal?: AbortSignal): Promise<KeymapFile> {
  const response = await request(`/v1/compile/${id}/keymap`, { signal });
  return (await response.json()) as KeymapFile;
}

export function useKeymapOfBuild(id: string | null) {
  return useQuery({
    queryKey: ['job', id, 'keymap'],
    queryFn: ({ signal }) => readKeymapOfBuild(id ?? '', signal),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
