import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../core/db/database.ts';
import { type Migration, readMigrations } from '../../../../core/db/migrations.ts';

const FIRST: Migration = {
  version: 1,
  name: '0001-first.sql',
  sql: `PRAGMA application_id = 0x4B494C4E;
        CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;
        CREATE TABLE children (parent INTEGER REFERENCES parents (id)) STRICT;`,
};

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kiln-migrations-'));
  file = join(folder, 'kiln.sqlite');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('readMigrations', () => {
  it('reads the numbered files in order', () => {
    writeFileSync(join(folder, '0002-second.sql'), 'SELECT 2;');
    writeFileSync(join(folder, '0001-first.sql'), 'SELECT 1;');
    writeFileSync(join(folder, 'README.md'), '');
    expect(readMigrations(folder)).toEqual([
      { version: 1, name: '0001-first.sql', sql: 'SELECT 1;' },
      { version: 2, name: '0002-second.sql', sql: 'SELECT 2;' },
    ]);
  });

  it('refuses a gap in the numbers', () => {
    writeFileSync(join(folder, '0001-first.sql'), '');
    writeFileSync(join(folder, '0003-third.sql'), '');
    expect(() => readMigrations(folder)).toThrow('0003-third.sql is not number 2');
  });

  it('refuses a file without a number', () => {
    writeFileSync(join(folder, 'first.sql'), '');
    expect(() => readMigrations(folder)).toThrow('first.sql is not number 1');
  });
});

describe('migrating', () => {
  it('applies only the steps that a database has not seen', () => {
    openDatabase(file, { migrations: [FIRST] }).close();
    const second = { version: 2, name: '0002-second.sql', sql: 'INSERT INTO parents VALUES (7);' };
    openDatabase(file, { migrations: [FIRST, second] }).close();
    const database = openDatabase(file, { migrations: [FIRST, second] });
    expect(database.prepare('SELECT id FROM parents').pluck().all()).toEqual([7]);
    database.close();
  });

  it('keeps a copy before the schema of a database that is not new changes, and the newest three of them', () => {
    const copiesFolder = join(folder, 'backups');
    const migrations: Migration[] = [FIRST];
    openDatabase(file, { migrations, copiesFolder }).close();
    expect(existsSync(copiesFolder)).toBe(false);
    for (let version = 2; version <= 6; version += 1) {
      const sql = `INSERT INTO parents VALUES (${version});`;
      migrations.push({ version, name: `000${version}-next.sql`, sql });
      openDatabase(file, { migrations, copiesFolder }).close();
      openDatabase(file, { migrations, copiesFolder }).close();
    }
    const copies = readdirSync(copiesFolder).sort();
    expect(copies.map((name) => name.replace(/\d{8}T\d{6}Z/, '…'))).toEqual([
      'before-migration-…-v3.sqlite',
      'before-migration-…-v4.sqlite',
      'before-migration-…-v5.sqlite',
    ]);
    const copy = new BetterSqlite3(join(copiesFolder, copies[2]!), { readonly: true });
    expect(copy.prepare('SELECT id FROM parents').pluck().all()).toEqual([2, 3, 4, 5]);
    expect(copy.pragma('user_version', { simple: true })).toBe(5);
    copy.close();
    if (process.platform !== 'win32') {
      expect(statSync(join(copiesFolder, copies[2]!)).mode & 0o077).toBe(0);
    }
  });

  it('changes nothing when that copy cannot be written', () => {
    openDatabase(file, { migrations: [FIRST] }).close();
    const copiesFolder = join(folder, 'backups');
    writeFileSync(copiesFolder, 'in the way');
    const second = { version: 2, name: '0002-second.sql', sql: 'INSERT INTO parents VALUES (7);' };
    expect(() => openDatabase(file, { migrations: [FIRST, second], copiesFolder })).toThrow(
      'Before its update the database has to be copied, which failed',
    );
    const database = openDatabase(file, { migrations: [FIRST] });
    expect(database.pragma('user_version', { simple: true })).toBe(1);
    database.close();
  });

  it('leaves a database as it was when a step fails half-way', () => {
    openDatabase(file, { migrations: [FIRST] }).close();
    const broken = {
      version: 2,
      name: '0002-broken.sql',
      sql: 'INSERT INTO parents VALUES (7); INSERT INTO nowhere VALUES (1);',
    };
    expect(() => openDatabase(file, { migrations: [FIRST, broken] })).toThrow('nowhere');
    const database = openDatabase(file, { migrations: [FIRST] });
    expect(database.prepare('SELECT count(*) FROM parents').pluck().get()).toBe(0);
    database.close();
  });

  it('refuses a step that leaves dangling references', () => {
    const dangling = {
      version: 2,
      name: '0002-dangling.sql',
      sql: 'INSERT INTO children VALUES (1);',
    };
    expect(() => openDatabase(file, { migrations: [FIRST, dangling] })).toThrow('dangling');
  });

  it('lets a step rebuild a table that others refer to', () => {
    openDatabase(file, { migrations: [FIRST] }).close();
    const rebuild = {
      version: 2,
      name: '0002-rebuild.sql',
      sql: `INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1);
            CREATE TABLE parents_new (id INTEGER PRIMARY KEY, name TEXT) STRICT;
            INSERT INTO parents_new SELECT id, 'x' FROM parents;
            DROP TABLE parents; ALTER TABLE parents_new RENAME TO parents;`,
    };
    const database = openDatabase(file, { migrations: [FIRST, rebuild] });
    expect(database.prepare('SELECT name FROM parents').pluck().all()).toEqual(['x']);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    database.close();
  });
});
