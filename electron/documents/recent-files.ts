/** The recently opened files, kept across runs. Linux has no such list for all programs; macOS and Windows also get it. */
import { promises, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { describe } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseRecent, withRecent } from './recent.ts';

export interface RecentFiles {
  readonly paths: readonly string[];
  add(path: string): void;
  clear(): void;
  onChange(listener: () => void): void;
}

export function openRecentFiles({ place, log }: Shell): RecentFiles {
  const file = join(place.shellData, 'recent.json');
  let onChange = (): void => undefined;
  let paths = readList(file);
  const change = (next: readonly string[]): void => {
    paths = next;
    promises.writeFile(file, JSON.stringify(paths), { mode: 0o600 }).catch((error: unknown) => {
      log.write('warn', `the list of recent files: ${describe(error)}`);
    });
    onChange();
  };
  return {
    get paths() {
      return paths;
    },
    add(path) {
      app.addRecentDocument(path);
      change(withRecent(paths, path));
    },
    clear() {
      app.clearRecentDocuments();
      change([]);
    },
    onChange(listener) {
      onChange = listener;
    },
  };
}

function readList(file: string): readonly string[] {
  try {
    return parseRecent(readFileSync(file, 'utf8'));
  } catch {
    // None was written yet.
    return [];
  }
}
