import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KilnError } from '../../../core/errors.ts';
import {
  dataPaths,
  joinSecrets,
  loadSettings,
  partSecrets,
  SETTINGS,
  type Settings,
  type SettingsInput,
} from '../../../core/settings.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kiln-settings-'));
});

afterEach(() => {
  rmSync(dataDir, { recursive: true });
});

function load(environment: Record<string, string> = {}, flags: SettingsInput = {}): Settings {
  return loadSettings(flags, { KILN_DATA_DIR: dataDir, ...environment });
}

function writeFile(content: unknown): string {
  const file = join(dataDir, 'settings.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** What the refusal says. */
function refusal(environment: Record<string, string> = {}, flags: SettingsInput = {}): string {
  try {
    load(environment, flags);
  } catch (error) {
    expect(error).toBeInstanceOf(KilnError);
    expect((error as KilnError).code).toBe('settings.invalid');
    return (error as KilnError).message;
  }
  throw new Error('the settings were taken');
}

describe('where a setting comes from', () => {
  it('has a default for everything but what may be absent', () => {
    expect(load()).toEqual({
      dataDir,
      port: 5001,
      lan: 'off',
      lanPort: 5443,
      access: 'paired',
      rateLimit: 600,
      allowedOrigins: ['https://config.qmk.fm'],
      allowedHosts: [],
      importHosts: [
        'raw.githubusercontent.com',
        'gist.githubusercontent.com',
        'codeberg.org',
        'gitlab.com',
      ],
      importPrivate: 'refuse',
      workers: Math.max(1, Math.floor(availableParallelism() / 2)),
      jobTimeoutSeconds: 900,
      sandbox: 'best',
      queueLimit: 1000,
      role: 'all',
      redisPort: 6379,
      redisTls: 'off',
      clusterName: 'main',
      treeFollow: 'off',
      workerTags: [],
      jobTags: [],
      trustedProxies: [],
      drainSeconds: 0,
      storageEngine: 'filesystem',
      s3Host: 'http://127.0.0.1:9000',
      s3Location: 'nyc3',
      s3Bucket: 'qmk-api',
      s3Downloads: 'proxy',
      s3DownloadTimeout: 7200,
      s3CacheMebibytes: 64,
      filesystemPath: 'firmwares',
      storageTimeHours: 48,
      planCacheMebibytes: 2048,
      treeUpdates: 'off',
      maintenanceAt: '30 3 * * *',
      backupsKept: 7,
      testBuilds: 'off',
      skipMetrics: false,
      otlpIntervalMs: 60_000,
      logLevel: 'info',
      slowMs: 1000,
    });
  });

  it('puts the file over the default, the environment over the file and a flag over all', () => {
    writeFile({ port: 1, workers: 2, queueLimit: 3 });
    const settings = load({ KILN_WORKERS: '20', KILN_QUEUE_LIMIT: '30' }, { queueLimit: 300 });
    expect(settings).toMatchObject({ port: 1, workers: 20, queueLimit: 300 });
    expect(settings.jobTimeoutSeconds).toBe(900);
  });

  it('takes an empty variable and an absent flag for not set', () => {
    writeFile({ port: 1 });
    expect(load({ KILN_PORT: '' }, { port: undefined }).port).toBe(1);
  });

  it.each(Object.entries(SETTINGS))('reads %s from its variable', (name, { variable }) => {
    const samples: Record<string, string> = {
      dataDir,
      host: '0.0.0.0',
      port: '0',
      lan: 'tls',
      lanPort: '9',
      tlsCert: '/etc/kiln/cert.pem',
      tlsKey: '/etc/kiln/key.pem',
      access: 'open',
      rateLimit: '60',
      serviceUrl: 'http://kiln.test:1',
      serviceKey: 'kiln_1',
      allowedOrigins: 'http://a.test',
      allowedHosts: 'a.test',
      importHosts: 'a.test:8443',
      importPrivate: 'allow',
      workers: '3',
      jobTimeoutSeconds: '5',
      sandbox: 'required',
      queueLimit: '7',
      planCacheMebibytes: '0',
      role: 'api',
      redisHost: 'redis.example',
      treeFollow: 'on',
      workerTags: 'arm,big',
      jobTags: 'big,qmk=arm',
      redisPort: '6380',
      redisUser: 'kiln',
      redisPassword: 'secret',
      redisTls: 'on',
      clusterName: 'meetup',
      trustedProxies: '10.0.0.0/8,fd00::1',
      drainSeconds: '20',
      storageEngine: 'filesystem',
      s3Host: 'http://s3.example:9000',
      s3Location: 'us-east-1',
      s3Bucket: 'kiln-artifacts',
      s3AccessKey: 'me',
      s3SecretKey: 'secret',
      s3Downloads: 'redirect',
      s3DownloadTimeout: '60',
      s3CacheMebibytes: '8',
      filesystemPath: '/elsewhere',
      storageTimeHours: '0.5',
      treeUpdates: 'apply',
      maintenanceAt: '@weekly',
      backupsKept: '0',
      testBuilds: 'on',
      skipMetrics: 'true',
      webhookSecret: '0123456789abcdef',
      updateFeed: 'https://example.com/kiln.json',
      updateKey: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
      otlpEndpoint: 'http://127.0.0.1:4318',
      otlpIntervalMs: '5000',
      logLevel: 'trace',
      slowMs: '0',
      toolchainDir: '/opt/tools',
    };
    const value = load({ [variable]: samples[name] ?? '' })[name as keyof Settings];
    expect(String(value)).toBe(samples[name]);
  });

  it('reads the file of the data folder that a flag names', () => {
    writeFile({ port: 77 });
    const settings = loadSettings({ dataDir }, { KILN_DATA_DIR: join(dataDir, 'other') });
    expect(settings).toMatchObject({ dataDir, port: 77 });
  });

  it('makes the data folder absolute, and has one of the platform when nobody names it', () => {
    expect(loadSettings({ dataDir: 'here' }, {}).dataDir).toBe(resolve('here'));
    const settings = loadSettings({}, {});
    expect(isAbsolute(settings.dataDir)).toBe(true);
    expect(settings.dataDir.toLowerCase()).toContain('kiln');
  });

  it('needs no file, nor a data folder', () => {
    expect(load({ KILN_DATA_DIR: join(dataDir, 'not', 'there') }).port).toBe(5001);
  });
});

describe('lists', () => {
  it('are split at commas, without blanks and empty items', () => {
    expect(load({ KILN_ALLOWED_HOSTS: ' a.test, ,b.test,' }).allowedHosts).toEqual([
      'a.test',
      'b.test',
    ]);
  });

  it('are lists or one text in the file', () => {
    writeFile({
      allowedHosts: ['a.test', ' b.test '],
      allowedOrigins: 'http://c.test,http://d.test',
    });
    expect(load()).toMatchObject({
      allowedHosts: ['a.test', 'b.test'],
      allowedOrigins: ['http://c.test', 'http://d.test'],
    });
  });
});

describe('a wrong value', () => {
  it.each([
    ['KILN_PORT', 'abc'],
    ['KILN_PORT', '65536'],
    ['KILN_PORT', '-1'],
    ['KILN_PORT', '80.5'],
    ['KILN_PORT', ' '],
    ['KILN_PORT', '0x50'],
    ['KILN_PORT', '1e3'],
    ['KILN_SERVICE_URL', 'localhost:5001'],
    ['KILN_SERVICE_URL', 'ftp://a.test'],
    ['KILN_WORKERS', '0'],
    ['KILN_WORKERS', '257'],
    ['KILN_JOB_TIMEOUT_SECONDS', '0'],
    ['KILN_SANDBOX', 'full'],
    ['KILN_QUEUE_LIMIT', '0'],
    ['STORAGE_ENGINE', 's4'],
    ['S3_HOST', '127.0.0.1:9000'],
    ['KILN_TRUSTED_PROXIES', 'everybody'],
    ['KILN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['S3_BUCKET', 'No Bucket'],
    ['STORAGE_TIME_HOURS', '0'],
    ['STORAGE_TIME_HOURS', 'Infinity'],
    ['KILN_LOG_LEVEL', 'loud'],
    ['KILN_TOOLCHAIN_DIR', 'tools'],
  ])('of the variable %s (%j) is refused by that name', (variable, value) => {
    expect(refusal({ [variable]: value })).toMatch(
      new RegExp(`^Settings are wrong: ${variable} has to be [^;]*\\.$`),
    );
  });

  it.each([
    ['port', null],
    ['port', true],
    ['port', [80]],
    ['host', ''],
    ['host', 5],
    ['allowedHosts', [1]],
    ['allowedHosts', null],
    ['logLevel', null],
    ['storageTimeHours', -1],
    ['filesystemPath', ''],
  ])('of the file, %s = %j, is refused by its key and the file', (key, value) => {
    const file = writeFile({ [key]: value });
    expect(refusal()).toMatch(new RegExp(`^Settings are wrong: ${key} in ${file} has to be `));
  });

  it('of a flag is refused by the flag’s name, whatever else is set', () => {
    writeFile({ port: 1 });
    expect(refusal({ KILN_PORT: '2' }, { port: 'x' })).toBe(
      'Settings are wrong: port has to be a whole number from 0 to 65535.',
    );
  });

  it('does not hide another one', () => {
    expect(refusal({ KILN_PORT: 'x', KILN_WORKERS: 'y' })).toBe(
      'Settings are wrong: KILN_PORT has to be a whole number from 0 to 65535; ' +
        'KILN_WORKERS has to be a whole number from 1 to 256.',
    );
  });

  it('in the file does no harm while something else wins over it', () => {
    writeFile({ port: 'x' });
    expect(load({ KILN_PORT: '80' }).port).toBe(80);
  });
});

describe('the file', () => {
  it('is refused for a member that is no setting', () => {
    const file = writeFile({ prot: 80 });
    expect(refusal()).toBe(`Settings are wrong: there is no setting prot in ${file}.`);
  });

  it('is refused for a member named like something of every object', () => {
    const file = writeFile('{"__proto__": 1, "toString": 2}');
    expect(refusal()).toContain(`in ${file}`);
  });

  it('cannot move the data folder that it lies in', () => {
    writeFile({ dataDir: '/elsewhere' });
    expect(refusal()).toContain('cannot name another');
  });

  it.each(['', '{', '[]', '"text"', 'null'])('is refused when it is no JSON object: %j', (text) => {
    const file = writeFile(text);
    expect(refusal()).toBe(`The settings file ${file} is not a JSON object.`);
  });

  it('is refused when it cannot be read', () => {
    // A folder in its place: that fails for every user, root included.
    mkdirSync(join(dataDir, 'settings.json'));
    expect(refusal()).toContain('cannot be read');
  });
});

describe('places below the data folder', () => {
  it('all lie in it', () => {
    const settings = load();
    for (const path of Object.values(dataPaths(settings))) {
      expect(path.startsWith(join(dataDir, '/'))).toBe(true);
    }
    expect(new Set(Object.values(dataPaths(settings))).size).toBe(
      Object.keys(dataPaths(settings)).length,
    );
  });

  it('but for the artifacts, when FILESYSTEM_PATH is absolute', () => {
    expect(dataPaths(load({ FILESYSTEM_PATH: 'images/all' })).artifacts).toBe(
      join(dataDir, 'images/all'),
    );
    const elsewhere = resolve('/srv/images');
    expect(dataPaths(load({ FILESYSTEM_PATH: elsewhere })).artifacts).toBe(elsewhere);
  });
});

describe('what is secret', () => {
  it('stands on no command line, and comes back in the process that it was for', () => {
    const settings = load({
      S3_SECRET_KEY: 'open sesame',
      KILN_SERVICE_KEY: 'kiln_1',
      S3_ACCESS_KEY: 'me',
    });
    const { shown, variables } = partSecrets(settings);
    expect(JSON.stringify(shown)).not.toMatch(/sesame|kiln_1/);
    expect(joinSecrets(shown, { ...variables, PATH: '/bin' })).toEqual(settings);
    expect(joinSecrets(shown, {})).toEqual(shown);
  });
});
