import { describe, expect, it } from 'vitest';
import { indexStatus } from '../../../../core/catalogue/index-status.ts';
import type { TreeRow } from '../../../../core/catalogue/tree-store.ts';

const TOTALS = { total: 100, read: 40, broken: 2, changedAt: 1000 };
const ROW: TreeRow = {
  path: '/qmk',
  factsSignature: null,
  facts: null,
  documentsAt: null,
  indexedAt: null,
  runState: null,
  runLeft: null,
  runRate: null,
  runMessage: null,
  runAt: null,
};
const statusOf = (row: Partial<TreeRow> | null, now = 50_000) =>
  indexStatus(TOTALS, row === null ? null : { ...ROW, ...row }, now);

describe('the status of a catalogue', () => {
  it('is listed before any run', () => {
    expect(statusOf(null)).toMatchObject({
      state: 'listed',
      total: 100,
      done: 40,
      broken: 2,
      rate: null,
      remainingSeconds: null,
      message: null,
    });
  });

  it('tells of a run what is done, how fast it goes and how long it will last', () => {
    const run = { runState: 'indexing', runLeft: 30, runRate: 10, runAt: 49_000 } as const;
    expect(statusOf(run)).toMatchObject({
      state: 'indexing',
      done: 70,
      rate: 10,
      remainingSeconds: 3,
    });
  });

  it('counts what was read as long as a run does not know what is left', () => {
    expect(statusOf({ runState: 'indexing', runAt: 50_000 })).toMatchObject({
      state: 'indexing',
      done: 40,
      remainingSeconds: null,
    });
  });

  it('never has less than nothing done', () => {
    expect(statusOf({ runState: 'indexing', runLeft: 120, runAt: 50_000 }).done).toBe(0);
  });

  it('takes a run without a sign of life for dead', () => {
    const run = { runState: 'indexing', runLeft: 30, runRate: 10, runAt: 1000 } as const;
    expect(statusOf(run, 30_999)).toMatchObject({ state: 'indexing' });
    expect(statusOf(run, 31_000)).toMatchObject({
      state: 'stopped',
      done: 40,
      rate: null,
      remainingSeconds: null,
      message: 'The run ended without a word.',
    });
  });

  it('passes on why a run stopped', () => {
    const run = { runState: 'stopped', runMessage: 'No Python.', indexedAt: 5 } as const;
    expect(statusOf(run)).toMatchObject({ state: 'stopped', message: 'No Python.', done: 40 });
  });

  it('is complete after a run that came to its end', () => {
    expect(statusOf({ runState: 'complete', runLeft: 0, runRate: 9, indexedAt: 5 })).toMatchObject({
      state: 'complete',
      rate: null,
      remainingSeconds: null,
      message: null,
    });
  });

  it('has another revision when an entry, a document or the number of keyboards changes, and no other', () => {
    const of = (totals: Partial<typeof TOTALS>, row: Partial<TreeRow> = {}) =>
      indexStatus({ ...TOTALS, ...totals }, { ...ROW, ...row }, 50_000).revision;
    const before = of({});
    expect(of({ changedAt: 1001 })).not.toBe(before);
    expect(of({ read: 41 })).not.toBe(before);
    expect(of({ total: 101 })).not.toBe(before);
    expect(of({}, { documentsAt: 2000 })).not.toBe(before);
    expect(of({}, { indexedAt: 9000, runState: 'complete', runAt: 9000 })).toBe(before);
  });
});
