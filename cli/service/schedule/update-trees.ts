/**
 * Brings git trees to their newest commit: fetch, look what would change, wait until nothing is built, go there, read
 * the keyboards anew, build the keymaps that people pinned once more; and back again when one of them broke.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { keymapOf } from '../../../api/routes/kiln-queue.ts';
import { submitKeymap } from '../../../api/submission.ts';
import type { Catalogues } from '../../../core/catalogue/contract.ts';
import { compilePayloadSchema, compileResultSchema } from '../../../core/compile/job.ts';
import { KilnError, toKilnError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/log.ts';
import type { Job } from '../../../core/queue/contract.ts';
import type { RunContext } from '../../../core/schedule/contract.ts';
import type { FirmwareTree } from '../../../core/trees/contract.ts';
import type { TreePreview } from '../../../core/trees/preview.ts';
import type { Kiln } from '../kiln.ts';

/** Jobs of the check, for operators. */
const CLIENT = 'update check';
const LOOK_EVERY_MS = 1000;
/** More than anybody pins. */
const PINNED = 500;

export interface UpdateParts
  extends Pick<Kiln, 'trees' | 'queue' | 'store' | 'settings' | 'needsOf'> {
  readonly catalogues: Catalogues;
  readonly log: Logger;
  /** Has the tree's keyboards read, in the background. */
  readonly refreshCatalogue: (tree: string) => void;
}

async function untilQuiet({ queue }: UpdateParts, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { queued, running } = await queue.counts();
    if (queued + running === 0) return;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Pinned builds of that tree that gave an image: what has to go on working. One for each keymap. */
async function pinnedBuilds({ queue }: UpdateParts, tree: string): Promise<readonly Job[]> {
  const { jobs } = await queue.history({ limit: PINNED, pinned: true, states: ['finished'] });
  const seen = new Set<string>();
  return jobs.filter((job) => {
    const payload = compilePayloadSchema.safeParse(job.payload).data;
    const result = compileResultSchema.safeParse(job.result).data;
    if (payload?.tree !== tree || result?.firmwareFilename == null) return false;
    const isNew = !seen.has(payload.keymapJson);
    seen.add(payload.keymapJson);
    return isNew;
  });
}

function nameOf(job: Job): string {
  const payload = compilePayloadSchema.safeParse(job.payload).data;
  return payload === undefined ? job.id : `${payload.keyboard}:${payload.keymap}`;
}

async function untilEnded(
  { queue }: UpdateParts,
  id: string,
  signal: AbortSignal,
): Promise<Job | null> {
  for (;;) {
    const job = await queue.get(id);
    if (job === null || (job.state !== 'queued' && job.state !== 'running')) return job;
    try {
      await sleep(LOOK_EVERY_MS / 4, undefined, { signal });
    } catch (error) {
      await queue.cancel(id);
      throw error;
    }
  }
}

/** Builds each once more. @returns the names of those that do not build any more. */
async function brokenOf(
  parts: UpdateParts,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { queue, store } = parts;
  const broken: string[] = [];
  for (const before of jobs) {
    try {
      const { id } = await submitKeymap(keymapOf(before), { client: CLIENT }, parts);
      const job = await untilEnded(parts, id, signal);
      const built = compileResultSchema.safeParse(job?.result).data?.firmwareFilename != null;
      // Somebody ended it: that says nothing of the tree.
      if (!built && job?.state !== 'canceled') broken.push(nameOf(before));
      if (built && (await queue.forget(id))) await store.delete(id);
    } catch (error) {
      if (signal.aborted) throw error;
      // Refused now by what the tree says of the keyboard.
      broken.push(`${nameOf(before)} (${toKilnError(error).message})`);
    }
  }
  return broken;
}

function describePreview(name: string, { keyboards, files }: TreePreview): string {
  const { added, changed, removed } = keyboards;
  return `${name}: ${files} files, keyboards +${added.length} ~${changed.length} -${removed.length}`;
}

async function updateOne(
  parts: UpdateParts,
  { name }: FirmwareTree,
  signal: AbortSignal,
): Promise<string> {
  const { trees, catalogues, log, refreshCatalogue } = parts;
  const pinned = await pinnedBuilds(parts, name);
  const { tree, changed } = await trees.update(name);
  if (!changed) return `${name}: up to date`;
  const commit = tree.commit?.slice(0, 10);
  const goBack = async (why: string): Promise<never> => {
    await trees.rollback(name);
    refreshCatalogue(name);
    throw new KilnError('update.rolled-back', `${name} went to ${commit} and back again: ${why}.`);
  };
  try {
    await (await catalogues.forTree(name)).keyboards();
  } catch (error) {
    await goBack(toKilnError(error).message);
  }
  refreshCatalogue(name);
  let broken: readonly string[];
  try {
    broken = await brokenOf(parts, pinned, signal);
  } catch (error) {
    await goBack(signal.aborted ? 'the service stopped' : toKilnError(error).message);
    throw error;
  }
  if (broken.length > 0) await goBack(`these pinned keymaps do not build: ${broken.join(', ')}`);
  log.info({ tree: name, commit, pinned: pinned.length }, 'firmware tree updated');
  return `${name}: now at ${commit}, ${pinned.length} pinned keymaps build`;
}

/**
 * @param mode `preview` fetches and says what is new; `apply` goes there.
 * @returns what came of each tree. @throws KilnError `update.rolled-back`, `tree.git-failed`, of the first that failed
 *   after all others had their turn.
 */
export async function updateTrees(
  parts: UpdateParts,
  mode: 'preview' | 'apply',
  { signal, now }: Pick<RunContext, 'signal' | 'now'>,
): Promise<string> {
  const git = (await parts.trees.list()).filter(({ kind }) => kind === 'git');
  if (git.length === 0) return 'There is no git tree to update.';
  const said: string[] = [];
  const failures: KilnError[] = [];
  for (const tree of git) {
    signal.throwIfAborted();
    try {
      const preview = await parts.trees.preview(tree.name);
      if (preview === null) said.push(`${tree.name}: up to date`);
      else if (mode === 'preview') said.push(describePreview(tree.name, preview));
      else {
        if (!now) await untilQuiet(parts, signal);
        said.push(await updateOne(parts, tree, signal));
      }
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(toKilnError(error));
    }
  }
  const [first] = failures;
  if (first === undefined) return `${said.join('; ')}.`;
  const rest = [...failures.slice(1).map(({ message }) => message), ...said].join('; ');
  throw new KilnError(first.code, rest === '' ? first.message : `${first.message} ${rest}.`, {
    cause: first,
    remedy: first.remedy,
  });
}
