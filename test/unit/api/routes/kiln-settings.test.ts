import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createService, TOKEN } from '../../../fixtures/api/service.ts';

const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
const URL = '/kiln/v1/settings';

afterEach(() => vi.unstubAllEnvs());

function prepare(settings = {}) {
  const service = createService({ settings });
  const file = join(service.dependencies.settings.dataDir, 'settings.json');
  return {
    service,
    file,
    kept: () => JSON.parse(readFileSync(file, 'utf8')),
    read: async () => (await service.get(URL, AUTHORIZED)).json(),
    change: (values: unknown) => service.post(URL, { values }, AUTHORIZED),
  };
}

const find = (answer: { settings: { name: string }[] }, name: string) =>
  answer.settings.find((setting) => setting.name === name);

describe('GET /kiln/v1/settings', () => {
  it('tells the person at this machine how the service is set up, without secrets', async () => {
    const service = createService({ settings: { workers: 3, serviceKey: 'kiln_secret' } });
    expect((await service.get('/kiln/v1/settings')).statusCode).toBe(401);
    const answer = await service.get('/kiln/v1/settings', { authorization: `Bearer ${TOKEN}` });
    expect(answer.body).not.toContain('kiln_secret');
    const { file, settings } = answer.json();
    expect(file).toMatch(/settings\.json$/);
    const found = new Map(settings.map((setting: { name: string }) => [setting.name, setting]));
    expect(found.get('workers')).toMatchObject({ variable: 'KILN_WORKERS', value: 3 });
    expect(found.get('serviceKey')).toMatchObject({ value: null, isSecret: true });
    expect(found.get('host')).toMatchObject({ value: null, isSecret: false });
  });
});

describe('POST /kiln/v1/settings', () => {
  it('writes what the next start takes, beside what the file has, and takes it out again', async () => {
    const { service, file, kept, change } = prepare();
    expect((await service.post(URL, { values: { workers: 5 } })).statusCode).toBe(401);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '{"rateLimit": 7, "backupsKept": 3}');
    const answer = await change({ workers: 5, treeUpdates: 'preview', backupsKept: null });
    expect(answer.statusCode).toBe(200);
    expect(kept()).toEqual({ rateLimit: 7, workers: 5, treeUpdates: 'preview' });
    expect(find(answer.json(), 'workers')).toMatchObject({
      value: service.dependencies.settings.workers,
      change: { next: 5, isInFile: true, fixedBy: null, form: { kind: 'integer', min: 1 } },
    });
    await change({ workers: null });
    expect(kept()).toEqual({ rateLimit: 7, treeUpdates: 'preview' });
  });

  it('refuses a value that does not fit, with all that came with it', async () => {
    const { file, change } = prepare();
    const answer = await change({ backupsKept: 2, maintenanceAt: 'at dawn' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      error: {
        code: 'settings.refused',
        message: 'maintenanceAt has to be a cron pattern, like 30 3 * * *.',
        details: { name: 'maintenanceAt' },
      },
    });
    expect(existsSync(file)).toBe(false);
    expect((await change({ workers: {} })).json()).toMatchObject({
      error: { code: 'request.invalid' },
    });
    await change({});
    expect(existsSync(file)).toBe(false);
  });

  it.each(['sandbox', 'lan', 'toolchainDir', 'dataDir', 'webhookSecret', 'nothing'])(
    'leaves %s to who writes the file',
    async (name) => {
      const { file, service } = prepare();
      const body = `{"values": {"${name}": "off"}}`;
      const answer = await service.post(URL, body, AUTHORIZED);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.json().error.code).toMatch(/^(settings\.fixed|request\.)/);
      expect(existsSync(file)).toBe(false);
    },
  );

  it('says what a variable or the command line has set, and does not pretend to change it', async () => {
    vi.stubEnv('KILN_WORKERS', '3');
    const { change, read } = prepare({ workers: 3, backupsKept: 9 });
    const settings = await read();
    expect(find(settings, 'workers')).toMatchObject({ change: { fixedBy: 'environment' } });
    expect(find(settings, 'backupsKept')).toMatchObject({
      value: 9,
      change: { fixedBy: 'command-line' },
    });
    expect((await change({ workers: 4 })).json()).toMatchObject({
      error: { code: 'settings.fixed', details: { name: 'workers' } },
    });
    expect((await change({ backupsKept: 8 })).statusCode).toBe(409);
  });

  it('leaves a file as it is that it cannot read, and says what is wrong with it', async () => {
    const { change, file, read } = prepare();
    writeFileSync(file, '{"workers": "many"}');
    expect((await read()).problem).toMatchObject({ code: 'settings.invalid' });
    const answer = await change({ backupsKept: 2 });
    expect(answer.json().error.message).toContain('workers');
    expect(readFileSync(file, 'utf8')).toBe('{"workers": "many"}');
  });

  it('applies a log level at once', async () => {
    const { change, service } = prepare();
    await change({ logLevel: 'debug' });
    expect(service.state.logLevels).toEqual(['debug']);
  });
});
