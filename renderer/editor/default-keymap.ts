/** The keymap that a keyboard comes with. */
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { KeymapFile } from '../builds/start-build.ts';

export function useDefaultKeymap(tree: string, keyboard: string) {
  return useQuery({
    queryKey: ['keyboard', tree, keyboard, 'default-keymap'],
    queryFn: ({ signal }) => readDefaultKeymap(tree, keyboard, signal),
    staleTime: 5 * 60_000,
  });
}

async function readDefaultKeymap(
  tree: string,
  keyboard: string,
  signal: AbortSignal,
): Promise<KeymapFile> {
  const keymap = (await get('/kiln/v1/trees/{tree}/v1/keyboards/{path}', {
    path: { tree, path: `${keyboard}/keymaps/default` },
    signal,
  })) as unknown as KeymapFile;
  return keymap;
}
