/** Has a keyboard's build plan made while it is only looked at, so that its first changed key is as quick as the next. */
import { useEffect } from 'react';
import { request } from '../api/client.ts';
import type { KeymapDocument } from './keymap/document.ts';

/** @param document the keymap as it was opened; null once it was changed: checks go by the same plan and make it as well */
export function usePrewarm(tree: string, document: KeymapDocument | null): void {
  useEffect(() => {
    if (document === null) return;
    const stop = new AbortController();
    const ask = request('/kiln/v1/prewarm', {
      method: 'POST',
      body: JSON.stringify({ ...document, branch: tree }),
      signal: stop.signal,
    });
    // Read, for an answer that nobody reads keeps its connection, of which a browser has six. Without the plan only time
    // is lost, and what is wrong with the keymap, its checks tell.
    ask.then((answer) => answer.text()).catch(() => undefined);
    return () => stop.abort();
  }, [tree, document]);
}
