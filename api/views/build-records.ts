/**
 * Which keyboards work, as the hosted API’s test builds record it. What is known so far is what cannot even be
 * read; test builds will add the rest.
 */
import { stripVTControlCharacters } from 'node:util';
import type { BrokenKeyboard, Catalogue } from '../../core/catalogue/contract.ts';
import type { BuildRecord } from '../schemas/contract-builds.ts';

/** By keyboard, sorted by name. */
export async function buildRecords(
  catalogue: Pick<Catalogue, 'broken'>,
): Promise<ReadonlyMap<string, BuildRecord>> {
  return new Map((await catalogue.broken()).map((broken) => [broken.name, recordOf(broken)]));
}

function recordOf({ message, readAt }: BrokenKeyboard): BuildRecord {
  return {
    works: false,
    warnings: false,
    last_tested: Math.floor(readAt / 1000),
    message: stripVTControlCharacters(message),
  };
}
