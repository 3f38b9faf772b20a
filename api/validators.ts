/** ETags of documents, and what a client that has one already is told. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A tag of a list; weak or not makes no difference to a reader. */
const TAG = /(?:W\/)?"([\x21\x23-\x7e]*)"/g;
/** What a compressed form of a document adds to its tag: other bytes, another strong tag. */
const CODING = /-(?:br|gzip)$/;

/**
 * Sets the headers that let a client keep the answer and ask whether it is still good, and answers 304 where it is.
 * @param identity all that the answer's bytes depend on; the bytes themselves will do.
 * @returns true when that was the answer.
 */
export function isUnchanged(
  request: FastifyRequest,
  reply: FastifyReply,
  ...identity: readonly (string | Uint8Array)[]
): boolean {
  const hash = createHash('sha256');
  for (const part of identity) hash.update(part).update('\0');
  const tag = hash.digest('hex').slice(0, 32);
  // Kept, but asked for each time: a tree may be updated at any moment.
  reply.headers({ vary: 'Origin, Accept-Encoding', 'cache-control': 'no-cache', etag: `"${tag}"` });
  const known = knownTag(request.headers['if-none-match'], tag);
  if (known === null) return false;
  reply.header('etag', `"${known}"`).code(304).send();
  return true;
}

/** The client's own tag that stands for this document, in whichever form it has it; null without one. */
function knownTag(header: string | undefined, tag: string): string | null {
  if (header === undefined) return null;
  if (header.trim() === '*') return tag;
  for (const [, given = ''] of header.matchAll(TAG)) {
    if (given.replace(CODING, '') === tag) return given;
  }
  return null;
}
