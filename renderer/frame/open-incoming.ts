/** Takes a file that came to the window, by whichever way, to the editor. */
import { useCallback } from 'react';
import { useLocation } from 'wouter';
import { get } from '../api/client.ts';
import { type IncomingFile, receiveFile } from '../workspace/incoming.ts';
import { useWorkspace } from '../workspace/workspace.ts';
import { editorPath } from './navigation.ts';

export function useOpenIncoming(): (file: IncomingFile) => Promise<void> {
  const [, navigate] = useLocation();
  return useCallback(
    async (file) => {
      receiveFile(file);
      navigate(await editorFor(file));
    },
    [navigate],
  );
}

/** The keyboard in hand; without one that which the file names, in the first tree. */
async function editorFor({ text }: IncomingFile): Promise<string> {
  const { current } = useWorkspace.getState();
  if (current !== null) return editorPath(current.tree, current.keyboard);
  try {
    const { keyboard } = JSON.parse(text) as { keyboard?: unknown };
    const { trees } = await get('/kiln/v1/trees', {});
    const tree = trees.find(({ isDefault }) => isDefault) ?? trees[0];
    if (typeof keyboard === 'string' && tree !== undefined) return editorPath(tree.name, keyboard);
  } catch {
    // No JSON, or no service: the editor says that a keyboard has to be chosen, and keeps the file.
  }
  return '/editor';
}
