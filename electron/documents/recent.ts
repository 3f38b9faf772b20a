/** The list of recently opened files. Pure. */

const MOST = 10;

/** @returns the list with this path first, once. */
export function withRecent(list: readonly string[], path: string): readonly string[] {
  return [path, ...list.filter((other) => other !== path)].slice(0, MOST);
}

/** Reads what an earlier run wrote; what is no list of paths is an empty one. */
export function parseRecent(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return [];
    return value
      .filter((path): path is string => typeof path === 'string' && path !== '')
      .slice(0, MOST);
  } catch {
    return [];
  }
}
