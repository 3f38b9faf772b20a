/** `/kiln/v1/keyboards` and `/kiln/v1/trees/<tree>/catalogue`: search, and how far catalogues are. */
import type { Api, ApiDependencies } from '../dependencies.ts';
import { sourceOf, treeParamsSchema } from '../keyboard-source.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';
import {
  catalogueSchema,
  indexStatusSchema,
  keyboardSearchQuerySchema,
  keyboardSearchSchema,
} from '../schemas/kiln-catalogue.ts';
import { brokenKeyboards } from '../views/build-records.ts';

export function kilnCatalogueRoutes(app: Api, dependencies: ApiDependencies): void {
  const { catalogues } = dependencies;

  app.get(
    '/kiln/v1/keyboards',
    {
      schema: {
        summary: 'Keyboards of all firmware trees that a text describes',
        tags: ['trees'],
        querystring: keyboardSearchQuerySchema,
        response: { 200: keyboardSearchSchema, ...errorsOf(400) },
      },
    },
    async (request, reply) => {
      const { q, limit } = request.query;
      reply.header('cache-control', 'no-store');
      // Control characters are in no name, and the index would stumble over some.
      const text = q.replace(/\p{Cc}+/gu, ' ');
      return { keyboards: [...(await catalogues.search(text, limit))] };
    },
  );

  app.get(
    '/kiln/v1/trees/:tree/catalogue',
    {
      schema: {
        summary: 'How far a tree’s catalogue is, and which keyboards cannot be read',
        tags: ['trees'],
        params: treeParamsSchema,
        response: { 200: catalogueSchema, ...errorsOf(404) },
      },
    },
    async (request, reply) => {
      const source = await sourceOf(request.params.tree, dependencies);
      const { tree, catalogue } = source;
      const status = await catalogue.status();
      const message = status.message?.replaceAll(tree.path, tree.name) ?? null;
      reply.header('cache-control', 'no-store');
      return {
        tree: tree.name,
        status: { ...status, message },
        broken: await brokenKeyboards(source),
      };
    },
  );

  app.post(
    '/kiln/v1/trees/:tree/catalogue/refresh',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Look for changes of a tree now, in the background',
        tags: ['trees'],
        security: [{ sessionToken: [] }],
        params: treeParamsSchema,
        response: { 202: indexStatusSchema, ...errorsOf(...BODY_REFUSALS, 401, 404) },
      },
    },
    async (request, reply) => {
      const { tree, catalogue } = await sourceOf(request.params.tree, dependencies);
      dependencies.refreshCatalogue(tree.name);
      reply.header('cache-control', 'no-store');
      return reply.code(202).send(await catalogue.status());
    },
  );
}
