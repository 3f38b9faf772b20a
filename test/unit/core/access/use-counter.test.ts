import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeyUse } from '../../../../core/access/contract.ts';
import { createUseCounter } from '../../../../core/access/use-counter.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1000 }));
afterEach(() => void vi.useRealTimers());

function createCounter(options: { threshold?: number; fails?: boolean } = {}) {
  const written: (readonly KeyUse[])[] = [];
  const warnings: unknown[] = [];
  const state = { fails: options.fails ?? false };
  const counter = createUseCounter({
    keys: {
      async recordUses(uses) {
        if (state.fails) throw new Error('the disk is full');
        written.push(uses);
      },
    },
    log: { warn: ((what: unknown) => void warnings.push(what)) as never },
    threshold: options.threshold ?? 100,
  });
  return { counter, written, warnings, state };
}

describe('uses of keys', () => {
  it('are written together, half a minute after the first', async () => {
    const { counter, written } = createCounter();
    counter.note('a');
    await vi.advanceTimersByTimeAsync(20_000);
    counter.note('b');
    counter.note('a');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual([
      [
        { id: 'a', uses: 2, lastUsedAt: 21_000 },
        { id: 'b', uses: 1, lastUsedAt: 21_000 },
      ],
    ]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(written).toHaveLength(1);
  });

  it('are written earlier when there are many', async () => {
    const { counter, written } = createCounter({ threshold: 3 });
    for (let index = 0; index < 7; index += 1) counter.note('a');
    await vi.advanceTimersByTimeAsync(0);
    expect(written.map(([use]) => use?.uses)).toEqual([3, 3]);
    await counter.close();
    expect(written.map(([use]) => use?.uses)).toEqual([3, 3, 1]);
  });

  it('are written when the service stops, and not again', async () => {
    const { counter, written } = createCounter();
    counter.note('a');
    await counter.close();
    await counter.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written).toHaveLength(1);
  });

  it('fail no request when they cannot be written', async () => {
    const { counter, written, warnings, state } = createCounter({ fails: true });
    counter.note('a');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(warnings).toHaveLength(1);
    state.fails = false;
    counter.note('a');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(written).toHaveLength(1);
  });
});
