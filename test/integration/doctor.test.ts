import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../core/db/database.ts';
import { type Check, type DoctorOptions, runChecks } from '../../core/doctor/checks.ts';
import { createSqliteQueue } from '../../core/queue/sqlite/sqlite-queue.ts';
import { loadSettings } from '../../core/settings.ts';
import { createFilesystemStore } from '../../core/storage/filesystem-store.ts';
import { TOOLS } from '../../core/toolchain/tools.ts';
import { createTreeRegistry, type EditableTreeRegistry } from '../../core/trees/registry.ts';
import { makeQmkFolder } from '../fixtures/service/qmk-folder.ts';
import { toolFolders, writeTool } from '../fixtures/toolchain/tools.ts';

let folders: ReturnType<typeof toolFolders>;
let database: Database;
let registry: EditableTreeRegistry;

beforeEach(() => {
  folders = toolFolders();
  database = openDatabase(join(folders.dataDir, 'kiln.sqlite'));
  onTestFinished(() => void database.close());
  registry = createTreeRegistry({
    database,
    folder: join(folders.dataDir, 'trees'),
    git: async () => '',
  });
});

/** A machine on which everything is there. */
function installAll(): void {
  for (const { command } of Object.values(TOOLS)) {
    writeTool(command === 'qmk' ? folders.own : folders.system, command, `echo ${command} 1.0`);
  }
}

async function check(changes: Partial<DoctorOptions> = {}): Promise<Record<string, Check>> {
  const options = {
    settings: loadSettings({ dataDir: folders.dataDir }, {}),
    toolchain: folders.toolchain(),
    trees: await registry.list(),
    database,
    sandbox: { level: 'full', message: 'Builds are contained.', remedy: null },
    ...changes,
  } as DoctorOptions;
  return Object.fromEntries((await runChecks(options)).map((each) => [each.id, each]));
}

describe.skipIf(process.platform === 'win32')('the doctor', () => {
  it('finds everything in order on a machine that has everything', async () => {
    installAll();
    const checks = await check();
    expect(Object.values(checks).filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(Object.values(checks).filter((each) => 'remedy' in each)).toEqual([]);
    expect(checks['tool-make']).toEqual({
      id: 'tool-make',
      name: 'make',
      state: 'ok',
      message: `make 1.0 (${join(folders.system, 'make')})`,
    });
    expect(checks['data-folder']?.message).toMatch(/can be written; \d+ MB are free\.$/);
    expect(checks['tree-starter']?.message).toMatch(/ \(default\)$/);
  });

  it('looks at every tool', async () => {
    installAll();
    const ids = Object.keys(await check());
    expect(ids).toEqual(
      expect.arrayContaining(Object.values(TOOLS).map(({ command }) => `tool-${command}`)),
    );
  });

  it.each([
    ['make', 'failed', 'nothing can be built', 'apt-get install make'],
    ['avr-gcc', 'failed', 'nothing can be built', 'apt-get install gcc-avr avr-libc'],
    ['avr-objcopy', 'failed', 'nothing can be built', 'binutils-avr'],
    ['avr-size', 'failed', 'nothing can be built', 'binutils-avr'],
    [
      'arm-none-eabi-gcc',
      'warning',
      'keyboards with ARM processors cannot be built',
      'gcc-arm-none-eabi',
    ],
    [
      'arm-none-eabi-objcopy',
      'warning',
      'keyboards with ARM processors cannot be built',
      'binutils-arm',
    ],
    ['python3', 'warning', 'real QMK trees cannot be built', 'python3-venv'],
    ['qmk', 'warning', 'real QMK trees cannot be built', 'kiln toolchain install'],
    ['git', 'warning', 'trees cannot be added from git addresses', 'apt-get install git'],
  ])(
    'says of a missing %s what it stops (%s) and how to get it',
    async (command, state, loss, way) => {
      installAll();
      rmSync(join(command === 'qmk' ? folders.own : folders.system, command));
      const found = (await check())[`tool-${command}`];
      expect(found).toMatchObject({ state, message: `${command} was not found: ${loss}.` });
      expect(found?.remedy).toContain(way);
    },
  );

  it('tells a tool that does not run from one that is missing', async () => {
    installAll();
    const file = writeTool(folders.system, 'avr-gcc', 'exit 127');
    expect((await check())['tool-avr-gcc']).toMatchObject({
      state: 'failed',
      message: `avr-gcc does not run (${file}): nothing can be built.`,
    });
  });

  it.each([
    ['avr-gcc', 'library-avr-libc', 'failed', 'avr-libc'],
    ['arm-none-eabi-gcc', 'library-newlib', 'warning', 'libnewlib-arm-none-eabi'],
  ])('tells a compiler (%s) that came without its C library', async (command, id, state, way) => {
    installAll();
    const script = 'case "$1" in --version) echo 1.0 ;; *) grep -q include && exit 1 ;; esac';
    writeTool(folders.system, command, script);
    const checks = await check();
    expect(checks[`tool-${command}`]).toMatchObject({ state: 'ok' });
    expect(checks[id]).toMatchObject({ state, remedy: expect.stringContaining(way) });
  });

  it('does not ask for the library of a compiler that is missing', async () => {
    expect(await check()).not.toHaveProperty('library-avr-libc');
  });

  it('says that the data folder cannot be written', async () => {
    const file = join(folders.dataDir, 'file');
    writeFileSync(file, '');
    const settings = loadSettings({ dataDir: join(file, 'below') }, {});
    expect((await check({ settings }))['data-folder']).toMatchObject({
      state: 'failed',
      remedy: expect.any(String),
    });
  });

  it('leaves nothing in the data folder', async () => {
    const settings = loadSettings({ dataDir: join(folders.dataDir, 'new', 'data') }, {});
    const { 'data-folder': found } = await check({ settings });
    expect(found?.state).toBe('ok');
    expect(readdirSync(settings.dataDir)).toEqual([]);
  });

  it('says that a tree is gone, or is none any more, and whether that stops the main job', async () => {
    const source = makeQmkFolder(join(folders.dataDir, 'source'));
    await registry.add('mine', source);
    expect((await check())['tree-mine']).toMatchObject({ state: 'ok', message: source });
    rmSync(join(source, 'quantum'), { recursive: true });
    expect((await check())['tree-mine']).toMatchObject({
      state: 'warning',
      message: expect.stringContaining('it has no quantum'),
    });
    await registry.use('mine');
    rmSync(source, { recursive: true });
    expect((await check())['tree-mine']).toMatchObject({
      state: 'failed',
      message: `The folder of the firmware tree mine is gone: ${source}.`,
    });
    expect((await check())['tree-starter']).toMatchObject({ state: 'ok' });
  });

  it('finds damage in the database, whether its check can run or not', async () => {
    expect((await check()).database).toMatchObject({ state: 'ok' });
    const answers = (pragma: () => unknown) => ({ pragma }) as unknown as Database;
    const damaged = { state: 'failed', remedy: expect.stringContaining('move it aside') };
    const verdict = answers(() => 'row 1 missing from index');
    expect((await check({ database: verdict })).database).toMatchObject({
      ...damaged,
      message: 'The database is damaged: row 1 missing from index.',
    });
    const broken = answers(() => {
      throw Object.assign(new Error('malformed'), { code: 'SQLITE_CORRUPT' });
    });
    expect((await check({ database: broken })).database).toMatchObject(damaged);
  });

  it('warns of images that are gone under finished jobs, by the jobs, with what brings them back', async () => {
    const store = createFilesystemStore({ root: join(folders.dataDir, 'firmwares') });
    const queue = createSqliteQueue({ database, queueLimit: 9 });
    onTestFinished(() => queue.close());
    const end = async (firmwareFilename: string | null): Promise<string> => {
      const job = await queue.submit({ kind: 'compile', payload: {}, timeLimitMs: 1000 });
      const claim = await queue.claim('w', ['compile'], 1000);
      if (firmwareFilename !== null) await store.put(job.id, firmwareFilename, Buffer.from('x'));
      await queue.finish(claim!, { firmwareFilename });
      return job.id;
    };
    const ids = [await end('a.hex'), await end('b.hex'), await end('c.hex')];
    // A compile error left none, and none is missed.
    await end(null);
    expect((await check({ store })).artifacts).toMatchObject({
      state: 'ok',
      message: 'All 3 images of jobs are there.',
    });
    rmSync(join(folders.dataDir, 'firmwares', ids[1]!, 'b.hex'));
    expect((await check({ store })).artifacts).toMatchObject({
      state: 'warning',
      message: `1 of 3 images of finished jobs are gone: ${ids[1]}.`,
      remedy: 'Bring a backup back with kiln restore, or send those keymaps again.',
    });
  });

  it.each([
    [{}, 'ok', 'Only this machine reaches the service.'],
    [{ lan: 'tls' }, 'ok', 'by key or pairing, encrypted.'],
    [{ lan: 'plain' }, 'warning', 'nothing is encrypted.'],
    [{ lan: 'tls', access: 'open' }, 'warning', 'Every machine that reaches the service may build'],
  ] as const)('says who reaches the service with %o', async (flags, state, message) => {
    const settings = loadSettings({ dataDir: folders.dataDir, ...flags }, {});
    const { lan } = await check({ settings });
    expect(lan).toMatchObject({ state, message: expect.stringContaining(message) });
    expect(lan !== undefined && 'remedy' in lan).toBe(state === 'warning');
  });
});
