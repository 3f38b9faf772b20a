/** What was read lately, in memory up to a bound; the least recently read goes first. */

export interface CachedContent {
  /** The version that the service gave it; it is asked whether that is still the one before content is used. */
  readonly etag: string;
  readonly content: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly storedAt: number;
}

export interface ReadCache {
  get(key: string): CachedContent | undefined;
  /** Content of more than an eighth of the bound is not taken: it would drive out too much else. */
  set(key: string, cached: CachedContent): void;
  delete(key: string): void;
  /** Whether content of that many bytes would be taken. */
  takes(bytes: number): boolean;
}

export function createReadCache(maxBytes: number): ReadCache {
  // A Map goes through its keys in the order in which they were set.
  const kept = new Map<string, CachedContent>();
  let bytes = 0;
  const remove = (key: string): void => {
    bytes -= kept.get(key)?.content.length ?? 0;
    kept.delete(key);
  };
  const takes = (size: number): boolean => size <= maxBytes / 8;
  return {
    takes,
    get(key) {
      const cached = kept.get(key);
      if (cached === undefined) return undefined;
      kept.delete(key);
      kept.set(key, cached);
      return cached;
    },
    set(key, cached) {
      remove(key);
      if (!takes(cached.content.length)) return;
      kept.set(key, cached);
      bytes += cached.content.length;
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
