/** `/kiln/v1/settings`: how the service is set up, for the person at this machine. Secrets are told as set, and no more. */
import { join } from 'node:path';
import { z } from 'zod';
import { partSecrets, SETTINGS, type SettingName } from '../../core/settings.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { errorsOf } from '../schemas/errors.ts';

const settingsSchema = z
  .object({
    file: z.string().describe('Where settings are kept; variables of the environment win over it'),
    settings: z.array(
      z.object({
        name: z.string().describe('As the file calls it'),
        variable: z.string(),
        help: z.string(),
        value: z
          .union([z.string(), z.number(), z.boolean(), z.array(z.string())])
          .nullable()
          .describe('What the service started with; null for what is not set, and for secrets'),
        isSecret: z.boolean().describe('Set, and not to be told'),
      }),
    ),
  })
  .meta({ id: 'ServiceSettings' });

export function kilnSettingsRoutes(app: Api, { settings }: ApiDependencies): void {
  app.get(
    '/kiln/v1/settings',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'How the service is set up; all of it is read at its start',
        tags: ['service'],
        security: [{ sessionToken: [] }],
        response: { 200: settingsSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      const { shown, variables } = partSecrets(settings);
      return {
        file: join(settings.dataDir, 'settings.json'),
        settings: (Object.keys(SETTINGS) as SettingName[]).map((name) => {
          const { variable, help } = SETTINGS[name];
          const value = shown[name] ?? null;
          return {
            name,
            variable,
            help,
            value: Array.isArray(value) ? [...value] : value,
            isSecret: Object.hasOwn(variables, variable),
          };
        }),
      };
    },
  );
}
