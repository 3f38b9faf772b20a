/**
 * Settings, parsed once: defaults < `<data>/settings.json` < environment < flags. Nothing else reads
 * `process.env`. Names that the hosted QMK API uses keep their meaning here.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { errnoOf, KilnError } from './errors.ts';

const cores = availableParallelism();

const list = z
  .union([z.array(z.string()), z.string()])
  .transform((value) => (Array.isArray(value) ? value : value.split(',')))
  .transform((items) => items.map((item) => item.trim()).filter((item) => item !== ''));

const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** Every setting: its variable, its meaning, its schema with the default. `docs/settings.md` is made from it. */
export const SETTINGS = {
  dataDir: {
    variable: 'KILN_DATA_DIR',
    help: 'Folder of all state: database, artifacts, trees, build folders, logs',
    schema: z.string().min(1),
  },
  host: {
    variable: 'KILN_HOST',
    help: 'Address to listen on; other than loopback only on purpose',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  port: {
    variable: 'KILN_PORT',
    help: 'Port to listen on; 0 takes any free one',
    schema: integer(0, 65_535).default(5001),
  },
  serviceUrl: {
    variable: 'KILN_SERVICE_URL',
    help: 'Address of a running service for commands and the shell to use',
    schema: z.url().optional(),
  },
  allowedOrigins: {
    variable: 'KILN_ALLOWED_ORIGINS',
    help: 'Web origins besides the service’s own that may use the QMK API, comma-separated',
    schema: list.default(['https://config.qmk.fm']),
  },
  allowedHosts: {
    variable: 'KILN_ALLOWED_HOSTS',
    help: 'Host names besides localhost and the loopback addresses that requests may name, comma-separated',
    schema: list.default([]),
  },
  workers: {
    variable: 'KILN_WORKERS',
    help: 'Builds at the same time',
    schema: integer(1, 256).default(Math.max(1, Math.floor(cores / 2))),
  },
  jobTimeoutSeconds: {
    variable: 'KILN_JOB_TIMEOUT_SECONDS',
    help: 'Wall time that one build may take',
    schema: integer(1, 86_400).default(900),
  },
  queueLimit: {
    variable: 'KILN_QUEUE_LIMIT',
    help: 'Jobs that may wait at the same time; more are refused with 503',
    schema: integer(1, 1_000_000).default(1000),
  },
  storageEngine: {
    variable: 'STORAGE_ENGINE',
    help: 'Where artifacts lie: filesystem',
    schema: z.enum(['filesystem']).default('filesystem'),
  },
  filesystemPath: {
    variable: 'FILESYSTEM_PATH',
    help: 'Folder of the artifacts; a relative one lies in the data folder',
    schema: z.string().min(1).default('firmwares'),
  },
  storageTimeHours: {
    variable: 'STORAGE_TIME_HOURS',
    help: 'Hours that jobs and their artifacts are kept after their end',
    schema: z.coerce.number().positive().max(1_000_000).default(48),
  },
  logLevel: {
    variable: 'KILN_LOG_LEVEL',
    help: 'Least level that is logged',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  },
  toolchainDir: {
    variable: 'KILN_TOOLCHAIN_DIR',
    help: 'Folder with a bundled toolchain (its bin/ goes before PATH)',
    schema: z.string().min(1).optional(),
  },
} as const;

type Schemas = { [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['schema'] };

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: z.output<Schemas[Name]> };
/** Values as flags or a file give them: text, numbers or lists, checked here. */
export type SettingsInput = { readonly [Name in SettingName]?: unknown };

/** The folder that holds all state when nobody says otherwise: the platform's usual place. */
function defaultDataDir(): string {
  return envPaths('kiln', { suffix: '' }).data;
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { variable }] of Object.entries(SETTINGS)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}

function fromFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return {};
    throw new KilnError('settings.invalid', `The settings file ${file} cannot be read.`, {
      cause: error,
    });
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    throw new KilnError('settings.invalid', `The settings file ${file} is not a JSON object.`, {
      cause: error,
    });
  }
}

/** A setting's name as people write it: its variable in the environment, its key elsewhere. */
function describeIssue(issue: z.core.$ZodIssue, environment: Record<string, unknown>): string {
  const name = String(issue.path[0] ?? '');
  const known = Object.hasOwn(SETTINGS, name) ? SETTINGS[name as SettingName] : undefined;
  const label =
    known === undefined
      ? name
      : name in environment
        ? known.variable
        : `${name} (${known.variable})`;
  return `${label}: ${issue.message}`;
}

/**
 * @param flags what the command line gave; it wins over everything.
 * @param environment the process's environment.
 * @throws KilnError `settings.invalid` naming each setting that is wrong, or that does not exist.
 */
export function loadSettings(
  flags: SettingsInput = {},
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const given = Object.fromEntries(
    Object.entries(flags).filter(([, value]) => value !== undefined),
  );
  const fromEnv = fromEnvironment(environment);
  const dataDir = resolve(String(given.dataDir ?? fromEnv.dataDir ?? defaultDataDir()));
  const values = {
    ...fromFile(join(dataDir, 'settings.json')),
    ...fromEnv,
    ...given,
    dataDir,
  };
  const shape = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { schema }]) => [name, schema]),
  ) as Schemas;
  const parsed = z.strictObject(shape).safeParse(values);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => describeIssue(issue, fromEnv));
    throw new KilnError('settings.invalid', `Settings are wrong: ${problems.join('; ')}.`);
  }
  return parsed.data as Settings;
}

/** Places below the data folder, in one table. */
export function dataPaths(settings: Settings) {
  const at = (name: string) => join(settings.dataDir, name);
  return {
    database: at('kiln.sqlite'),
    artifacts: isAbsolute(settings.filesystemPath)
      ? settings.filesystemPath
      : at(settings.filesystemPath),
    builds: at('builds'),
    trees: at('trees'),
    toolchain: at('toolchain'),
    logs: at('logs'),
    token: at('token'),
    service: at('service.json'),
    lock: at('service.lock'),
  };
}

export type DataPaths = ReturnType<typeof dataPaths>;
