import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dailyBackup } from '../../../../../cli/service/schedule/daily-backup.ts';
import { maintainDatabase } from '../../../../../cli/service/schedule/maintain-database.ts';
import { KEPT_LOGS, rotateLogs } from '../../../../../cli/service/schedule/rotate-logs.ts';
import { openDatabase } from '../../../../../core/db/database.ts';
import { createLogger } from '../../../../../core/log.ts';
import { dataPaths, loadSettings } from '../../../../../core/settings.ts';
import { createFilesystemStore } from '../../../../../core/storage/filesystem-store.ts';

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kiln-upkeep-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('log rotation', () => {
  it('puts a large file aside under the writer’s hands, and keeps a few', async () => {
    const folder = createFolder();
    const file = join(folder, 'kiln.log');
    const log = createLogger({ level: 'info', name: 'test', destination: file });
    for (let round = 1; round <= KEPT_LOGS + 2; round += 1) {
      log.info({ round }, 'a line that is long enough to be more than the limit of this test');
      expect(await rotateLogs(folder, 50)).toEqual(['kiln.log']);
      expect(statSync(file).size).toBe(0);
    }
    log.info('after');
    // The writer goes on at the start of the emptied file, with no hole before its line.
    expect(readFileSync(file, 'utf8')).toMatch(/^\{.*"after"\}\n$/);
    expect(readdirSync(folder).sort()).toEqual([
      'kiln.log',
      ...Array.from({ length: KEPT_LOGS }, (_, index) => `kiln.log.${index + 1}`),
    ]);
    expect(readFileSync(`${file}.1`, 'utf8')).toContain(`"round":${KEPT_LOGS + 2}`);
    expect(readFileSync(`${file}.${KEPT_LOGS}`, 'utf8')).toContain('"round":3');
  });

  it('leaves small files and other files alone, and a folder that is not there', async () => {
    const folder = createFolder();
    writeFileSync(join(folder, 'kiln.log'), 'short\n');
    writeFileSync(join(folder, 'notes.txt'), 'x'.repeat(100));
    expect(await rotateLogs(folder, 50)).toEqual([]);
    expect(await rotateLogs(join(folder, 'nothing'), 50)).toEqual([]);
  });
});

describe('database maintenance', () => {
  it('rewrites a file that is mostly empty, unless somebody waits', async () => {
    const file = join(createFolder(), 'kiln.sqlite');
    const database = openDatabase(file);
    onTestFinished(() => void database.close());
    database.exec('CREATE TABLE filler (x BLOB)');
    const insert = database.prepare('INSERT INTO filler VALUES (zeroblob(1048576))');
    database.transaction(() => {
      for (let megabyte = 0; megabyte < 20; megabyte += 1) insert.run();
    })();
    database.exec('DELETE FROM filler');
    expect(await maintainDatabase(database, async () => false)).toMatch(/^In order, 2\d\.\d MiB/);
    expect(await maintainDatabase(database, async () => true)).toMatch(/given back/);
    expect(statSync(file).size).toBeLessThan(1024 * 1024);
  });
});

describe('the daily backup', () => {
  it('keeps the newest, and never touches those that people made', async () => {
    const dataDir = createFolder();
    const settings = loadSettings({ dataDir }, {});
    const paths = dataPaths(settings);
    const database = openDatabase(paths.database);
    onTestFinished(() => void database.close());
    const store = createFilesystemStore({ root: paths.artifacts });
    mkdirSync(join(paths.backups, 'kiln-backup-of-mine'), { recursive: true });
    for (const day of [1, 2, 3, 4]) {
      await dailyBackup({ database, store, settings, paths }, 2, Date.UTC(2026, 0, day));
    }
    const names = readdirSync(paths.backups).sort();
    expect(names).toHaveLength(3);
    expect(names[2]).toBe('kiln-backup-of-mine');
    expect(names[0]).toMatch(/^daily-2026-?01-?03/);
  });
});
