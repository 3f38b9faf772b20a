/** What test builds found, asked again while they go on. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, type Schema } from '../api/client.ts';

export type TestBuilds = Schema<'TestBuilds'>;

export const VERDICTS = ['failing', 'warning', 'passing', 'untested'] as const;
export type TestVerdict = (typeof VERDICTS)[number];

export interface TestedKeyboard {
  readonly keyboard: string;
  readonly verdict: TestVerdict;
  /** Null for one that was not tested yet. */
  readonly testedAt: number | null;
  /** The state of the tree that was built. */
  readonly version: string | null;
}

/** With thousands of keyboards all of it has some hundred kilobytes: what is new is asked for often, all of it seldom. */
const ALL_MS = 60_000;
const NEWS_MS = { building: 3_000, yielding: 5_000, resting: 20_000, off: 20_000 } as const;

export function useTestBuilds(tree: string | null) {
  const ask = (signal: AbortSignal, since?: number) =>
    get('/kiln/v1/trees/{tree}/test-builds', {
      path: { tree: tree ?? '' },
      ...(since === undefined ? {} : { query: { since } }),
      signal,
    });
  const all = useQuery({
    queryKey: ['test-builds', tree],
    queryFn: ({ signal }) => ask(signal),
    enabled: tree !== null,
    refetchInterval: ALL_MS,
  });
  const newest = Math.max(0, ...(all.data?.keyboards.map(({ testedAt }) => testedAt) ?? []));
  const news = useQuery({
    queryKey: ['test-builds', tree, 'since', newest],
    queryFn: ({ signal }) => ask(signal, newest),
    enabled: all.data !== undefined,
    refetchInterval: ({ state: { data } }) => NEWS_MS[data?.state ?? 'off'],
  });
  const data = useMemo(() => withNews(all.data, news.data), [all.data, news.data]);
  return { data, error: all.error ?? news.error, refetch: all.refetch };
}

/** All that is known, with what was found since. */
export function withNews(
  all: TestBuilds | undefined,
  news: TestBuilds | undefined,
): TestBuilds | undefined {
  if (all === undefined || news === undefined) return all;
  const found = new Map(all.keyboards.map((one) => [one.keyboard, one]));
  for (const one of news.keyboards) found.set(one.keyboard, one);
  return {
    ...news,
    keyboards: [...found.values()].sort((one, other) => (one.keyboard < other.keyboard ? -1 : 1)),
    untested: all.untested.filter((name) => !found.has(name)),
  };
}

/** All keyboards: those that fail first, then by name. */
export function allKeyboards({ keyboards, untested }: TestBuilds): readonly TestedKeyboard[] {
  const unknown = untested.map((keyboard) => ({
    keyboard,
    verdict: 'untested' as const,
    testedAt: null,
    version: null,
  }));
  // Each of the two comes by name, and sorting keeps that order.
  return [...keyboards, ...unknown].sort(
    (one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict),
  );
}

/**
 * @param verdict null for all
 * @param text words, each of which the name has to have
 */
export function chosenKeyboards(
  keyboards: readonly TestedKeyboard[],
  verdict: TestVerdict | null,
  text: string,
): readonly TestedKeyboard[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return keyboards.filter(
    (one) =>
      (verdict === null || one.verdict === verdict) &&
      words.every((word) => one.keyboard.toLowerCase().includes(word)),
  );
}

/** The output of a keyboard's last test build, a line an element. @param testedAt a newer test is asked for anew */
export function useTestLog(tree: string, keyboard: string, testedAt: number | null) {
  return useQuery({
    queryKey: ['test-log', tree, keyboard, testedAt],
    queryFn: async ({ signal }) => {
      const record = (await get('/kiln/v1/trees/{tree}/v1/keyboards/{path}', {
        path: { tree, path: `${keyboard}/build_log` },
        signal,
      })) as Schema<'BuildRecord'>;
      return record.message.split('\n');
    },
    enabled: testedAt !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
