/**
 * Moves of files that are written down before the first one is made, so that whoever comes after a crash completes
 * them. All within one disk, so each move is done or not; nothing is deleted or replaced.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { writeAtomically } from '../storage/atomic-write.ts';

const moveSchema = z.object({
  /** Comes to `to`; null where something is only moved aside. */
  from: z.string().nullable(),
  to: z.string(),
  /** Where what lies at `to` goes first. */
  aside: z.string(),
});
const planSchema = z.object({ moves: z.array(moveSchema), staging: z.array(z.string()) });

export type Move = z.infer<typeof moveSchema>;
/** `staging`: folders that are removed at the end. */
export type Plan = z.infer<typeof planSchema>;

/** Its presence in a data folder says that a restore is under way. */
export function planFile(dataDir: string): string {
  return join(dataDir, 'restore.json');
}

/** From here on the restore will be completed, now or at the next start. */
export async function writePlan(dataDir: string, plan: Plan): Promise<void> {
  const file = planFile(dataDir);
  await writeAtomically(dirname(file), basename(file), `${JSON.stringify(plan)}\n`, 0o600);
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function move(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  renameSync(from, to);
  syncFolder(dirname(to));
  syncFolder(dirname(from));
}

function readPlan(file: string): Plan | null {
  try {
    return planSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new KilnError('backup.interrupted', `A restore was interrupted; ${file} is damaged.`, {
      cause: error,
    });
  }
}

/**
 * Makes the moves of a plan that are not made yet. To be called with the data folder locked.
 * @returns whether there was a plan.
 * @throws KilnError `storage.*`, `backup.interrupted`; then the plan stays, and the next call goes on.
 */
export async function completeMoves(dataDir: string): Promise<boolean> {
  const file = planFile(dataDir);
  const plan = readPlan(file);
  if (plan === null) return false;
  try {
    for (const { from, to, aside } of plan.moves) {
      // Done already, the thing aside as well.
      if (from !== null && !existsSync(from)) continue;
      if (existsSync(to)) move(to, aside);
      if (from !== null) move(from, to);
    }
    rmSync(file);
    syncFolder(dataDir);
  } catch (error) {
    const known = toKilnError(error);
    throw known.code === 'internal.defect' && errnoOf(error) !== undefined
      ? new KilnError('storage.unwritable', `The restore cannot go on: ${known.message}`, {
          cause: error,
        })
      : known;
  }
  for (const folder of plan.staging) await rm(folder, { recursive: true, force: true });
  return true;
}
