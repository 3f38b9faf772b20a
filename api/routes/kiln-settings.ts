/**
 * `/kiln/v1/settings`: how the service is set up, for the person at this machine, and the change of what may be changed.
 * Secrets are told as set, and no more.
 */
import { z } from 'zod';
import type { LogLevel } from '../../core/log-level.ts';
import { partSecrets, SETTINGS, type SettingName } from '../../core/settings.ts';
import {
  createSettingsFile,
  type SettingChange,
  type SettingsFile,
} from '../../core/settings-file.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';
import { bodySchema, readBody } from '../json-input.ts';
import { requireJson } from '../plugins/json-body.ts';
import { BODY_REFUSALS, errorReportSchema, errorsOf } from '../schemas/errors.ts';

const ADMIN = { access: 'admin' } as const;
const security = [{ sessionToken: [] }];
const tags = ['service'];

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const changeSchema = z.object({
  form: z.object({
    kind: z.enum(['choice', 'integer', 'number', 'list', 'text', 'toggle']),
    choices: z.array(z.string()).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
  next: valueSchema.nullable().describe('What the next start takes; null while the file is broken'),
  standard: valueSchema.nullable().describe('What holds when nobody says otherwise'),
  isInFile: z.boolean(),
  fixedBy: z
    .enum(['environment', 'command-line'])
    .nullable()
    .describe('What wins over the file, so that it cannot be changed here'),
});

const settingsSchema = z
  .object({
    file: z.string().describe('Where settings are kept; variables of the environment win over it'),
    problem: errorReportSchema.nullable().describe('Why the next start would refuse the file'),
    settings: z.array(
      z.object({
        name: z.string().describe('As the file calls it'),
        variable: z.string(),
        help: z.string(),
        value: valueSchema
          .nullable()
          .describe('What the service works with; null for what is not set, and for secrets'),
        isSecret: z.boolean().describe('Set, and not to be told'),
        change: changeSchema.nullable().describe('Null for what is only changed in the file'),
      }),
    ),
  })
  .meta({ id: 'ServiceSettings' });

const changesBody = z.strictObject({
  values: z
    .record(z.string().max(100), valueSchema.nullable())
    .describe('By name; null takes a setting out of the file'),
});

type Value = z.output<typeof valueSchema>;

/** Lists as the schema wants them. */
function plain(value: unknown): Value | null {
  return Array.isArray(value) ? [...value] : ((value as Value | undefined) ?? null);
}

function changeView({
  form,
  next,
  standard,
  ...rest
}: SettingChange): z.output<typeof changeSchema> {
  const { choices, ...shape } = form;
  return {
    ...rest,
    form: { ...shape, ...(choices === undefined ? {} : { choices: [...choices] }) },
    next: plain(next),
    standard: plain(standard),
  };
}

function describe({ settings, log }: ApiDependencies, settingsFile: SettingsFile) {
  const { shown, variables } = partSecrets(settings);
  const now = { ...shown, logLevel: log.level };
  const changes = settingsFile.changes();
  return {
    file: settingsFile.file,
    problem: settingsFile.problem()?.toReport() ?? null,
    settings: (Object.keys(SETTINGS) as SettingName[]).map((name) => {
      const { variable, help } = SETTINGS[name];
      const change = changes.get(name);
      return {
        name,
        variable,
        help,
        value: plain(now[name]),
        isSecret: Object.hasOwn(variables, variable),
        change: change === undefined ? null : changeView(change),
      };
    }),
  };
}

export function kilnSettingsRoutes(app: Api, dependencies: ApiDependencies): void {
  const settingsFile = createSettingsFile(dependencies.settings);

  app.get(
    '/kiln/v1/settings',
    {
      config: ADMIN,
      schema: {
        summary: 'How the service is set up, and what of it can be changed',
        tags,
        security,
        response: { 200: settingsSchema, ...errorsOf(401) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return describe(dependencies, settingsFile);
    },
  );

  app.post(
    '/kiln/v1/settings',
    {
      config: ADMIN,
      onRequest: requireJson,
      schema: {
        summary: 'Change settings; all but the log level hold from the next start on',
        tags,
        security,
        body: bodySchema(changesBody),
        response: { 200: settingsSchema, ...errorsOf(...BODY_REFUSALS, 401, 409) },
      },
    },
    async (request, reply) => {
      const { values } = readBody(changesBody, request.body);
      await settingsFile.change(values);
      request.log.info({ settings: Object.keys(values) }, 'settings changed');
      if (Object.hasOwn(values, 'logLevel')) {
        const next = settingsFile.changes().get('logLevel')?.next;
        if (typeof next === 'string') dependencies.setLogLevel(next as LogLevel);
      }
      reply.header('cache-control', 'no-store');
      return describe(dependencies, settingsFile);
    },
  );
}
