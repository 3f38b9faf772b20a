/** `POST /kiln/v1/hooks/git`: a git host says that something was pushed. */
import { z } from 'zod';
import { KilnError } from '../../core/errors.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { createReplayGuard, isSigned } from '../hook-signature.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorsOf } from '../schemas/errors.ts';

/** Bytes. A push of many commits is described at length, and none of it is read. */
const LARGEST_BODY = 2 * 1024 * 1024;

const hookedSchema = z
  .object({
    looks: z.boolean().describe('False for a delivery that was seen before'),
  })
  .meta({ id: 'Hooked' });

export function kilnHookRoutes(app: Api, { settings, lookForUpdates }: ApiDependencies): void {
  const isNew = createReplayGuard();
  app.post(
    '/kiln/v1/hooks/git',
    {
      // Whoever knows the secret; its route does not exist without one.
      config: { access: 'open' },
      bodyLimit: LARGEST_BODY,
      onRequest: requireJson,
      schema: {
        summary: 'Webhook of GitHub, Gitea or GitLab: have the trees looked at for updates',
        description:
          'Signed with KILN_WEBHOOK_SECRET as X-Hub-Signature-256 or X-Gitea-Signature, or sent as X-Gitlab-Token. ' +
          'Nothing of the body is believed: it only has the update of git trees begin, once nothing is built.',
        tags: ['schedule'],
        body: z.custom<Uint8Array>((value) => value instanceof Uint8Array).meta({ type: 'object' }),
        response: { 202: hookedSchema, ...errorsOf(...BODY_REFUSALS, 401, 404) },
      },
    },
    async (request, reply) => {
      const { webhookSecret: secret } = settings;
      if (secret === undefined) {
        throw new KilnError('request.not-found', 'No webhook is set up here.');
      }
      if (!isSigned(request.headers, request.body, secret)) {
        throw new KilnError(
          'hook.refused',
          'The webhook is not signed with this service’s secret.',
        );
      }
      const looks = isNew(request.body);
      if (looks) lookForUpdates();
      request.log.info({ looks }, 'webhook came in');
      return reply.code(202).header('cache-control', 'no-store').send({ looks });
    },
  );
}
