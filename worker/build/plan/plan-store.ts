/**
 * Plans on disk, one folder each: `<key>/plan.json`, `<key>/files/…` and what was built by it, `<key>/notes/…`. They can be made again at any time, so
 * whatever is wrong with one, it is as if it were not there. A folder appears and goes in one step.
 */
import { hash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, utimesSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { errnoOf } from '../../../core/errors.ts';
import { removeJobFolder } from '../../sandbox/remove-folder.ts';
import { withoutRoot, withRoot } from './any-root.ts';
import { COMING, type ComingPlans, createComingPlans } from './coming-plans.ts';
import { type BuildPlan, buildPlanSchema } from './plan.ts';
import { findChange, signatureOf } from './signature.ts';

const PLAN = 'plan.json';
const FILES = 'files';
const NOTES = 'notes';
/** Of one plan; the oldest go first. */
const MOST_NOTES = 64;
/** Plans held in memory, some hundred kilobytes each; an older one is read again. */
const MOST_KNOWN = 16;
/** Its time says when the plan was last used. */
const USED = 'used';
const PASSING = /^\.(?:new|old)-[0-9a-f]{16}$/;
/** A passing folder that old was left by a crash. */
const LEFT_OVER_MS = 60 * 60_000;

export interface StoredPlan {
  readonly plan: BuildPlan;
  /** Of all that the plan holds, its inputs' signatures among that: another plan of the same key has another one. */
  readonly seal: string;
  /** Where its kept files lie. */
  readonly keptFolder: string;
  /** Of the plan's own file: no other plan ever has the same one. */
  readonly stamp: string;
}

export interface PlanStore {
  /** Null when there is none of that key, or nothing that can be read. */
  find(key: string): StoredPlan | null;
  /** Those that are being made. */
  readonly coming: ComingPlans;
  /**
   * Whether the kept files are what they were.
   * @returns the first that is not, null when all are.
   */
  findDamage(stored: StoredPlan): string | null;
  /**
   * Whether another process took the plan away or put another in its place: its kept files may have gone under whoever
   * used them, however good those are that lie there now.
   */
  isReplaced(stored: StoredPlan): boolean;
  /**
   * Writes a plan down, to be published or thrown away.
   * @param root folder from which the kept files are copied.
   */
  prepare(plan: BuildPlan, root: string): Promise<PreparedPlan>;
  remove(key: string): Promise<void>;
  /**
   * Writes down, for as long as the plan is there, what was built of its inputs. Quietly does nothing when the plan is
   * gone by now.
   * @param name letters and digits.
   */
  addNote(mark: PlanMark, name: string, note: unknown): Promise<void>;
  /** Null when there is none of that name, or one that belongs to an earlier plan of that key, or a damaged one. */
  findNote(mark: PlanMark, name: string): unknown;
}

/** One plan: another one of the same key has another seal. */
export interface PlanMark {
  readonly key: string;
  readonly seal: string;
}

export interface PreparedPlan {
  readonly stored: StoredPlan;
  /**
   * Takes the place of an earlier plan of that key, unless it is the same: somebody may be building by it. Then removes
   * the plans that were not used for longest.
   */
  publish(key: string): Promise<void>;
  discard(): Promise<void>;
}

interface Sealed {
  readonly seal: string;
  readonly text: string;
}

/** First line: SHA-256 of the rest. A plan is a list of commands; half of it must not run. */
function seal(text: string): { readonly seal: string; readonly sealed: string } {
  const digest = hash('sha256', text, 'hex');
  return { seal: digest, sealed: `${digest}\n${text}` };
}

function unseal(sealed: string): Sealed | null {
  const end = sealed.indexOf('\n');
  const text = sealed.slice(end + 1);
  const digest = sealed.slice(0, end);
  return hash('sha256', text, 'hex') === digest ? { seal: digest, text } : null;
}

function withoutStamps(plan: BuildPlan): string {
  return JSON.stringify(buildPlanSchema.parse(plan), (name, value: unknown) =>
    name === 'stamp' ? '' : value,
  );
}

function planStamp(folder: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(join(folder, PLAN));
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const stats = await lstat(join(entry.parentPath, entry.name)).catch(() => null);
    bytes += (stats?.blocks ?? 0) * 512;
  }
  return bytes;
}

/** @param limitBytes disk space that all plans together may take. */
export function createPlanStore(folder: string, limitBytes: number): PlanStore {
  /** Plans that were read, by key; the one used last comes last. */
  const known = new Map<string, StoredPlan>();
  /** Plans whose kept files this process has read. */
  const verified = new WeakSet<StoredPlan>();

  const passing = (kind: 'new' | 'old') =>
    join(folder, `.${kind}-${randomBytes(8).toString('hex')}`);

  const remember = (key: string, stored: StoredPlan): void => {
    known.delete(key);
    known.set(key, stored);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  };

  const take = async (key: string): Promise<void> => {
    known.delete(key);
    const old = passing('old');
    try {
      await rename(join(folder, key), old);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      throw error;
    }
    await removeJobFolder(old);
  };

  const makeRoom = async (newest: string): Promise<void> => {
    const plans: { key: string; bytes: number; usedAt: number }[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (PASSING.test(entry.name) || COMING.test(entry.name)) {
        const stats = await lstat(path).catch(() => null);
        if (stats !== null && stats.mtimeMs < Date.now() - LEFT_OVER_MS)
          await removeJobFolder(path);
        continue;
      }
      const used = await lstat(join(path, USED)).catch(() => null);
      const bytes = await folderBytes(path).catch(() => 0);
      plans.push({ key: entry.name, bytes, usedAt: used?.mtimeMs ?? 0 });
    }
    let total = plans.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { key, bytes } of plans.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= limitBytes || key === newest) continue;
      await take(key);
      total -= bytes;
    }
  };

  const find = (key: string): StoredPlan | null => {
    const file = join(folder, key, PLAN);
    try {
      const stamp = planStamp(join(folder, key));
      const before = known.get(key);
      if (before?.stamp === stamp) {
        remember(key, before);
        touch(join(folder, key, USED));
        return before;
      }
      const sealed = unseal(readFileSync(file, 'utf8'));
      if (sealed === null) return null;
      const plan = buildPlanSchema.parse(JSON.parse(sealed.text));
      const stored = { plan, seal: sealed.seal, keptFolder: join(folder, key, FILES), stamp };
      remember(key, stored);
      touch(join(folder, key, USED));
      return stored;
    } catch {
      return null;
    }
  };

  const findDamage = (stored: StoredPlan): string | null => {
    const { plan, keptFolder } = stored;
    // After a power cut, a file may have its size and times and not its content.
    const isFirst = !verified.has(stored);
    const damaged = findChange(
      plan.kept.map(({ path, stamp, content }) => ({
        path: join(keptFolder, path),
        stamp: isFirst ? 'to be read' : stamp,
        content,
      })),
    );
    if (damaged === null) verified.add(stored);
    return damaged;
  };

  /** Another worker built the same at the same time, and was first. */
  const isThere = (key: string, plan: BuildPlan): boolean => {
    const stored = find(key);
    return (
      stored !== null &&
      withoutStamps(stored.plan) === withoutStamps(plan) &&
      findDamage(stored) === null
    );
  };

  return {
    find,
    coming: createComingPlans(folder),
    findDamage,

    isReplaced({ keptFolder, stamp }) {
      try {
        return planStamp(dirname(keptFolder)) !== stamp;
      } catch {
        return true;
      }
    },

    async prepare(plan, root) {
      await mkdir(folder, { recursive: true });
      const made = passing('new');
      const kept = [];
      for (const file of plan.kept) {
        const { path, content } = file;
        const target = join(made, FILES, path);
        await mkdir(dirname(target), { recursive: true });
        const source = join(root, withRoot(path, root));
        if (file.namesRoot)
          await writeFile(target, withoutRoot(await readFile(source, 'utf8'), root));
        else await copyFile(source, target);
        const copy = signatureOf(target);
        if (copy.content !== content) throw new Error(`${path} changed while it was kept`);
        kept.push({ ...file, stamp: copy.stamp });
      }
      const complete: BuildPlan = { ...plan, kept };
      const written = seal(JSON.stringify(complete));
      await writeFile(join(made, PLAN), written.sealed);
      await writeFile(join(made, USED), '');
      const discard = () => rm(made, { recursive: true, force: true });
      return {
        stored: {
          plan: complete,
          seal: written.seal,
          keptFolder: join(made, FILES),
          stamp: planStamp(made),
        },
        async publish(key) {
          if (isThere(key, complete)) return discard();
          await take(key);
          await rename(made, join(folder, key));
          await makeRoom(key);
        },
        discard,
      };
    },

    remove: take,

    async addNote({ key, seal: planSeal }, name, note) {
      const notes = join(folder, key, NOTES);
      try {
        await mkdir(notes).catch((error: unknown) => {
          if (errnoOf(error) !== 'EEXIST') throw error;
        });
        const temporary = join(notes, `.${randomBytes(8).toString('hex')}`);
        await writeFile(temporary, seal(JSON.stringify({ seal: planSeal, note })).sealed);
        await rename(temporary, join(notes, name));
        await removeOldest(notes, MOST_NOTES);
      } catch (error) {
        // The plan was replaced or removed meanwhile.
        if (errnoOf(error) !== 'ENOENT') throw error;
      }
    },

    findNote({ key, seal: planSeal }, name) {
      try {
        const sealed = unseal(readFileSync(join(folder, key, NOTES, name), 'utf8'));
        if (sealed === null) return null;
        const written = noteSchema.parse(JSON.parse(sealed.text));
        return written.seal === planSeal ? written.note : null;
      } catch {
        return null;
      }
    },
  };
}

const noteSchema = z.object({ seal: z.string(), note: z.unknown() });

/** Also those that a crash left half written. */
async function removeOldest(folder: string, most: number): Promise<void> {
  const names = await readdir(folder);
  const isWhole = (name: string) => !name.startsWith('.');
  if (names.length <= most && names.every(isWhole)) return;
  const files = await Promise.all(
    names.map(async (name) => ({ name, at: (await lstat(join(folder, name))).mtimeMs })),
  );
  const whole = files.filter(({ name }) => isWhole(name)).sort((a, b) => a.at - b.at);
  const old = Date.now() - LEFT_OVER_MS;
  const gone = [
    ...whole.slice(0, Math.max(0, whole.length - most)),
    ...files.filter(({ name, at }) => !isWhole(name) && at < old),
  ];
  for (const { name } of gone) await rm(join(folder, name), { force: true });
}

function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}
