/** `/pair`: where a person types the pairing code, in the browser of the device that is to be let in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../dependencies.ts';
import { OWN_PAGE_HEADERS } from '../page-policy.ts';

const FOLDER = join(import.meta.dirname, '../../resources/pair-page');

const FILES = [
  ['/pair', 'pair.html', 'text/html; charset=utf-8'],
  ['/pair/pair.js', 'pair.js', 'text/javascript; charset=utf-8'],
  ['/pair/pair.css', 'pair.css', 'text/css; charset=utf-8'],
] as const;

export function pairPageRoutes(app: Api): void {
  for (const [path, file, mediaType] of FILES) {
    const content = readFileSync(join(FOLDER, file));
    app.get(
      path,
      { config: { access: 'open' }, schema: { hide: true } },
      async (_request, reply) => {
        if (mediaType.startsWith('text/html')) reply.headers(OWN_PAGE_HEADERS);
        return reply.header('cache-control', 'no-cache').type(mediaType).send(content);
      },
    );
  }
}
