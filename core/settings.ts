/**
 * Settings, parsed once: defaults < `<data>/settings.json` < environment < flags. Nothing else reads
 * `process.env`. Names that the hosted QMK API uses keep their meaning here.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { errnoOf, KilnError } from './errors.ts';
import { LOG_LEVELS } from './log-level.ts';
import { isCronPattern } from './schedule/when.ts';

const cores = availableParallelism();

// Messages follow the name of the setting: «KILN_PORT has to be …».
const text = z.string('has to be text').min(1, 'has to be text');

const list = z
  .union([z.array(z.string()), z.string()], 'has to be a list of texts, or one text with commas')
  .transform((value) => (Array.isArray(value) ? value : value.split(',')))
  .transform((items) => items.map((item) => item.trim()).filter((item) => item !== ''));

/** Variables and flags are text; unlike `z.coerce`, this makes a number of nothing else (`null`, `true`, a list). */
const toNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : value;

const integer = (min: number, max: number) => {
  const message = `has to be a whole number from ${min} to ${max}`;
  return z.preprocess(toNumber, z.int(message).min(min, message).max(max, message));
};

const hoursMessage = 'has to be a number of hours, more than 0 and at most 1000000';
const hours = z.preprocess(
  toNumber,
  z.number(hoursMessage).positive(hoursMessage).max(1_000_000, hoursMessage),
);

const TAG = /^[a-z0-9-]{1,40}$/;

const tags = (message: string, form: RegExp) =>
  list.refine((entries) => entries.every((entry) => form.test(entry)), message).default([]);

const networks = list.refine(
  (entries) => entries.every(isNetwork),
  'has to be a list of addresses and networks',
);

const toggle = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? ({ true: true, '1': true, false: false, '0': false }[value.toLowerCase()] ?? value)
      : value,
  z.boolean('has to be true or false'),
);

const file = text.refine((path) => isAbsolute(path), 'has to be an absolute path');

/** `10.0.0.0/8`, `fd00::/8`, or an address alone. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, `has to be one of ${choices.join(', ')}`);

/** Every setting: its variable, its meaning, its schema with the default. `docs/settings.md` is made from it. */
export const SETTINGS = {
  dataDir: {
    variable: 'KILN_DATA_DIR',
    help: 'Folder of all state: database, artifacts, trees, build folders, logs',
    schema: text,
  },
  host: {
    variable: 'KILN_HOST',
    help: 'Address to listen on; one that other machines reach needs KILN_LAN too',
    schema: text.optional(),
  },
  port: {
    variable: 'KILN_PORT',
    help: 'Port to listen on; 0 takes any free one',
    schema: integer(0, 65_535).default(5001),
  },
  lan: {
    variable: 'KILN_LAN',
    help: 'Lets other machines in, by key or pairing: tls encrypts, with plain everybody on the network can read along',
    schema: choice(['off', 'tls', 'plain']).default('off'),
  },
  lanPort: {
    variable: 'KILN_LAN_PORT',
    help: 'Port for other machines with KILN_LAN=tls; this machine keeps KILN_PORT. 0 takes any free one',
    schema: integer(0, 65_535).default(5443),
  },
  tlsCert: {
    variable: 'KILN_TLS_CERT',
    help: 'File with the certificate for KILN_LAN=tls, in PEM; without it Kiln makes its own',
    schema: file.optional(),
  },
  tlsKey: {
    variable: 'KILN_TLS_KEY',
    help: 'File with the private key of KILN_TLS_CERT, in PEM',
    schema: file.optional(),
  },
  access: {
    variable: 'KILN_ACCESS',
    help: 'What other machines need for the QMK API: paired asks for a key or the pairing code, open for nothing',
    schema: choice(['paired', 'open']).default('paired'),
  },
  rateLimit: {
    variable: 'KILN_RATE_LIMIT',
    help: 'Requests a minute that another machine may make, and a tenth as many submissions; 0 counts none',
    schema: integer(0, 1_000_000).default(600),
  },
  serviceUrl: {
    variable: 'KILN_SERVICE_URL',
    help: 'Address of a running service for commands and the shell to use',
    schema: z
      .url({ protocol: /^https?$/, error: 'has to be an address like http://127.0.0.1:5001' })
      .optional(),
  },
  serviceKey: {
    variable: 'KILN_SERVICE_KEY',
    help: 'API key or pairing code for the service of KILN_SERVICE_URL',
    schema: text.optional(),
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
  importHosts: {
    variable: 'KILN_IMPORT_HOSTS',
    help: 'Hosts that keymaps may be fetched from once a person agreed, comma-separated; host:port for another port',
    schema: list
      .transform((hosts) => hosts.map((host) => host.toLowerCase()))
      .default([
        'raw.githubusercontent.com',
        'gist.githubusercontent.com',
        'codeberg.org',
        'gitlab.com',
      ]),
  },
  importPrivate: {
    variable: 'KILN_IMPORT_PRIVATE',
    help: 'Whether hosts of KILN_IMPORT_HOSTS may lie on this machine or its network, and be read without encryption',
    schema: choice(['refuse', 'allow']).default('refuse'),
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
  sandbox: {
    variable: 'KILN_SANDBOX',
    help: 'Containment of builds: best takes what the machine offers, required refuses to build without the full one',
    schema: choice(['best', 'required', 'off']).default('best'),
  },
  queueLimit: {
    variable: 'KILN_QUEUE_LIMIT',
    help: 'Jobs that may wait at the same time; more are refused with 503',
    schema: integer(1, 1_000_000).default(1000),
  },
  role: {
    variable: 'KILN_ROLE',
    help: 'Part of this machine where several work together: api answers, worker builds, all does both',
    schema: choice(['all', 'api', 'worker']).default('all'),
  },
  redisHost: {
    variable: 'REDIS_HOST',
    help: 'Host name of the Redis that several machines share the queue on; without it the queue is this machine’s own',
    schema: text.optional(),
  },
  redisPort: {
    variable: 'REDIS_PORT',
    help: 'Port of Redis',
    schema: integer(1, 65_535).default(6379),
  },
  redisUser: {
    variable: 'REDIS_USER',
    help: 'Name to log in to Redis with',
    schema: text.optional(),
  },
  redisPassword: {
    variable: 'REDIS_PASSWORD',
    help: 'Password for Redis',
    schema: text.optional(),
  },
  redisTls: {
    variable: 'REDIS_TLS',
    help: 'Whether to talk to Redis encrypted',
    schema: choice(['off', 'on']).default('off'),
  },
  clusterName: {
    variable: 'KILN_CLUSTER',
    help: 'Name that the machines of one service share; services of other names may use the same Redis',
    schema: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'has to be 1 to 40 lower-case letters, digits and -')
      .default('main'),
  },
  treeFollow: {
    variable: 'KILN_TREE_FOLLOW',
    help: 'on has a worker host fetch the commit that all API hosts are at, of git trees that both have from one address',
    schema: choice(['off', 'on']).default('off'),
  },
  workerTags: {
    variable: 'KILN_WORKER_TAGS',
    help: 'Tags of this machine’s workers, comma-separated: they take the jobs that need these, besides the others',
    schema: tags('has to be a list of tags, each 1 to 40 lower-case letters, digits and -', TAG),
  },
  jobTags: {
    variable: 'KILN_JOB_TAGS',
    help: 'Tags that a worker has to have for jobs that come in here, comma-separated; tree=tag for those of one firmware tree',
    schema: tags(
      'has to be a list of tags, or of tree=tag',
      /^(?:[a-z0-9_-]{1,32}=)?[a-z0-9-]{1,40}$/,
    ),
  },
  trustedProxies: {
    variable: 'KILN_TRUSTED_PROXIES',
    help: 'Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed, comma-separated',
    schema: networks.default([]),
  },
  drainSeconds: {
    variable: 'KILN_DRAIN_SECONDS',
    help: 'Seconds that a service which is told to end goes on: it says so to load balancers, and builds in hand may finish',
    schema: integer(0, 3600).default(0),
  },
  storageEngine: {
    variable: 'STORAGE_ENGINE',
    help: 'Where artifacts lie: filesystem is a folder of this machine, s3 a service that several machines share',
    schema: choice(['filesystem', 's3']).default('filesystem'),
  },
  s3Host: {
    variable: 'S3_HOST',
    help: 'Address of the S3 service with STORAGE_ENGINE=s3, with http:// or https://',
    schema: z
      .url({ protocol: /^https?$/, error: 'has to be an address like http://127.0.0.1:9000' })
      .default('http://127.0.0.1:9000'),
  },
  s3Location: {
    variable: 'S3_LOCATION',
    help: 'Region that requests to the S3 service are signed for',
    schema: text.default('nyc3'),
  },
  s3Bucket: {
    variable: 'S3_BUCKET',
    help: 'Bucket of the artifacts; made when it is not there',
    schema: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
        'has to be a name of lower-case letters, digits, - and .',
      )
      .default('qmk-api'),
  },
  s3AccessKey: {
    variable: 'S3_ACCESS_KEY',
    help: 'Name of the key for the S3 service; without it the usual places of AWS are looked through',
    schema: text.optional(),
  },
  s3SecretKey: {
    variable: 'S3_SECRET_KEY',
    help: 'The secret of S3_ACCESS_KEY',
    schema: text.optional(),
  },
  s3Downloads: {
    variable: 'KILN_S3_DOWNLOADS',
    help: 'proxy sends files through Kiln, redirect sends clients to S3_HOST, which they have to reach',
    schema: choice(['proxy', 'redirect']).default('proxy'),
  },
  s3DownloadTimeout: {
    variable: 'S3_DOWNLOAD_TIMEOUT',
    help: 'Seconds that an address of KILN_S3_DOWNLOADS=redirect is valid',
    schema: integer(1, 604_800).default(7200),
  },
  s3CacheMebibytes: {
    variable: 'KILN_S3_CACHE_MIB',
    help: 'Memory in MiB for files that were read from S3; the least recently used goes first',
    schema: integer(0, 100_000).default(64),
  },
  filesystemPath: {
    variable: 'FILESYSTEM_PATH',
    help: 'Folder of the artifacts; a relative one lies in the data folder',
    schema: text.default('firmwares'),
  },
  storageTimeHours: {
    variable: 'STORAGE_TIME_HOURS',
    help: 'Hours that jobs and their artifacts are kept after their end',
    schema: hours.default(48),
  },
  planCacheMebibytes: {
    variable: 'KILN_PLAN_CACHE_MIB',
    help: 'Disk space in MiB for what full builds leave to make later ones fast; the least recently used goes first',
    schema: integer(0, 1_000_000).default(2048),
  },
  treeUpdates: {
    variable: 'KILN_TREE_UPDATES',
    help: 'Looks for updates of git trees at the maintenance hour: preview only says what is new, apply goes there once nothing is built',
    schema: choice(['off', 'preview', 'apply']).default('off'),
  },
  maintenanceAt: {
    variable: 'KILN_MAINTENANCE_AT',
    help: 'When backup, database maintenance and tree updates are due: a cron pattern in local time',
    schema: text
      .refine(isCronPattern, 'has to be a cron pattern, like 30 3 * * *')
      .default('30 3 * * *'),
  },
  backupsKept: {
    variable: 'KILN_BACKUPS_KEPT',
    help: 'Daily backups of the database and settings that are kept in the data folder; 0 makes none',
    schema: integer(0, 1000).default(7),
  },
  testBuilds: {
    variable: 'KILN_TEST_BUILDS',
    help: 'Builds every keyboard of the default tree in turn while nobody else builds, and keeps what comes of it',
    schema: choice(['off', 'on']).default('off'),
  },
  webhookSecret: {
    variable: 'KILN_WEBHOOK_SECRET',
    help: 'Lets GitHub, GitLab or Gitea ask for a look at tree updates with POST /kiln/v1/hooks/git; none closes it',
    schema: z.string('has to be text').min(16, 'has to have at least 16 characters').optional(),
  },
  updateFeed: {
    variable: 'KILN_UPDATE_FEED',
    help: 'Address that kiln upgrade asks for a newer Kiln; none: it asks nobody',
    schema: z
      .url({
        protocol: /^https?$/,
        error: 'has to be an address like https://example.com/kiln.json',
      })
      .optional(),
  },
  updateKey: {
    variable: 'KILN_UPDATE_KEY',
    help: 'Public key (Ed25519) that signs the updates of KILN_UPDATE_FEED',
    schema: z.base64('has to be Base64').min(32, 'has to be a whole key').optional(),
  },
  skipMetrics: {
    variable: 'SKIP_METRICS',
    help: 'true turns /metrics off, and sends nothing to a collector',
    schema: toggle.default(false),
  },
  otlpEndpoint: {
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    help: 'Address of a collector of your own that the numbers of /metrics are sent to, over HTTP; none sends nothing',
    schema: z
      .url({ protocol: /^https?$/, error: 'has to be an address like http://127.0.0.1:4318' })
      .optional(),
  },
  otlpIntervalMs: {
    variable: 'OTEL_METRIC_EXPORT_INTERVAL',
    help: 'Milliseconds between two sendings to OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: integer(1000, 3_600_000).default(60_000),
  },
  logLevel: {
    variable: 'KILN_LOG_LEVEL',
    help: 'Least level that is logged',
    schema: choice(LOG_LEVELS).default('info'),
  },
  slowMs: {
    variable: 'KILN_SLOW_MS',
    help: 'Milliseconds after which an answer, or a standstill of the service, is warned of in the log; 0 for never',
    schema: integer(0, 3_600_000).default(1000),
  },
  toolchainDir: {
    variable: 'KILN_TOOLCHAIN_DIR',
    help: 'Folder with a bundled toolchain (its bin/ goes before PATH); absolute',
    schema: file.optional(),
  },
} as const;

/** Settings that open something: never on a command line, which every account of the machine may read. */
const SECRETS = [
  'serviceKey',
  's3SecretKey',
  'redisPassword',
  'webhookSecret',
] as const satisfies readonly (keyof typeof SETTINGS)[];

type Schemas = { [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['schema'] };

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: z.output<Schemas[Name]> };
/** Values as flags or a file give them: text, numbers or lists, checked here. */
export type SettingsInput = { readonly [Name in SettingName]?: unknown };

/** The folder that holds all state when nobody says otherwise: the platform's usual place. */
function defaultDataDir(): string {
  return envPaths('kiln', { suffix: '' }).data;
}

/** What variables say, as they say it: those win over the file. */
export function settingsOfEnvironment(
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, { variable }] of Object.entries(SETTINGS)) {
    const value = environment[variable];
    if (value !== undefined && value !== '') values[name] = value;
  }
  return values;
}

function fromFile(file: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return {};
    throw new KilnError('settings.invalid', `The settings file ${file} cannot be read.`, {
      cause: error,
    });
  }
  let values: Record<string, unknown>;
  try {
    values = z.record(z.string(), z.unknown()).parse(JSON.parse(content));
  } catch (error) {
    throw new KilnError('settings.invalid', `The settings file ${file} is not a JSON object.`, {
      cause: error,
    });
  }
  if (Object.hasOwn(values, 'dataDir')) {
    throw new KilnError(
      'settings.invalid',
      `The settings file ${file} lies in the data folder and cannot name another one.`,
      { remedy: 'Set KILN_DATA_DIR instead, and take dataDir out of the file.' },
    );
  }
  return values;
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
  const fromEnv = settingsOfEnvironment(environment);
  const dataDir = resolve(String(given.dataDir ?? fromEnv.dataDir ?? defaultDataDir()));
  const file = join(dataDir, 'settings.json');
  const shape = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { schema }]) => [name, schema]),
  ) as Schemas;
  const values = { ...fromFile(file), ...fromEnv, ...given, dataDir };
  const parsed = z.strictObject(shape).safeParse(values);
  if (parsed.success) return parsed.data as Settings;

  /** The setting's name where the wrong value was written: its variable, its key in the file, or its flag. */
  const nameOf = (name: string): string => {
    if (Object.hasOwn(given, name)) return name;
    return Object.hasOwn(fromEnv, name)
      ? SETTINGS[name as SettingName].variable
      : `${name} in ${file}`;
  };
  const problems = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no setting ${issue.keys.map(nameOf).join(', ')}`
      : `${nameOf(String(issue.path[0]))} ${issue.message}`,
  );
  throw new KilnError('settings.invalid', `Settings are wrong: ${problems.join('; ')}.`);
}

/** The settings for another process of Kiln's own: what may stand on its command line, and the rest as its variables. */
export function partSecrets(settings: Settings): {
  readonly shown: Settings;
  readonly variables: Readonly<Record<string, string>>;
} {
  const shown: Record<string, unknown> = { ...settings };
  const variables: Record<string, string> = {};
  for (const name of SECRETS) {
    const value = settings[name];
    if (value === undefined) continue;
    delete shown[name];
    variables[SETTINGS[name].variable] = value;
  }
  return { shown: shown as Settings, variables };
}

/** The way back from `partSecrets`, in the process that was started with it. */
export function joinSecrets(
  shown: Settings,
  environment: NodeJS.ProcessEnv = process.env,
): Settings {
  const secrets = SECRETS.flatMap((name) => {
    const value = environment[SETTINGS[name].variable];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...shown, ...Object.fromEntries(secrets) };
}

/** Places below the data folder, in one table. */
export function dataPaths(settings: Settings) {
  const at = (name: string) => join(settings.dataDir, name);
  return {
    database: at('kiln.sqlite'),
    catalogue: at('catalogue.sqlite'),
    testBuilds: at('test-builds.sqlite'),
    artifacts: isAbsolute(settings.filesystemPath)
      ? settings.filesystemPath
      : at(settings.filesystemPath),
    builds: at('builds'),
    cache: at('cache'),
    trees: at('trees'),
    toolchain: at('toolchain'),
    logs: at('logs'),
    backups: at('backups'),
    token: at('token'),
    tls: at('tls'),
    service: at('service.json'),
    configurator: at('configurator.json'),
    processes: at('processes.jsonl'),
    lock: at('service.lock'),
    hostId: at('host-id'),
    flashLock: at('flash.lock'),
  };
}

export type DataPaths = ReturnType<typeof dataPaths>;
