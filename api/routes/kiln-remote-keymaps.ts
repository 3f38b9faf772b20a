/** `/kiln/v1/remote-keymaps`: a keymap from an address on the web, fetched by the service once a person agreed. */
import { z } from 'zod';
import { fetchText } from '../../core/remote/fetch-text.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { errorsOf } from '../schemas/errors.ts';

const addressBody = z.object({
  url: z.string().max(2048).describe('Of a host of KILN_IMPORT_HOSTS'),
});

const remoteKeymapSchema = z
  .object({
    name: z.string().describe('The file’s name, as the address has it'),
    text: z.string().describe('As it came; whether it is a keymap is for the reader to find out'),
  })
  .meta({ id: 'RemoteKeymap' });

export function kilnRemoteKeymapRoutes(app: Api, { settings }: ApiDependencies): void {
  app.post(
    '/kiln/v1/remote-keymaps',
    {
      // A page that could ask this could make the service speak to other machines.
      config: { access: 'admin' },
      onRequest: requireJson,
      schema: {
        summary: 'Fetch a keymap file from an address that a person agreed to',
        tags: ['service'],
        security: [{ sessionToken: [] }],
        body: bodySchema(addressBody),
        response: { 200: remoteKeymapSchema, ...errorsOf(400, 401, 403, 413, 415, 422, 502) },
      },
    },
    async (request, reply) => {
      const { url } = readBody(addressBody, request.body);
      const fetched = await fetchText(url, {
        hosts: settings.importHosts,
        privateAddresses: settings.importPrivate === 'allow',
      });
      request.log.info({ host: new URL(url.trim()).host }, 'fetched a keymap');
      reply.header('cache-control', 'no-store');
      return fetched;
    },
  );
}
