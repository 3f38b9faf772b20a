/**
 * Plans that are being made right now, of builds whose jobs have ended: a build of the same keyboard does better to wait for
 * one than to build everything. Told by a file beside the plans, so that the service's other processes know of it too.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentity } from '../../../core/subprocess.ts';

/** Names of such files; the rest is the plan's key. */
export const COMING = /^\.coming-[0-9a-f]+$/;
const LOOK_AGAIN_MS = 25;
/** Reasons that are remembered; the oldest are forgotten first. */
const MOST_REASONS = 64;

const announcementSchema = z.object({
  /** Tells one announcement from another of the same key. */
  id: z.string(),
  pid: z.int().positive(),
  /** With the number, it tells the process that makes the plan from a later one; null where the system does not say. */
  startTime: z.string().nullable(),
  /** Nobody is to wait longer than that. */
  longestMs: z.number(),
});
type Announcement = z.infer<typeof announcementSchema>;

export interface ComingPlans {
  /**
   * Says that a plan of that key is being made, from now until `end`.
   * @param longestMs what a full build takes.
   * @returns what takes it back; to be called with why there is no plan, where there is none.
   */
  announce(key: string, longestMs: number): Promise<(noPlanBecause?: string) => void>;
  /** Resolves when there is no use in waiting: the plan was made or given up, or its process is gone, or it takes too long. */
  wait(key: string, signal?: AbortSignal): Promise<void>;
  /** Why this process's last full build of that key left no plan, as a part of a sentence. */
  noPlanBecause(key: string): string | undefined;
}

/** @param folder of the plans. */
export function createComingPlans(folder: string): ComingPlans {
  const reasons = new Map<string, string>();
  /** That were waited for in vain. */
  let late = '';
  const fileOf = (key: string): string => join(folder, `.coming-${key}`);

  const read = (key: string): Announcement | null => {
    try {
      return announcementSchema.parse(JSON.parse(readFileSync(fileOf(key), 'utf8')));
    } catch {
      // None, or one that a crash left half written.
      return null;
    }
  };
  const isAlive = async ({ pid, startTime }: Announcement): Promise<boolean> => {
    const identity = await processIdentity(pid);
    return identity !== undefined && (startTime === null || identity.startTime === startTime);
  };

  return {
    async announce(key, longestMs) {
      const id = randomBytes(8).toString('hex');
      reasons.delete(key);
      try {
        const identity = await processIdentity(process.pid);
        const own = { id, pid: process.pid, startTime: identity?.startTime ?? null, longestMs };
        mkdirSync(folder, { recursive: true });
        writeFileSync(fileOf(key), JSON.stringify(own));
      } catch {
        // A disk that refuses: then nobody waits.
      }
      return (noPlanBecause) => {
        if (noPlanBecause !== undefined) reasons.set(key, noPlanBecause);
        const [oldest] = reasons.keys();
        if (reasons.size > MOST_REASONS && oldest !== undefined) reasons.delete(oldest);
        if (read(key)?.id === id) rmSync(fileOf(key), { force: true });
      };
    },

    async wait(key, signal) {
      const startedAt = performance.now();
      for (let coming = read(key); coming !== null; coming = read(key)) {
        if (signal?.aborted || coming.id === late) return;
        if (!(await isAlive(coming))) {
          rmSync(fileOf(key), { force: true });
          return;
        }
        if (performance.now() - startedAt >= coming.longestMs) {
          late = coming.id;
          return;
        }
        await sleep(LOOK_AGAIN_MS);
      }
    },

    noPlanBecause: (key) => reasons.get(key),
  };
}
