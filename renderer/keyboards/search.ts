/** The instant search: the service answers each keystroke from its index, and the last answer stays until the next. */
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, type Schema } from '../api/client.ts';

export type FoundKeyboard = Schema<'KeyboardSearch'>['keyboards'][number];

/** As many as a person may scroll through; who wants another one types on. */
export const SEARCH_LIMIT = 100;

const searchFor = (text: string) =>
  queryOptions({
    queryKey: ['keyboards', text],
    queryFn: ({ signal }) =>
      get('/kiln/v1/keyboards', { query: { q: text, limit: SEARCH_LIMIT }, signal }),
    staleTime: 30_000,
  });

export function useKeyboardSearch(text: string) {
  return useQuery({ ...searchFor(text), placeholderData: keepPreviousData });
}

/** Asks before the page is drawn with the new text: the service looks while the browser draws. */
export function useEarlySearch(): (text: string) => void {
  const queries = useQueryClient();
  return (text) => void queries.prefetchQuery(searchFor(text));
}
