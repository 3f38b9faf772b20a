/**
 * Where files really lie, and which links lead there. A plan watches both: a compiler or a tree behind a link is another one
 * once the link leads elsewhere, although the files that it led to are what they were.
 */
import { lstatSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export interface RealPlaces {
  /** The same place without any link; a name that does not exist, in the real place of its folder. */
  of(path: string): string;
  /** Links that were passed so far, by their real places. */
  links(): readonly string[];
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Nothing there, or nothing that may be looked at: builds could not read it either.
    return false;
  }
}

/** Remembers what it has found: for one look at many files, of which none changes meanwhile. */
export function createRealPlaces(): RealPlaces {
  const known = new Map<string, string>();
  const links = new Set<string>();

  const of = (path: string): string => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const parent = dirname(path);
    if (parent === path) return path;
    const here = join(of(parent), basename(path));
    // For a link that leads to itself by some way: it ends here.
    known.set(path, here);
    if (!isLink(here)) return here;
    links.add(here);
    const real = of(resolve(dirname(here), readlinkSync(here)));
    known.set(path, real);
    return real;
  };
  return { of, links: () => [...links] };
}
