/** API keys and the pairing code on Redis, for several hosts that are one service. Each sees a change with its next call. */
import { KilnError } from '../errors.ts';
import type { RedisConnection } from '../queue/redis/connection.ts';
import {
  type ApiKey,
  type ApiKeys,
  KEY_NAME,
  type NewApiKey,
  type Pairing,
  type Pairings,
} from './contract.ts';
import { freeName, MOST_KEYS } from './key-names.ts';
import { createCode } from './pairing-code.ts';
import { createSecret, digestOf, keyIdOf, sameDigest } from './secrets.ts';

/** What is written once; uses are counted beside it. */
interface StoredKey extends Omit<ApiKey, 'uses' | 'lastUsedAt'> {
  /** Hexadecimal. */
  readonly digest: string;
}

/** Each name belongs to one key, whoever asks first. Again after a broken connection: the same id is no other key. */
const ADD = `
local taken = redis.call('HGET', KEYS[2], ARGV[2])
if taken == ARGV[1] then return 1 end
if taken and redis.call('HEXISTS', KEYS[1], taken) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
return 1`;

/** ARGV: id, uses, time, and so on. Of keys that were revoked nothing is written. */
const USE = `
for at = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1 then
    redis.call('HINCRBY', KEYS[2], ARGV[at], ARGV[at + 1])
    local last = tonumber(redis.call('HGET', KEYS[3], ARGV[at]) or 0)
    if tonumber(ARGV[at + 2]) > last then redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 2]) end
  end
end
return 1`;

export interface RedisAccess {
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
}

/** @param prefix a text with braces before every key of the service. */
export function createRedisAccess(
  redis: Pick<RedisConnection, 'ask'>,
  prefix: string,
  now: () => number = Date.now,
): RedisAccess {
  const places = {
    keys: `${prefix}access:keys`,
    names: `${prefix}access:names`,
    uses: `${prefix}access:uses`,
    last: `${prefix}access:last`,
    pairing: `${prefix}access:pairing`,
  };
  const holds = ({ expiresAt }: { readonly expiresAt: number | null }): boolean =>
    expiresAt === null || expiresAt > now();
  const toKey = (text: string, uses: string | null, last: string | null): ApiKey => {
    const { digest: _, ...key } = JSON.parse(text) as StoredKey;
    return { ...key, uses: Number(uses ?? 0), lastUsedAt: last === null ? null : Number(last) };
  };
  const all = async (): Promise<StoredKey[]> =>
    (await redis.ask((client) => client.hvals(places.keys))).map(
      (text) => JSON.parse(text) as StoredKey,
    );
  const remove = async (gone: readonly StoredKey[]): Promise<void> => {
    if (gone.length === 0) return;
    const ids = gone.map(({ id }) => id);
    await redis.ask((client) =>
      client
        .multi()
        .hdel(places.keys, ...ids)
        .hdel(places.names, ...gone.map(({ name }) => name))
        .hdel(places.uses, ...ids)
        .hdel(places.last, ...ids)
        .exec(),
    );
  };

  const add = async (key: NewApiKey, id: string, digest: Buffer): Promise<ApiKey> => {
    await remove((await all()).filter((stored) => !holds(stored)));
    for (;;) {
      const taken = new Set((await all()).map(({ name }) => name));
      if (taken.size >= MOST_KEYS) {
        throw new KilnError('key.too-many', `There are ${MOST_KEYS} keys already.`);
      }
      const stored: StoredKey = {
        id,
        name: key.paired === true ? freeName(key.name, taken) : key.name,
        digest: digest.toString('hex'),
        scopes: key.scopes,
        origin: key.origin ?? null,
        paired: key.paired ?? false,
        createdAt: now(),
        expiresAt: key.expiresAt ?? null,
      };
      const text = JSON.stringify(stored);
      const added = await redis.ask((client) =>
        client.eval(ADD, 2, places.keys, places.names, id, stored.name, text),
      );
      if (added === 1) return toKey(text, null, null);
      // Another host was quicker; a paired one takes the next number.
      if (key.paired !== true) {
        throw new KilnError('key.exists', `There is a key named “${stored.name}” already.`);
      }
    }
  };

  const keys: ApiKeys = {
    async add(key) {
      if (!KEY_NAME.test(key.name)) {
        throw new KilnError(
          'key.invalid',
          'A key’s name has 1 to 40 letters, digits, spaces and . _ -, and ends with a letter or digit.',
        );
      }
      const { id, secret } = createSecret();
      return { key: await add(key, id, digestOf(secret)), secret };
    },
    async list() {
      const [stored, uses, last] = await Promise.all([
        all(),
        redis.ask((client) => client.hgetall(places.uses)),
        redis.ask((client) => client.hgetall(places.last)),
      ]);
      return stored
        .filter(holds)
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map((key) => toKey(JSON.stringify(key), uses[key.id] ?? null, last[key.id] ?? null));
    },
    async revoke(name) {
      const gone = (await all()).filter((key) => key.name === name);
      await remove(gone);
      return gone.length > 0;
    },
    async find(secret) {
      const id = keyIdOf(secret);
      if (id === null) return null;
      const [text, uses, last] = await redis.ask((client) =>
        Promise.all([
          client.hget(places.keys, id),
          client.hget(places.uses, id),
          client.hget(places.last, id),
        ]),
      );
      if (text === null) return null;
      const stored = JSON.parse(text) as StoredKey;
      const isIt = sameDigest(digestOf(secret), Buffer.from(stored.digest, 'hex'));
      return isIt && holds(stored) ? toKey(text, uses, last) : null;
    },
    async recordUses(uses) {
      if (uses.length === 0) return;
      const values = uses.flatMap(({ id, uses: count, lastUsedAt }) => [id, count, lastUsedAt]);
      await redis.ask((client) =>
        client.eval(USE, 3, places.keys, places.uses, places.last, ...values),
      );
    },
  };

  const current = async (): Promise<Pairing | null> => {
    const text = await redis.ask((client) => client.get(places.pairing));
    const pairing = text === null ? null : (JSON.parse(text) as Pairing);
    return pairing !== null && holds(pairing) ? pairing : null;
  };
  return {
    keys,
    pairings: {
      current,
      async begin(lifeMs) {
        for (;;) {
          const there = await current();
          if (there !== null) return there;
          const createdAt = now();
          const pairing = { code: createCode(), createdAt, expiresAt: createdAt + lifeMs };
          const text = JSON.stringify(pairing);
          // One of the hosts is first; the others get its code.
          await redis.ask(async (client) => {
            const old = await client.get(places.pairing);
            if (old !== null && !holds(JSON.parse(old) as Pairing))
              await client.del(places.pairing);
            await client.set(places.pairing, text, 'PX', lifeMs, 'NX');
          });
        }
      },
      async end() {
        const there = (await current()) !== null;
        await redis.ask((client) => client.del(places.pairing));
        await remove((await all()).filter(({ paired }) => paired));
        return there;
      },
    },
  };
}
