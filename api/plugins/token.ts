/** The session token: what tells the person at this machine from everything else that can reach the port. */
import type { FastifyRequest } from 'fastify';
import type { SessionToken } from '../../core/access/session-token.ts';
import { KilnError } from '../../core/errors.ts';

/**
 * A route hook that asks for `Authorization: Bearer <token>`.
 * @throws KilnError `request.token-required` from the hook
 */
export function requireToken(token: SessionToken): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const given = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined || !token.matches(given)) {
      throw new KilnError(
        'request.token-required',
        given === undefined
          ? 'This needs the session token.'
          : 'The session token is not the right one.',
      );
    }
  };
}
