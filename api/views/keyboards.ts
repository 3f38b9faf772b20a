/** Keyboard data in the shapes of the hosted API and its static files. */
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Catalogue, IndexStatus } from '../../core/catalogue/contract.ts';
import type { KeyboardSource } from '../keyboard-source.ts';

/** Characters of a streamed document that are made at a time. */
const PIECE = 64 * 1024;

/** `2025-11-20 18:07:37 GMT`: when the catalogue last changed; when the tree was added, as long as it is empty. */
export function lastUpdated(
  { tree }: Pick<KeyboardSource, 'tree'>,
  { changedAt }: Pick<IndexStatus, 'changedAt'>,
): string {
  const at = new Date(changedAt > 0 ? changedAt : tree.addedAt);
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} GMT`;
}

/** Every keyboard but those that cannot be read: who asks for one of a list must get it. */
export async function listedKeyboards(catalogue: Catalogue): Promise<string[]> {
  const names = await catalogue.keyboards();
  const broken = new Set((await catalogue.broken()).map(({ name }) => name));
  return names.filter((name) => !broken.has(name));
}

/** A keyboard’s name, as it was asked for, and its `info.json` as text. */
export interface NamedInfo {
  readonly name: string;
  readonly infoText: string;
}

/** `{last_updated, keyboards: {…}}` of a few keyboards, with nothing parsed. */
export function infosText(updated: string, infos: readonly NamedInfo[]): string {
  return `${opening(updated)}${infos.map(member).join(',')}}}`;
}

/** The same of any number of them, made while it is read: no more than a piece of it is ever there. */
export function infosStream(updated: string, infos: AsyncIterable<NamedInfo>): Readable {
  return Readable.from(pieces(updated, infos), { objectMode: false, highWaterMark: PIECE });
}

async function* pieces(updated: string, infos: AsyncIterable<NamedInfo>): AsyncGenerator<string> {
  // By itself, so that the client hears at once.
  yield opening(updated);
  let piece = '';
  let separator = '';
  for await (const info of infos) {
    piece += separator + member(info);
    separator = ',';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
    // A client that reads fast would otherwise have the whole service to itself.
    await setImmediate();
  }
  yield `${piece}}}`;
}

function opening(updated: string): string {
  return `{"last_updated":${JSON.stringify(updated)},"keyboards":{`;
}

function member({ name, infoText }: NamedInfo): string {
  return `${JSON.stringify(name)}:${infoText}`;
}
