/** The instant search: the service answers each keystroke from its index, and the last answer stays until the next. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get, type Schema } from '../api/client.ts';

export type FoundKeyboard = Schema<'KeyboardSearch'>['keyboards'][number];

/** As many as a person may scroll through; who wants another one types on. */
export const SEARCH_LIMIT = 100;

export function useKeyboardSearch(text: string) {
  return useQuery({
    queryKey: ['keyboards', text],
    queryFn: ({ signal }) =>
      get('/kiln/v1/keyboards', { query: { q: text, limit: SEARCH_LIMIT }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}
