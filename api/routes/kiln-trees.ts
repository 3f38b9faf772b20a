/** `/kiln/v1/trees…`: adding, updating and removing firmware trees. What takes long goes on in the background. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { FirmwareTree } from '../../core/trees/contract.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { treeParamsSchema } from '../keyboard-source.ts';
import { requireJson } from '../plugins/json-body.ts';
import { errorsOf } from '../schemas/errors.ts';
import { newTreeBody, treeToolchainBody, workSchema } from '../schemas/kiln-trees.ts';
import { WORK, workView } from '../views/work.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];
const changedSchema = z.object({ tree: z.string(), commit: z.string().nullable() });

/** Words that git takes for addresses; everything else is meant as a folder. */
const ADDRESS = /^(?:https?|ssh|git|file):\/\/|^[\w.-]+@[\w.-]+:/i;

export function kilnTreeRoutes(app: Api, dependencies: ApiDependencies): void {
  const { refreshCatalogue, trees, work } = dependencies;

  app.post(
    '/kiln/v1/trees',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Add a firmware tree, in the background',
        tags: ['trees'],
        security,
        body: bodySchema(newTreeBody),
        response: { 202: workSchema, ...errorsOf(400, 401, 409, 413, 415) },
      },
    },
    async (request, reply) => {
      const { name, source } = readBody(newTreeBody, request.body);
      const address = source.trim();
      if (!ADDRESS.test(address) && !isAbsolute(address)) {
        throw new KilnError('tree.invalid', 'This is neither a git address nor a whole path.', {
          remedy:
            'Give an address like https://…, or a folder from the root on, like /home/me/qmk.',
        });
      }
      const started = work.start(WORK.addTree, name, async (say) => {
        await trees.add(name, address, { onLine: say });
        refreshCatalogue(name);
      });
      request.log.info({ tree: name }, 'adding a firmware tree');
      return reply.code(202).header('cache-control', 'no-store').send(workView(started));
    },
  );

  app.post(
    '/kiln/v1/trees/:tree/preview',
    backgroundRoute('Look what an update would change, in the background'),
    async (request, reply) => {
      const { name } = await trees.get(request.params.tree);
      const started = work.start(WORK.previewTree, name, (say) =>
        trees.preview(name, { onLine: say }),
      );
      return reply.code(202).header('cache-control', 'no-store').send(workView(started));
    },
  );

  app.post(
    '/kiln/v1/trees/:tree/update',
    backgroundRoute('Update a firmware tree, in the background'),
    async (request, reply) => {
      const { name } = await trees.get(request.params.tree);
      const started = work.start(WORK.updateTree, name, async (say) => {
        const { changed } = await trees.update(name, { onLine: say });
        if (changed) refreshCatalogue(name);
      });
      request.log.info({ tree: name }, 'updating a firmware tree');
      return reply.code(202).header('cache-control', 'no-store').send(workView(started));
    },
  );

  const atOnce = async (name: string, change: () => Promise<FirmwareTree>) => {
    const { commit } = await change();
    refreshCatalogue(name);
    return { tree: name, commit };
  };

  app.post(
    '/kiln/v1/trees/:tree/rollback',
    changeRoute('Go back to the commit before the last update'),
    async ({ params: { tree } }) => atOnce(tree, () => trees.rollback(tree)),
  );

  app.post(
    '/kiln/v1/trees/:tree/use',
    changeRoute('Make it the tree that answers when none is named'),
    async ({ params: { tree } }) => atOnce(tree, () => trees.use(tree)),
  );

  app.put(
    '/kiln/v1/trees/:tree/toolchain',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Build a tree with tools of your own before the usual ones',
        tags: ['trees'],
        security,
        params: treeParamsSchema,
        body: bodySchema(treeToolchainBody),
        response: { 200: changedSchema, ...errorsOf(400, 401, 404, 413, 415) },
      },
    },
    async ({ params: { tree }, body }) => {
      const { folder } = readBody(treeToolchainBody, body);
      if (folder !== null && !isAbsolute(folder)) {
        throw new KilnError('tree.no-tools', `${folder} is no whole path.`);
      }
      return atOnce(tree, () => trees.setToolchain(tree, folder));
    },
  );

  app.delete(
    '/kiln/v1/trees/:tree',
    changeRoute('Forget a tree, and Kiln’s own clone of it'),
    async ({ params, log }) => {
      const { name, commit } = await trees.get(params.tree);
      if (work.list().some(({ subject, state }) => subject === name && state === 'running')) {
        throw new KilnError('work.in-hand', `Something is done to ${name} just now.`);
      }
      await trees.remove(name);
      log.info({ tree: name }, 'firmware tree removed');
      return { tree: name, commit };
    },
  );
}

function backgroundRoute(summary: string) {
  return {
    config: ADMIN,
    schema: {
      summary,
      tags: ['trees'],
      security,
      params: treeParamsSchema,
      response: { 202: workSchema, ...errorsOf(401, 404, 409) },
    },
  };
}

function changeRoute(summary: string) {
  return {
    config: ADMIN,
    schema: {
      summary,
      tags: ['trees'],
      security,
      params: treeParamsSchema,
      response: { 200: changedSchema, ...errorsOf(401, 404, 409, 422) },
    },
  };
}
