import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { offerBackup } from '../../../../core/backup/damaged-database.ts';
import { listBackups } from '../../../../core/backup/list-backups.ts';
import type { Manifest } from '../../../../core/backup/manifest.ts';
import { openBackup } from '../../../../core/backup/open-backup.ts';
import { salvageDatabase } from '../../../../core/backup/salvage.ts';
import { openDatabase } from '../../../../core/db/database.ts';
import { KilnError } from '../../../../core/errors.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';
import { contentOf, DataFolder } from './support.ts';

let folder: string;
let data: DataFolder;
let backup: string;

beforeEach(() => {
  folder = temporaryFolder();
  data = new DataFolder(join(folder, 'data'));
  backup = join(folder, 'backup');
});

function editManifest(edit: (manifest: Manifest) => unknown): void {
  const file = join(backup, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  writeFileSync(file, JSON.stringify(edit(manifest)));
}

describe('a backup', () => {
  it('brings jobs, their files, settings and trees into an empty folder', async () => {
    const ids = [await data.addJob('one'), await data.addJob('two')];
    data.write('settings.json', '{"queueLimit": 7}');
    await data.withDatabase((database) =>
      database
        .prepare(
          `INSERT INTO trees (name, kind, origin, path, commit_id, added_at)
           VALUES ('mine', 'git', 'https://host/qmk.git', '/elsewhere/trees/mine/abc', 'abc', 1)`,
        )
        .run(),
    );
    const { manifest } = await data.backUp(backup);
    expect(manifest).toMatchObject({
      format: 1,
      kiln: '1.2.3',
      jobs: 2,
      artifacts: 'all',
      trees: [{ name: 'mine', origin: 'https://host/qmk.git', commit: 'abc' }],
    });

    const other = new DataFolder(join(folder, 'other'));
    expect(await other.restore(backup)).toEqual({
      jobs: 2,
      keys: 0,
      missingTrees: ['mine'],
      aside: [],
    });
    expect([...(await other.jobs())].sort()).toEqual(ids.sort());
    expect(Buffer.from(await other.store.read(ids[0]!, 'image.hex')).toString()).toMatch(/one|two/);
    expect(readFileSync(join(other.dataDir, 'settings.json'), 'utf8')).toBe('{"queueLimit": 7}');
    const path = await other.withDatabase((database) =>
      database.prepare('SELECT path FROM trees').pluck().get(),
    );
    expect(path).toBe(join(other.paths.trees, 'mine', 'abc'));
    expect(readdirSync(other.dataDir).filter((name) => name.startsWith('.restore'))).toEqual([]);
  });

  it('is one moment of a database that goes on being written to', async () => {
    await data.addJob('before');
    await data.withDatabase(async (_, queue) => {
      let running = true;
      const writer = (async () => {
        while (running) {
          await queue.submit({ kind: 'test', payload: 'x'.repeat(5000), timeLimitMs: 1 });
          await new Promise(setImmediate);
        }
      })();
      const { manifest } = await data.backUp(backup);
      running = false;
      await writer;
      expect(manifest.jobs).toBeGreaterThan(0);
    });
    await expect(openBackup(backup)).resolves.toMatchObject({ path: backup });
  });

  it('can leave artifacts out, and a restore keeps those that are here', async () => {
    const id = await data.addJob('one');
    await data.backUp(backup, { artifacts: false });
    expect(existsSync(join(backup, 'firmwares'))).toBe(false);
    await data.restore(backup);
    expect(Buffer.from(await data.store.read(id, 'image.hex')).toString()).toBe('one');
  });

  it('goes into a folder that is there, under its time, and replaces nothing', async () => {
    mkdirSync(backup);
    const made = await data.backUp(backup, { now: Date.UTC(2026, 0, 31, 10, 22, 5) });
    expect(made.folder).toBe(join(backup, 'kiln-backup-20260131T102205Z'));
    const again = data.backUp(backup, { now: Date.UTC(2026, 0, 31, 10, 22, 5) });
    await expect(again).rejects.toMatchObject({ code: 'backup.exists' });
    expect(readdirSync(backup)).toEqual(['kiln-backup-20260131T102205Z']);
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    await expect(data.backUp(file)).rejects.toMatchObject({ code: 'backup.exists' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when it cannot be written', async () => {
    const id = await data.addJob('one');
    const failing = data.withDatabase(async (database) => {
      const { createBackup } = await import('../../../../core/backup/create-backup.ts');
      const store = {
        ...data.store,
        list: data.store.list.bind(data.store),
        open: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
      } as unknown as typeof data.store;
      const options = { dataDir: data.dataDir, release: '1', target: backup, artifacts: true };
      return createBackup({ ...options, database, store });
    });
    await expect(failing).rejects.toMatchObject({ code: 'storage.full' });
    expect(readdirSync(folder)).toEqual(['data']);
    expect(await data.jobs()).toEqual([id]);
  });

  it.skipIf(process.platform === 'win32')('can be read by its owner only', async () => {
    await data.addJob('one');
    await data.backUp(backup);
    expect(statSync(backup).mode & 0o077).toBe(0);
  });

  it('moves what is there aside and deletes none of it', async () => {
    const old = await data.addJob('old');
    data.write('configurator.json', '{"old": true}');
    await data.backUp(backup);
    const later = await data.addJob('later');
    data.write('configurator.json', '{"later": true}');
    data.write('settings.json', '{"queueLimit": 9}');
    const before = await data.jobs();
    const { aside } = await data.restore(backup);
    expect(await data.jobs()).toEqual([old]);
    expect(readFileSync(join(data.dataDir, 'configurator.json'), 'utf8')).toBe('{"old": true}');
    // Settings are of this machine, and the backup had none.
    expect(readFileSync(join(data.dataDir, 'settings.json'), 'utf8')).toBe('{"queueLimit": 9}');
    const [main, artifacts] = aside;
    expect(readFileSync(join(main!, 'configurator.json'), 'utf8')).toBe('{"later": true}');
    expect(readFileSync(join(artifacts!, later, 'image.hex'), 'utf8')).toBe('later');
    const kept = openDatabase(join(main!, 'kiln.sqlite'));
    const ids = kept.prepare<[], string>('SELECT id FROM jobs').pluck().all();
    kept.close();
    expect([...ids].sort()).toEqual([...before].sort());
  });
});

describe('what a restore refuses, having changed nothing', () => {
  const spoil: Record<string, (ids: string[]) => void> = {
    'a folder that is no backup': () => rmSync(join(backup, 'manifest.json')),
    'a manifest that was cut': () => truncateSync(join(backup, 'manifest.json'), 100),
    'a manifest of a later form': () => editManifest((it) => ({ ...it, format: 2 })),
    'a manifest without the database': () =>
      editManifest((it) => ({ ...it, files: it.files.slice(1) })),
    'a path that leads elsewhere': () =>
      editManifest((it) => ({
        ...it,
        files: [...it.files, { path: '../../secret', size: 1, sha256: '0'.repeat(64) }],
      })),
    'an image that is missing': ([id]) => rmSync(join(backup, 'firmwares', id!, 'image.hex')),
    'an image that was changed': ([id]) =>
      appendFileSync(join(backup, 'firmwares', id!, 'image.hex'), 'x'),
    'an image that is a link': ([id]) => {
      const file = join(backup, 'firmwares', id!, 'image.hex');
      rmSync(file);
      symlinkSync(join(backup, 'manifest.json'), file);
    },
    'a database that was changed': () => appendFileSync(join(backup, 'kiln.sqlite'), 'x'),
    'a backup that is not there': () => rmSync(backup, { recursive: true }),
  };
  it.each(Object.keys(spoil))('%s', async (name) => {
    const ids = [await data.addJob('one')];
    await data.backUp(backup);
    await data.addJob('two');
    const before = contentOf(data.dataDir);
    spoil[name]?.(ids);
    await expect(data.restore(backup)).rejects.toMatchObject({ code: 'backup.invalid' });
    expect(contentOf(data.dataDir)).toEqual(before);
  });

  it('a database whose pages are damaged, although its hash is right', async () => {
    await data.addJob('one');
    const file = join(folder, 'copy.sqlite');
    const content = readFileSync(data.paths.database);
    writeFileSync(file, content.fill(0xa5, 4096));
    const before = contentOf(data.dataDir);
    await expect(data.restore(file)).rejects.toMatchObject({ code: 'backup.invalid' });
    expect(contentOf(data.dataDir)).toEqual(before);
  });

  it('a database of a newer Kiln', async () => {
    await data.addJob('one');
    const file = join(folder, 'copy.sqlite');
    writeFileSync(file, readFileSync(data.paths.database));
    const database = openDatabase(file);
    database.pragma('user_version = 9999');
    database.close();
    const before = contentOf(data.dataDir);
    await expect(data.restore(file)).rejects.toMatchObject({ code: 'database.newer' });
    expect(contentOf(data.dataDir)).toEqual(before);
  });
});

describe('the backups in a folder', () => {
  it('are listed newest first, and what is none is left out', async () => {
    await data.addJob('one');
    const { backups } = data.paths;
    mkdirSync(backups);
    const old = await data.backUp(backups, { now: Date.UTC(2026, 0, 1) });
    const recent = await data.backUp(backups, { now: Date.UTC(2026, 1, 1) });
    mkdirSync(join(backups, 'something'));
    writeFileSync(join(backups, 'notes.txt'), 'mine');
    const found = await listBackups(backups);
    expect(found.map(({ path }) => path)).toEqual([recent.folder, old.folder]);
    expect(await listBackups(join(folder, 'nowhere'))).toEqual([]);
  });

  it('are offered when the database is damaged, the newest one by its command', async () => {
    const damaged = new KilnError('database.broken', 'It is damaged.');
    expect(await offerBackup(damaged, data.paths.backups)).toMatchObject({
      code: 'database.broken',
      message: 'It is damaged.',
      remedy: expect.stringContaining('kiln restore --salvage'),
      details: { backup: null },
    });
    await data.addJob('one');
    mkdirSync(data.paths.backups);
    const made = await data.backUp(data.paths.backups);
    expect(await offerBackup(damaged, data.paths.backups)).toMatchObject({
      remedy: expect.stringContaining(`kiln restore ${made.folder}.`),
      details: { backup: made.folder },
    });
    const other = new KilnError('storage.full', 'No space.');
    expect(await offerBackup(other, data.paths.backups)).toBe(other);
  });
});

describe('a salvage', () => {
  it('keeps what can be read, and does not touch the damaged file', async () => {
    const count = 300;
    await data.withDatabase(async (database, queue) => {
      for (let number = 0; number < count; number += 1) {
        await queue.submit({ kind: 'test', payload: 'x'.repeat(3000), timeLimitMs: 1 });
      }
      database.pragma('wal_checkpoint(TRUNCATE)');
    });
    const file = data.paths.database;
    const content = readFileSync(file);
    // Some pages in the middle, and none of the first, which say what tables there are.
    content.fill(0xa5, Math.floor(content.length / 2 / 4096) * 4096, content.length / 2 + 40_000);
    writeFileSync(file, content);
    const found = salvageDatabase(file, join(folder, 'salvaged.sqlite'));
    expect(found.jobs).toBeGreaterThan(count / 4);
    expect(found.jobs).toBeLessThan(count);
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['data', 'salvaged.sqlite']);
    const other = new DataFolder(join(folder, 'other'));
    expect(await other.restore(join(folder, 'salvaged.sqlite'))).toMatchObject({
      jobs: found.jobs,
    });
  }, 60_000);

  it('says so when nothing can be read', () => {
    writeFileSync(data.paths.database, Buffer.alloc(20_000, 0xa5));
    expect(() => salvageDatabase(data.paths.database, join(folder, 'salvaged.sqlite'))).toThrow(
      expect.objectContaining({
        code: 'database.broken',
        message: expect.stringMatching(/^Nothing of/),
      }),
    );
    expect(readdirSync(folder)).toEqual(['data']);
  });
});
