/** What the command line of a start, or of a second start, asks to be opened. Pure. */
import { isAbsolute, join } from 'node:path';
import { isKilnLink } from './kiln-link.ts';

export interface Asked {
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly links: readonly string[];
}

/** More than anybody means to open; a wild card may stand behind it. */
const MOST = 10;

/**
 * @param argv with the program first.
 * @param ownArguments how many words belong to the program itself: the app's folder, when it is not packaged.
 * @param cwd the folder that relative paths lie in: that of the second start, not of this process.
 */
export function askedBy(argv: readonly string[], ownArguments: number, cwd: string): Asked {
  // Chromium adds switches of its own to the line of a second start, and puts all of them first.
  const words = argv
    .slice(1)
    .filter((word) => word !== '' && !word.startsWith('-'))
    .slice(ownArguments);
  const links = words.filter(isKilnLink);
  const files = words
    .filter((word) => !isKilnLink(word))
    // A file manager may hand over addresses of files.
    .map((word) => (word.startsWith('file://') ? pathOfAddress(word) : word))
    .filter((path) => path !== '')
    .map((path) => (isAbsolute(path) ? path : join(cwd, path)));
  return { files: files.slice(0, MOST), links: links.slice(0, MOST) };
}

/** Empty for one of another machine. */
function pathOfAddress(address: string): string {
  try {
    const url = new URL(address);
    if (url.hostname !== '' && url.hostname !== 'localhost') return '';
    const path = decodeURIComponent(url.pathname);
    // file:///C:/keymap.json
    return /^\/[A-Za-z]:\//.test(path) ? path.slice(1) : path;
  } catch {
    return '';
  }
}
