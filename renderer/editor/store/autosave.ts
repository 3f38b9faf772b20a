/**
 * What is edited is kept in this browser after each change, keyboard by keyboard, and is there again after a reload or a
 * crash. `localStorage`, since it is written before the next line runs: with anything later, a reload in the middle of an
 * edit would lose it.
 */
import { type EditedKeymap, isKeymapDocument } from '../keymap/document.ts';
import { change, currentKeymap, useEditor } from './editor-store.ts';

const PREFIX = 'kiln.keymap/';

interface Draft {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly document: unknown;
  readonly layerNames: readonly string[];
}

export type KeptKeymap = EditedKeymap & { readonly savedAt: number };

/** @returns null where nothing is kept, or what is kept cannot be read */
export function readDraft(id: string): KeptKeymap | null {
  return parseDraft(localStorage.getItem(PREFIX + id));
}

function parseDraft(text: string | null): KeptKeymap | null {
  if (text === null) return null;
  try {
    const { version, document, layerNames, savedAt } = JSON.parse(text) as Draft;
    if (version !== 1 || !isKeymapDocument(document) || !Array.isArray(layerNames)) return null;
    return { document, layerNames: layerNames.map(String), savedAt };
  } catch {
    // Cut off or written by something else: as good as nothing.
    return null;
  }
}

/** @returns false when there is no room even after the oldest others were let go */
export function writeDraft(id: string, keymap: EditedKeymap, now = Date.now()): boolean {
  const draft: Draft = { version: 1, savedAt: now, ...keymap };
  const text = JSON.stringify(draft);
  for (;;) {
    try {
      localStorage.setItem(PREFIX + id, text);
      return true;
    } catch {
      const oldest = oldestOther(id);
      if (oldest === null) return false;
      localStorage.removeItem(oldest);
    }
  }
}

function oldestOther(id: string): string | null {
  let oldest: { key: string; savedAt: number } | null = null;
  for (let at = 0; at < localStorage.length; at += 1) {
    const key = localStorage.key(at);
    if (key === null || !key.startsWith(PREFIX) || key === PREFIX + id) continue;
    const savedAt = parseDraft(localStorage.getItem(key))?.savedAt ?? 0;
    if (oldest === null || savedAt < oldest.savedAt) oldest = { key, savedAt };
  }
  return oldest?.key ?? null;
}

/**
 * Keeps what is edited from now on, and takes over what another window makes of the same keymap.
 * @param onFull there is no room: the person has to know that nothing is kept
 * @returns what ends it
 */
export function startAutosave(onFull: () => void): () => void {
  const stop = useEditor.subscribe(({ id, history }, before) => {
    if (id === null || history === null || id !== before.id) return;
    if (history.present === before.history?.present || isFromElsewhere(history.present)) return;
    if (!writeDraft(id, history.present)) onFull();
  });
  const takeOver = ({ key, newValue }: StorageEvent) => {
    const { id } = useEditor.getState();
    if (id === null || key !== PREFIX + id) return;
    const kept = parseDraft(newValue);
    const present = currentKeymap();
    if (kept === null || JSON.stringify(kept.document) === JSON.stringify(present?.document))
      return;
    const { document, layerNames } = kept;
    fromElsewhere = { document, layerNames };
    change('opened', () => fromElsewhere ?? { document, layerNames });
  };
  window.addEventListener('storage', takeOver);
  return () => {
    stop();
    window.removeEventListener('storage', takeOver);
  };
}

// What came from another window is kept by that window; two that answer each other would never end.
let fromElsewhere: EditedKeymap | null = null;
const isFromElsewhere = (keymap: EditedKeymap) => keymap === fromElsewhere;
