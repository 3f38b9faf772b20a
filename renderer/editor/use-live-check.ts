/** What the firmware would become, asked after each change: its size and its errors. Silent where that cannot be told. */
import { useEffect, useState } from 'react';
import { request, type Schema, ServiceError } from '../api/client.ts';
import { sayRefusal } from '../i18n/sentences.ts';
import type { KeymapDocument } from './keymap/document.ts';
import { setLiveTroubles, type Trouble } from './store/troubles.ts';

type CheckAnswer = Schema<'CheckAnswer'>;

/** Long enough for one word to be typed along, short enough to be there before the hand is back on the mouse. */
const PAUSE_MS = 250;

/** A window's own word, so that another window's checks do not end this one's. */
// Not randomUUID, which pages without TLS do not have.
const CLIENT = [...crypto.getRandomValues(new Uint32Array(4))]
  .map((part) => part.toString(36))
  .join('');

/**
 * @param document null while nothing was changed: the keymap that a keyboard comes with needs no check
 * @returns the last answer; null before the first, and while the service cannot check
 */
export function useLiveCheck(tree: string, document: KeymapDocument | null): CheckAnswer | null {
  const [answer, setAnswer] = useState<CheckAnswer | null>(null);
  useEffect(() => {
    if (document === null) return;
    const stop = new AbortController();
    const ask = async () => {
      try {
        const response = await request('/kiln/v1/check', {
          method: 'POST',
          headers: { 'x-kiln-client': CLIENT },
          body: JSON.stringify({ ...document, branch: tree }),
          signal: stop.signal,
        });
        const found = (await response.json()) as CheckAnswer;
        if (stop.signal.aborted) return;
        setAnswer(found);
        setLiveTroubles(found.errors.flatMap(troubleOf));
      } catch (error) {
        if (stop.signal.aborted) return;
        setAnswer(null);
        setLiveTroubles(error instanceof ServiceError ? refusedKey(error) : null);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
      // They were about the keymap before.
      setLiveTroubles(null);
    };
  }, [tree, document]);
  return answer;
}

function troubleOf({ layer, index, message }: CheckAnswer['errors'][number]): Trouble[] {
  return layer === undefined || index === undefined ? [] : [{ layer, index, message }];
}

/** Admission names the key that it refuses: `{member: "layers", index: [layer, key]}`. */
function refusedKey(error: ServiceError): readonly Trouble[] | null {
  const { status, details } = error;
  const { member, index } = details as { member?: unknown; index?: unknown };
  if (status !== 422 || member !== 'layers' || !Array.isArray(index)) return null;
  const [layer, key] = index;
  return typeof layer === 'number' && typeof key === 'number'
    ? [{ layer, index: key, message: sayRefusal(error) }]
    : null;
}
