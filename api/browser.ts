/** What browsers, as opposed to programs, say of themselves. */
import type { FastifyRequest } from 'fastify';

/** A person opens an address in a browser, and is better served by a page than by data or an error. */
export function wantsPage(request: FastifyRequest): boolean {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads && (request.headers.accept ?? '').startsWith('text/html');
}
