/** The session token: what tells the person at this machine from everything else that can reach the port. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { KilnError } from '../../core/errors.ts';

/**
 * A route hook that asks for `Authorization: Bearer <token>`.
 * @throws KilnError `request.token-required` from the hook
 */
export function requireToken(token: string): (request: FastifyRequest) => Promise<void> {
  const expected = digest(token);
  return async (request) => {
    const given = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have one length, so that the comparison takes one time.
    if (given === undefined || !timingSafeEqual(digest(given), expected)) {
      throw new KilnError(
        'request.token-required',
        given === undefined
          ? 'This needs the session token.'
          : 'The session token is not the right one.',
      );
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
