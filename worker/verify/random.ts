/** Numbers that look random and are the same for the same seed. */
import { hash } from 'node:crypto';

export interface Random {
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number;
  /** @throws RangeError for an empty list. */
  oneOf<Item>(items: readonly Item[]): Item;
  /** True with that probability. */
  chance(probability: number): boolean;
  shuffled<Item>(items: readonly Item[]): Item[];
}

/** Counts through hashes of the seed: slow, simple, and the same everywhere. */
export function createRandom(seed: string): Random {
  let count = 0;
  const below = (limit: number): number => {
    count += 1;
    const digits = hash('sha256', `${seed}:${count}`, 'hex').slice(0, 12);
    return Math.floor((Number.parseInt(digits, 16) / 2 ** 48) * limit);
  };
  return {
    below,
    oneOf(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to choose from');
      return item;
    },
    chance: (probability) => below(1_000_000) < probability * 1_000_000,
    shuffled(items) {
      const rest = [...items];
      for (let index = rest.length - 1; index > 0; index -= 1) {
        const other = below(index + 1);
        const [a, b] = [rest[index], rest[other]];
        if (a !== undefined && b !== undefined) [rest[index], rest[other]] = [b, a];
      }
      return rest;
    },
  };
}
