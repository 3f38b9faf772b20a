/** Records of test builds in a database of their own, which can be deleted at any time. */
import { join } from 'node:path';
import { readMigrations } from '../db/migrations.ts';
import { openRebuildable } from '../db/rebuildable.ts';
import type { Logger } from '../log.ts';
import type { TestAnswer, TestedKeymap, TestRecords, TestSummary } from './contract.ts';

/** Characters of a log that are kept: of keyboards that work without a word nobody reads much. */
const KEPT_OF_TROUBLE = 64 * 1024;
const KEPT_OF_SUCCESS = 8 * 1024;

interface SummaryRow {
  readonly keyboard: string;
  readonly works: number;
  readonly warnings: number;
  readonly tested_at: number;
  readonly duration_ms: number;
  readonly keymap: TestedKeymap | null;
  readonly version: string;
}

interface Row extends SummaryRow {
  readonly message: string;
}

/** What of a record tells whether it is still good. */
export interface TestAge {
  readonly testedAt: number;
  readonly version: string;
}

export interface TestStore extends TestRecords {
  save(tree: string, keyboard: string, test: NewTest): void;
  ages(tree: string): ReadonlyMap<string, TestAge>;
  /** The keyboard that was begun last; null before the first. */
  position(tree: string): string | null;
  moveTo(tree: string, keyboard: string): void;
  /** Forgets what was tested before then (milliseconds since the epoch). @returns how many keyboards */
  forget(before: number): number;
  close(): void;
}

export interface NewTest extends TestAnswer {
  readonly keymap: TestedKeymap | null;
  readonly testedAt: number;
  readonly version: string;
}

function toSummary(row: SummaryRow): TestSummary {
  return {
    keyboard: row.keyboard,
    works: row.works === 1,
    warnings: row.warnings === 1,
    testedAt: row.tested_at,
    durationMs: row.duration_ms,
    keymap: row.keymap,
    version: row.version,
  };
}

/** Head and tail; the trouble is at the end more often than not. */
function cut(message: string, kept: number): string {
  if (message.length <= kept) return message;
  const half = Math.floor(kept / 2);
  const left = message.length - 2 * half;
  const [head, tail] = [message.slice(0, half), message.slice(-half)];
  return `${head}\n… ${left} characters are left out …\n${tail}`.toWellFormed();
}

const SUMMARY = 'keyboard, works, warnings, tested_at, duration_ms, keymap, version';

/** @throws KilnError `database.newer`, `storage.*` */
export function openTestStore(file: string, log: Logger): TestStore {
  const migrations = readMigrations(join(import.meta.dirname, 'migrations'));
  const database = openRebuildable(file, migrations, 'the record of test builds', log);
  const summaries = database.prepare<[string], SummaryRow>(
    `SELECT ${SUMMARY} FROM test_builds WHERE tree = ? ORDER BY keyboard`,
  );
  const all = database.prepare<[string], Row>(
    `SELECT ${SUMMARY}, message FROM test_builds WHERE tree = ? ORDER BY keyboard`,
  );
  const one = database.prepare<[string, string], Row>(
    `SELECT ${SUMMARY}, message FROM test_builds WHERE tree = ? AND keyboard = ?`,
  );
  const ages = database.prepare<[string], { keyboard: string; tested_at: number; version: string }>(
    'SELECT keyboard, tested_at, version FROM test_builds WHERE tree = ?',
  );
  const save = database.prepare(
    `INSERT OR REPLACE INTO test_builds
       (tree, keyboard, works, warnings, tested_at, duration_ms, keymap, version, message)
     VALUES (@tree, @keyboard, @works, @warnings, @testedAt, @durationMs, @keymap, @version, @message)`,
  );
  const position = database
    .prepare<[string], string>('SELECT keyboard FROM positions WHERE tree = ?')
    .pluck();
  const moveTo = database.prepare(
    'INSERT OR REPLACE INTO positions (tree, keyboard) VALUES (?, ?)',
  );
  const forget = database.prepare('DELETE FROM test_builds WHERE tested_at < ?');
  return {
    summaries: (tree) => summaries.all(tree).map(toSummary),
    record(tree, keyboard) {
      const row = one.get(tree, keyboard);
      return row === undefined ? null : { ...toSummary(row), message: row.message };
    },
    *all(tree) {
      for (const row of all.all(tree)) yield { ...toSummary(row), message: row.message };
    },
    save(tree, keyboard, test) {
      const kept = test.works && !test.warnings ? KEPT_OF_SUCCESS : KEPT_OF_TROUBLE;
      save.run({
        ...test,
        tree,
        keyboard,
        works: test.works ? 1 : 0,
        warnings: test.warnings ? 1 : 0,
        durationMs: Math.round(test.durationMs),
        message: cut(test.message, kept),
      });
    },
    ages: (tree) =>
      new Map(
        ages
          .all(tree)
          .map(({ keyboard, tested_at, version }) => [keyboard, { testedAt: tested_at, version }]),
      ),
    position: (tree) => position.get(tree) ?? null,
    moveTo: (tree, keyboard) => void moveTo.run(tree, keyboard),
    forget: (before) => forget.run(before).changes,
    close: () => void database.close(),
  };
}
