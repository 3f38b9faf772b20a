/**
 * The database after a loss of power in the midst of a commit. What is simulated: sectors of the log that the commit
 * had not synced yet are there or not, in any combination. What is not: a disk that lies about a sync.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../../core/db/database.ts';
import { damageOf } from '../../../../core/db/snapshot.ts';
import { createSqliteQueue } from '../../../../core/queue/sqlite/sqlite-queue.ts';
import { createRandom } from '../../../faults/random.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const SECTOR = 512;
const COMMITS = 25;

/** The files as they are after a commit, which waited for the disk. */
interface Moment {
  readonly jobs: readonly string[];
  readonly file: Buffer;
  readonly log: Buffer;
}

describe('a database whose machine loses its power within a commit', () => {
  it.each([1, 2, 3])('has all that was committed before, and is sound (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const folder = temporaryFolder();
    const file = join(folder, 'kiln.sqlite');
    const database = openDatabase(file);
    const queue = createSqliteQueue({ database, queueLimit: 1000 });
    const moments: Moment[] = [];
    const jobs: string[] = [];
    for (let commit = 0; commit < COMMITS; commit += 1) {
      const payload = 'x'.repeat(Math.floor(random() * 9000));
      jobs.push((await queue.submit({ kind: 'test', payload, timeLimitMs: 1 })).id);
      moments.push({ jobs: [...jobs], file: readFileSync(file), log: readFileSync(`${file}-wal`) });
    }
    await queue.close();
    database.close();

    for (let at = 0; at + 1 < moments.length; at += 1) {
      const before = moments[at]!;
      const after = moments[at + 1]!;
      const torn = Buffer.from(after.log);
      for (let sector = before.log.length; sector < torn.length; sector += SECTOR) {
        // Never written: what the file was made longer with.
        if (random() < 0.4) torn.fill(0, sector, Math.min(torn.length, sector + SECTOR));
      }
      const length = before.log.length + Math.floor(random() * (torn.length - before.log.length));
      const place = join(temporaryFolder(), 'kiln.sqlite');
      writeFileSync(place, before.file);
      writeFileSync(`${place}-wal`, random() < 0.5 ? torn : torn.subarray(0, length));
      expectSound(place, before.jobs, after.jobs);
    }
  });

  it('keeps what was copied while others wrote, log and all', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'kiln.sqlite');
    const database = openDatabase(file);
    const queue = createSqliteQueue({ database, queueLimit: 1000 });
    const { id } = await queue.submit({ kind: 'test', payload: null, timeLimitMs: 1 });
    // Written to the log, and not committed: the copy must not show it.
    database.exec('BEGIN IMMEDIATE');
    database.exec("UPDATE jobs SET state = 'queued', front = 1");
    const place = join(temporaryFolder(), 'kiln.sqlite');
    copyFileSync(file, place);
    copyFileSync(`${file}-wal`, `${place}-wal`);
    database.exec('ROLLBACK');
    await queue.close();
    database.close();
    expectSound(place, [id], [id]);
  });
});

function expectSound(file: string, least: readonly string[], most: readonly string[]): void {
  const database: Database = openDatabase(file);
  try {
    expect(damageOf(database)).toBeNull();
    const found = database.prepare<[], string>('SELECT id FROM jobs ORDER BY place').pluck().all();
    expect([least, most]).toContainEqual(found);
    const states = database.prepare('SELECT count(*) FROM job_events').pluck().get();
    expect(states).toBe(found.length);
  } finally {
    database.close();
  }
}
