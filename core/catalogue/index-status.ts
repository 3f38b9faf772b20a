/** How far the index of a tree is, from what its last run wrote. */
import type { IndexState, IndexStatus } from './contract.ts';
import type { Totals } from './keyboard-store.ts';
import type { TreeRow } from './tree-store.ts';

/** A run that gave no sign of life for so long died with its process. */
const RUN_SILENT_MS = 30_000;

function stateOf(row: TreeRow | null, now: number): IndexState {
  if (row?.runState === 'indexing') {
    return now - (row.runAt ?? 0) < RUN_SILENT_MS ? 'indexing' : 'stopped';
  }
  if (row?.runState === 'stopped') return 'stopped';
  return row?.indexedAt == null ? 'listed' : 'complete';
}

/** @param row null for a tree of which nothing was kept so far. */
export function indexStatus(totals: Totals, row: TreeRow | null, now: number): IndexStatus {
  const { total, read, broken } = totals;
  const state = stateOf(row, now);
  const running = state === 'indexing';
  const left = running ? (row?.runLeft ?? null) : null;
  const rate = running ? (row?.runRate ?? null) : null;
  const changedAt = Math.max(totals.changedAt ?? 0, row?.documentsAt ?? 0);
  return {
    state,
    total,
    broken,
    done: left === null ? read : Math.max(0, total - left),
    rate,
    remainingSeconds: left === null || rate === null ? null : left / rate,
    message: state === 'stopped' ? (row?.runMessage ?? 'The run ended without a word.') : null,
    revision: `${total}-${read}-${changedAt.toString(36)}`,
    changedAt,
  };
}
