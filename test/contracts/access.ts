/** What every store of API keys and pairing codes must do, whatever it is built on. */
import { describe, expect, it } from 'vitest';
import type { ApiKeys, Pairings } from '../../core/access/contract.ts';

export interface AccessEngine {
  readonly keys: ApiKeys;
  readonly pairings: Pairings;
  readonly clock: { now: number };
  /** The same pairings as another process opens them. */
  readonly again: () => Pairings;
}

/** @param makeEngine an empty one, gone when the test is over; its clock begins at 1 000 000. */
export function describeAccess(name: string, makeEngine: () => Promise<AccessEngine>): void {
  describe(`${name} as a store of keys`, () => {
    describe('API keys', () => {
      it('are found by their secret alone', async () => {
        const { keys } = await makeEngine();
        const laptop = await keys.add({ name: 'laptop', scopes: ['compile'] });
        const other = await keys.add({ name: 'other', scopes: ['admin', 'flash'] });
        expect(await keys.find(laptop.secret)).toEqual(laptop.key);
        expect(await keys.find(other.secret)).toMatchObject({
          name: 'other',
          scopes: ['admin', 'flash'],
        });
        const half = laptop.secret.slice(0, 16) + other.secret.slice(16);
        const last = laptop.secret.at(-1) === 'A' ? 'B' : 'A';
        for (const text of [
          half,
          laptop.secret.slice(0, -1) + last,
          laptop.secret.slice(0, -1),
          `${laptop.secret} `,
          laptop.secret.toUpperCase(),
          laptop.key.id,
          'laptop',
          '',
          'kiln_',
          `kiln_${laptop.key.id}_`,
          "' OR 1=1 --",
          'x'.repeat(100_000),
        ]) {
          expect(await keys.find(text)).toBeNull();
        }
      });

      it('differ from each other', async () => {
        const { keys } = await makeEngine();
        const secrets = new Set<string>();
        for (let index = 0; index < 50; index += 1) {
          secrets.add((await keys.add({ name: `k${index}`, scopes: ['compile'] })).secret);
        }
        expect(secrets.size).toBe(50);
      });

      it('are refused from the moment that they are revoked', async () => {
        const { keys } = await makeEngine();
        const { secret } = await keys.add({ name: 'laptop', scopes: ['compile'] });
        expect(await keys.revoke('laptop')).toBe(true);
        expect(await keys.find(secret)).toBeNull();
        expect(await keys.list()).toEqual([]);
        expect(await keys.revoke('laptop')).toBe(false);
      });

      it('are refused from the moment that they expire, and their name is free again', async () => {
        const { keys, clock } = await makeEngine();
        const { secret } = await keys.add({
          name: 'guest',
          scopes: ['compile'],
          expiresAt: 1_000_100,
        });
        clock.now = 1_000_099;
        expect(await keys.find(secret)).not.toBeNull();
        clock.now = 1_000_100;
        expect(await keys.find(secret)).toBeNull();
        expect(await keys.list()).toEqual([]);
        await keys.add({ name: 'guest', scopes: ['compile'] });
      });

      it('have a name each; paired ones that share one get a number', async () => {
        const { keys } = await makeEngine();
        await keys.add({ name: 'phone', scopes: ['compile'] });
        await expect(keys.add({ name: 'phone', scopes: ['compile'] })).rejects.toMatchObject({
          code: 'key.exists',
        });
        const paired = { name: 'phone', scopes: ['compile'], paired: true } as const;
        expect((await keys.add(paired)).key.name).toBe('phone 2');
        expect((await keys.add(paired)).key.name).toBe('phone 3');
        const long = { ...paired, name: 'x'.repeat(40) };
        await keys.add(long);
        expect((await keys.add(long)).key.name).toBe(`${'x'.repeat(38)} 2`);
      });

      it.each(['', ' ', 'a/b', '<b>', 'a\n', '-a', 'a ', 'é', '\u001b[31m', 'x'.repeat(41)])(
        'are not named %j',
        async (name) => {
          const { keys } = await makeEngine();
          await expect(keys.add({ name, scopes: ['compile'] })).rejects.toMatchObject({
            code: 'key.invalid',
          });
        },
      );

      it('are not more than a thousand', async () => {
        const { keys } = await makeEngine();
        for (let index = 0; index < 1000; index += 1) {
          await keys.add({ name: `k${index}`, scopes: ['compile'] });
        }
        await expect(keys.add({ name: 'one more', scopes: ['compile'] })).rejects.toMatchObject({
          code: 'key.too-many',
        });
        await keys.revoke('k0');
        await keys.add({ name: 'one more', scopes: ['compile'] });
      });

      it('add up their uses, and know the last of them', async () => {
        const { keys } = await makeEngine();
        const { key } = await keys.add({ name: 'laptop', scopes: ['compile'] });
        expect(key).toMatchObject({ uses: 0, lastUsedAt: null });
        await keys.recordUses([{ id: key.id, uses: 3, lastUsedAt: 1_000_500 }]);
        await keys.recordUses([
          { id: key.id, uses: 2, lastUsedAt: 1_000_400 },
          { id: 'revoked', uses: 1, lastUsedAt: 1 },
        ]);
        expect(await keys.list()).toMatchObject([{ uses: 5, lastUsedAt: 1_000_500 }]);
      });
    });

    describe('the pairing code', () => {
      it('stays the same until it expires, for whoever asks', async () => {
        const { pairings, clock, again } = await makeEngine();
        expect(await pairings.current()).toBeNull();
        const first = await pairings.begin(1000);
        expect(first).toEqual({
          code: expect.stringMatching(/^[2-9A-HJKMNP-TW-Z]{8}$/),
          createdAt: 1_000_000,
          expiresAt: 1_001_000,
        });
        clock.now += 999;
        expect(await pairings.begin(5000)).toEqual(first);
        expect(await again().current()).toEqual(first);
        clock.now += 1;
        expect(await pairings.current()).toBeNull();
        expect((await pairings.begin(1000)).code).not.toBe(first.code);
      });

      it('takes the keys that it brought in with it, and no others', async () => {
        const { pairings, keys } = await makeEngine();
        await pairings.begin(1000);
        const phone = await keys.add({ name: 'phone', scopes: ['compile'], paired: true });
        const laptop = await keys.add({ name: 'laptop', scopes: ['compile'] });
        expect(await pairings.end()).toBe(true);
        expect(await pairings.current()).toBeNull();
        expect(await keys.find(phone.secret)).toBeNull();
        expect(await keys.find(laptop.secret)).not.toBeNull();
        expect(await pairings.end()).toBe(false);
      });
    });
  });
}
