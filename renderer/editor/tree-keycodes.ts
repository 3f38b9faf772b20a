/** The keycodes that a firmware tree knows, and the host languages that it can label them for. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, ServiceError } from '../api/client.ts';
import {
  type KeycodeCatalogue,
  type KeycodeConstants,
  type LanguageConstants,
  newestVersion,
  readCatalogue,
} from './keymap/keycode-catalogue.ts';

const STALE_MS = 5 * 60_000;

function useConstantVersions(tree: string) {
  return useQuery({
    queryKey: ['tree', tree, 'constants'],
    queryFn: async ({ signal }) =>
      (await get('/kiln/v1/trees/{tree}/v1/constants_metadata.json', { path: { tree }, signal }))
        ?.constants ?? {},
    staleTime: STALE_MS,
  });
}

function useConstants<Shape>(tree: string, name: string, version: string | null) {
  return useQuery({
    queryKey: ['tree', tree, 'constants', name, version],
    queryFn: async ({ signal }) =>
      (await get('/kiln/v1/trees/{tree}/v1/constants/{path}', {
        path: { tree, path: `${name}_${version}.json` },
        signal,
      })) as unknown as Shape,
    enabled: version !== null,
    staleTime: STALE_MS,
  });
}

const NONE: KeycodeConstants = { keycodes: {} };

/** The tree's catalogue; empty until it has come, and for a tree that publishes none. Languages by QMK's names. */
export function useKeycodes(
  tree: string,
  language: string | undefined,
): {
  readonly catalogue: KeycodeCatalogue;
  readonly languages: readonly string[];
  /** Whether keycodes may still come. */
  readonly isReading: boolean;
  readonly error: unknown;
} {
  const versions = useConstantVersions(tree);
  const all = versions.data ?? {};
  const languages = useMemo(
    () =>
      Object.keys(versions.data ?? {})
        .filter((name) => name.startsWith('keycodes_'))
        .map((name) => name.slice('keycodes_'.length))
        .sort(),
    [versions.data],
  );
  const known = language !== undefined && languages.includes(language) ? language : null;
  const newest = newestVersion(all.keycodes ?? []);
  const keycodes = useConstants<KeycodeConstants>(tree, 'keycodes', newest);
  const host = useConstants<LanguageConstants>(
    tree,
    `keycodes_${known}`,
    known === null ? null : newestVersion(all[`keycodes_${known}`] ?? []),
  );
  const catalogue = useMemo(
    () => readCatalogue(keycodes.data ?? NONE, known === null ? null : (host.data ?? null)),
    [keycodes.data, host.data, known],
  );
  const error = versions.error ?? keycodes.error;
  // A tree without constants is a small tree, and no error.
  return {
    catalogue,
    languages,
    isReading: versions.isPending || (newest !== null && keycodes.isPending),
    error: error instanceof ServiceError && error.status === 404 ? null : error,
  };
}
