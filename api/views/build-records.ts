/**
 * Which keyboards work, as the hosted API’s test builds record it: what test builds found, and what cannot even be read.
 */
import { stripVTControlCharacters } from 'node:util';
import type { BrokenKeyboard } from '../../core/catalogue/contract.ts';
import type { TestSummary } from '../../core/test-builds/contract.ts';
import type { KeyboardSource } from '../keyboard-source.ts';
import type { BuildRecord } from '../schemas/contract-builds.ts';

export type BuildVerdict = Omit<BuildRecord, 'message'>;

/** By keyboard, sorted by name: all but the logs. */
export async function buildVerdicts(
  source: KeyboardSource,
): Promise<ReadonlyMap<string, BuildVerdict>> {
  return merged(
    source.tests.summaries(source.tree.name).map((test) => [test.keyboard, verdictOf(test)]),
    (await brokenKeyboards(source)).map((broken) => [broken.name, verdictOfBroken(broken)]),
  );
}

/** The same with the logs, which are long. */
export async function buildRecords(
  source: KeyboardSource,
): Promise<ReadonlyMap<string, BuildRecord>> {
  const tested = [...source.tests.all(source.tree.name)].map((test): [string, BuildRecord] => [
    test.keyboard,
    { ...verdictOf(test), message: test.message },
  ]);
  const broken = (await brokenKeyboards(source)).map((one): [string, BuildRecord] => [
    one.name,
    { ...verdictOfBroken(one), message: one.message },
  ]);
  return merged(tested, broken);
}

/** One keyboard’s record; null where nothing is known of it. */
export async function buildRecordOf(
  keyboard: string,
  source: KeyboardSource,
): Promise<BuildRecord | null> {
  const broken = (await brokenKeyboards(source)).find(({ name }) => name === keyboard);
  if (broken !== undefined) return { ...verdictOfBroken(broken), message: broken.message };
  const test = source.tests.record(source.tree.name, keyboard);
  return test === null ? null : { ...verdictOf(test), message: test.message };
}

/** What cannot be read now was tested before that. */
function merged<Value>(
  tested: readonly (readonly [string, Value])[],
  broken: readonly (readonly [string, Value])[],
): ReadonlyMap<string, Value> {
  const all = [...new Map([...tested, ...broken])];
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function verdictOf({ works, warnings, testedAt }: TestSummary): BuildVerdict {
  return { works, warnings, last_tested: Math.floor(testedAt / 1000) };
}

function verdictOfBroken({ readAt }: BrokenKeyboard): BuildVerdict {
  return { works: false, warnings: false, last_tested: Math.floor(readAt / 1000) };
}

/** With messages that anybody may read: without terminal colours, and without the tree’s place on this machine. */
export async function brokenKeyboards({
  tree,
  catalogue,
}: Pick<KeyboardSource, 'tree' | 'catalogue'>): Promise<BrokenKeyboard[]> {
  return (await catalogue.broken()).map(({ message, ...rest }) => ({
    ...rest,
    message: stripVTControlCharacters(message).replaceAll(tree.path, tree.name),
  }));
}
