/**
 * Which keyboards work, as the hosted API’s test builds record it. What is known so far is what cannot even be
 * read; test builds will add the rest.
 */
import { stripVTControlCharacters } from 'node:util';
import type { BrokenKeyboard } from '../../core/catalogue/contract.ts';
import type { KeyboardSource } from '../keyboard-source.ts';
import type { BuildRecord } from '../schemas/contract-builds.ts';

/** By keyboard, sorted by name. */
export async function buildRecords(
  source: KeyboardSource,
): Promise<ReadonlyMap<string, BuildRecord>> {
  return new Map((await brokenKeyboards(source)).map((broken) => [broken.name, recordOf(broken)]));
}

function recordOf({ message, readAt }: BrokenKeyboard): BuildRecord {
  return { works: false, warnings: false, last_tested: Math.floor(readAt / 1000), message };
}

/** With messages that anybody may read: without terminal colours, and without the tree’s place on this machine. */
export async function brokenKeyboards({
  tree,
  catalogue,
}: KeyboardSource): Promise<BrokenKeyboard[]> {
  return (await catalogue.broken()).map(({ message, ...rest }) => ({
    ...rest,
    message: stripVTControlCharacters(message).replaceAll(tree.path, tree.name),
  }));
}
