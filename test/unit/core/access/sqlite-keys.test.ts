import { describe, expect, it, onTestFinished } from 'vitest';
import { createSqliteKeys } from '../../../../core/access/sqlite-keys.ts';
import { createSqlitePairings } from '../../../../core/access/sqlite-pairings.ts';
import { openDatabase } from '../../../../core/db/database.ts';
import { describeAccess } from '../../../contracts/access.ts';

function createKeys() {
  const database = openDatabase(':memory:');
  onTestFinished(() => void database.close());
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  return {
    database,
    clock,
    keys: createSqliteKeys(database, now),
    pairings: createSqlitePairings(database, now),
    again: () => createSqlitePairings(database, now),
  };
}

describeAccess('SQLite', async () => createKeys());

describe('keys in a database', () => {
  it('keep nothing of the secret but a digest', async () => {
    const { keys, database } = createKeys();
    const { secret } = await keys.add({ name: 'laptop', scopes: ['compile'] });
    const file = Buffer.from(database.serialize()).toString('latin1');
    expect(file).toContain('laptop');
    for (let at = 17; at + 8 <= secret.length; at += 8) {
      expect(file).not.toContain(secret.slice(at, at + 8));
    }
    expect(JSON.stringify(await keys.list())).not.toContain(secret.slice(17));
  });
});
