/**
 * A disk that becomes full at any write of a job: its record, its build, its log, its files, its end. The space that is
 * left goes from nothing to plenty in small steps, so that each write is once the first that fails.
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { fillDisk } from '../fixtures/service/disk.ts';
import { KEYMAPS, keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { mountDisk, WITHOUT_MOUNTS } from '../fixtures/service/mounts.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const PAGE = 4096;
/** Most jobs that meet a full disk end at once; those whose end cannot be written wait for space. */
const PATIENCE_MS = 1000;
const MINUTE = 60_000;

/** @returns a function that frees it all. */
function leaveFree(folder: string, bytes: number): () => void {
  const file = join(folder, 'filler');
  const free = fillDisk(file);
  const handle = openSync(file, 'r+');
  ftruncateSync(handle, Math.max(0, fstatSync(handle).size - bytes));
  closeSync(handle);
  return free;
}

/** Until the job ended, or for some time. */
async function endOrPatience(service: Service, id: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { state } = await service.view(id);
    if (!['queued', 'running'].includes(state) || performance.now() > deadline) return;
    await sleep(50);
  }
}

describe.skipIf(WITHOUT_MOUNTS !== null)(`a disk that runs full${WITHOUT_MOUNTS ?? ''}`, () => {
  it.each([
    [
      'a whole build',
      // What is left free, in pages: the record takes the first, the folder of the build most, and the stored files the last.
      [0, 2, 6, 12, 20, 30, 45, 60, 66, 70, 72, 74, 76, 78, 80, 84, 90, 120, 200],
      (step: number) => `new${step}`,
    ],
    ['a build by plan', [0, 2, 6, 10, 14, 18, 22, 26, 30, 40, 100], () => 'same'],
  ])(
    'at every write of %s: refuses or fails with the reason, or builds the right image, and loses nothing',
    {
      timeout: 5 * MINUTE,
    },
    async (_, pagesLeft, nameOf) => {
      const place = testPlace();
      mountDisk(place.dataDir, 'size=32m');
      const service = await place.serve();
      const seen: Record<string, number> = {};
      const count = (what: string) => (seen[what] = (seen[what] ?? 0) + 1);
      const accepted: string[] = [];
      for (const [step, pages] of pagesLeft.entries()) {
        const number = step % KEYMAPS;
        const keymap = { ...keymapOf(number), keymap: nameOf(step) };
        const free = leaveFree(place.dataDir, pages * PAGE);
        const response = await service.post('/v1/compile', keymap);
        const answer = (await response.json()) as { job_id?: string; error?: object };
        if (answer.job_id === undefined) {
          expect({ status: response.status, ...answer.error }).toMatchObject({
            status: 507,
            code: 'storage.full',
            remedy: expect.stringMatching(/disk space/),
          });
          count('refused');
          free();
          continue;
        }
        accepted.push(answer.job_id);
        await endOrPatience(service, answer.job_id);
        free();
        const { state, error, result } = await service.ended(answer.job_id, MINUTE);
        count(state);
        if (state === 'finished') {
          expect(result).toMatchObject({ returncode: 0 });
          expect(keymapsIn(await service.file(answer.job_id, 'download'))).toEqual([number]);
        } else {
          expect(error).toMatchObject({ code: 'storage.full', kind: 'environment' });
          expect(error?.remedy).toMatch(/disk space/);
        }
      }
      expect(seen.refused).toBeGreaterThan(0);
      expect(seen.finished).toBeGreaterThan(0);
      expect(await service.stop()).toMatchObject({ exitCode: 0 });
      const { damage, buildFolders, jobs } = await readRecords(place.dataDir);
      expect({ damage, buildFolders }).toEqual({ damage: [], buildFolders: [] });
      expect(jobs.map(({ job }) => job.id).sort()).toEqual(accepted.sort());
      expect(jobs.map(({ ends }) => ends)).toEqual(accepted.map(() => 1));
    },
  );
});
