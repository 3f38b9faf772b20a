/** A data folder with jobs, artifacts and a tree, without a service. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createBackup } from '../../../../core/backup/create-backup.ts';
import { openBackup } from '../../../../core/backup/open-backup.ts';
import { restoreBackup } from '../../../../core/backup/restore-backup.ts';
import { type Database, knownSchema, openDatabase } from '../../../../core/db/database.ts';
import {
  createSqliteQueue,
  type SqliteJobQueue,
} from '../../../../core/queue/sqlite/sqlite-queue.ts';
import { dataPaths, loadSettings } from '../../../../core/settings.ts';
import { createFilesystemStore } from '../../../../core/storage/filesystem-store.ts';

export class DataFolder {
  readonly dataDir: string;
  readonly paths;
  readonly store;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
    mkdirSync(dataDir, { recursive: true });
    this.paths = dataPaths(loadSettings({ dataDir }, {}));
    this.store = createFilesystemStore({ root: this.paths.artifacts });
  }

  async withDatabase<Result>(
    work: (database: Database, queue: SqliteJobQueue) => Promise<Result> | Result,
  ): Promise<Result> {
    const database = openDatabase(this.paths.database);
    const queue = createSqliteQueue({ database, queueLimit: 1000 });
    try {
      return await work(database, queue);
    } finally {
      await queue.close();
      database.close();
    }
  }

  /** A finished job with one artifact. @returns its id. */
  addJob(image: string): Promise<string> {
    return this.withDatabase(async (_, queue) => {
      const { id } = await queue.submit({ kind: 'test', payload: null, timeLimitMs: 1 });
      const claim = await queue.claim('worker', ['test'], 1000);
      await this.store.put(id, 'image.hex', Buffer.from(image));
      if (claim !== null) await queue.finish(claim, { image });
      return id;
    });
  }

  jobs(): Promise<readonly string[]> {
    return this.withDatabase(async (_, queue) => (await queue.list()).map(({ id }) => id));
  }

  backUp(target: string, { artifacts = true, now = Date.now() } = {}) {
    return this.withDatabase((database) =>
      createBackup({
        database,
        store: this.store,
        dataDir: this.dataDir,
        release: '1.2.3',
        target,
        artifacts,
        now: () => now,
      }),
    );
  }

  async restore(path: string) {
    const backup = await openBackup(path);
    return restoreBackup({
      backup,
      dataDir: this.dataDir,
      paths: this.paths,
      schema: knownSchema(),
    });
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dataDir, name), text);
  }
}

/** Every file below a folder with its content, to see whether anything changed. */
export function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .map((name) => join(folder, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => [relative(folder, file), readFileSync(file, 'base64')]),
  );
}
