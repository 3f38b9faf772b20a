/** API keys in Kiln's database. Other processes see each change with their next call. */
import type { Database } from '../db/database.ts';
import { KilnError } from '../errors.ts';
import { type ApiKey, type ApiKeys, KEY_NAME, type NewApiKey, type Scope } from './contract.ts';
import { freeName, MOST_KEYS } from './key-names.ts';
import { createSecret, digestOf, keyIdOf, sameDigest } from './secrets.ts';

interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly digest: Buffer;
  readonly scopes: string;
  readonly origin: string | null;
  readonly paired: number;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly uses: number;
}

function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as Scope[],
    origin: row.origin,
    paired: row.paired === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    uses: row.uses,
  };
}

export function createSqliteKeys(database: Database, now: () => number = Date.now): ApiKeys {
  const alive = 'expires_at IS NULL OR expires_at > ?';
  const byId = database.prepare<[string, number], KeyRow>(
    `SELECT * FROM api_keys WHERE id = ? AND (${alive})`,
  );
  const all = database.prepare<[number], KeyRow>(
    `SELECT * FROM api_keys WHERE ${alive} ORDER BY name`,
  );
  const forget = database.prepare('DELETE FROM api_keys WHERE expires_at <= ?');
  const names = database.prepare<[], string>('SELECT name FROM api_keys').pluck();
  const insert = database.prepare(
    `INSERT INTO api_keys (id, name, digest, scopes, origin, paired, created_at, expires_at)
     VALUES (@id, @name, @digest, @scopes, @origin, @paired, @created_at, @expires_at)`,
  );
  const remove = database.prepare('DELETE FROM api_keys WHERE name = ?');
  const use = database.prepare(
    `UPDATE api_keys SET uses = uses + ?, last_used_at = max(coalesce(last_used_at, 0), ?) WHERE id = ?`,
  );

  const add = database.transaction((key: NewApiKey, id: string, digest: Buffer): KeyRow => {
    const createdAt = now();
    forget.run(createdAt);
    const taken = new Set(names.all());
    if (taken.size >= MOST_KEYS) {
      throw new KilnError('key.too-many', `There are ${MOST_KEYS} keys already.`);
    }
    const row: KeyRow = {
      id,
      name: key.paired ? freeName(key.name, taken) : key.name,
      digest,
      scopes: JSON.stringify(key.scopes),
      origin: key.origin ?? null,
      paired: key.paired ? 1 : 0,
      created_at: createdAt,
      expires_at: key.expiresAt ?? null,
      last_used_at: null,
      uses: 0,
    };
    if (taken.has(row.name)) {
      throw new KilnError('key.exists', `There is a key named “${row.name}” already.`);
    }
    insert.run(row);
    return row;
  }).immediate;

  const recordUses = database.transaction((uses: Parameters<ApiKeys['recordUses']>[0]) => {
    for (const { id, uses: count, lastUsedAt } of uses) use.run(count, lastUsedAt, id);
  }).immediate;

  return {
    async add(key) {
      if (!KEY_NAME.test(key.name)) {
        throw new KilnError(
          'key.invalid',
          'A key’s name has 1 to 40 letters, digits, spaces and . _ -, and ends with a letter or digit.',
        );
      }
      const { id, secret } = createSecret();
      return { key: toKey(add(key, id, digestOf(secret))), secret };
    },
    list: async () => all.all(now()).map(toKey),
    revoke: async (name) => remove.run(name).changes > 0,
    async find(secret) {
      const id = keyIdOf(secret);
      const row = id === null ? undefined : byId.get(id, now());
      return row !== undefined && sameDigest(digestOf(secret), row.digest) ? toKey(row) : null;
    },
    recordUses: async (uses) => recordUses(uses),
  };
}
