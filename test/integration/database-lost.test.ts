/**
 * The hosted service's Redis restart, at home: the databases are lost while clients work. What can be had again comes
 * back by itself, with no command and no question.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEYMAPS, keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

/** All that SQLite has there: jobs, trees, keys, the catalogue, test builds, with their logs. */
function loseDatabases(dataDir: string): void {
  const lost = readdirSync(dataDir).filter((name) => /\.sqlite(-wal|-shm)?$/.test(name));
  expect(lost).toContain('kiln.sqlite');
  expect(lost).toContain('catalogue.sqlite');
  for (const name of lost) rmSync(join(dataDir, name));
}

/** Clients that submit without a pause. @returns a function that ends them, with what was accepted, by number. */
function load(service: Service): () => Promise<Map<string, number>> {
  const accepted = new Map<string, number>();
  let ended = false;
  const client = async (first: number): Promise<void> => {
    for (let number = first; !ended; number = (number + 2) % KEYMAPS) {
      // The service goes while it is asked; what it did not answer was not accepted.
      const id = await service.submit(keymapOf(number)).catch(() => null);
      if (id === null) return;
      accepted.set(id, number);
    }
  };
  const clients = [client(0), client(1)];
  return async () => {
    ended = true;
    await Promise.all(clients);
    return accepted;
  };
}

async function expectImage(service: Service, id: string, number: number): Promise<void> {
  expect(await service.ended(id)).toMatchObject({ state: 'finished', result: { returncode: 0 } });
  expect(keymapsIn(await service.file(id, 'download'))).toEqual([number]);
}

describe('databases that are lost under load', () => {
  it('of a killed service come back from the newest backup, and the rest is made anew', async () => {
    const place = testPlace();
    const before = await place.serve();
    const finished = await before.submit(keymapOf(1));
    await before.inState(finished, 'finished');
    const stop = load(before);
    await until('jobs to wait', async () => {
      const { jobs } = await readRecords(place.dataDir);
      return jobs.filter(({ job }) => job.state === 'queued').length > 2;
    });
    const backup = await place.run(['backup', '--no-artifacts', '--json']);
    expect(backup).toMatchObject({ exitCode: 0 });
    const kept = (JSON.parse(backup.stdout) as { folder: string }).folder;
    await before.kill();
    const accepted = await stop();
    loseDatabases(place.dataDir);

    const after = await place.serve();
    expect(after.command.stderr()).toContain(kept);
    await expectImage(after, finished, 1);
    const { jobs } = await readRecords(place.dataDir);
    const known = jobs.filter(({ job }) => accepted.has(job.id));
    expect(known.length).toBeGreaterThan(2);
    for (const { job } of known) await expectImage(after, job.id, accepted.get(job.id) ?? -1);
    // What came after the backup is not known, and can be sent again.
    await expectImage(after, await after.submit(keymapOf(2)), 2);
    await until('the keyboards to be read anew', async () => {
      const answer = await after.request('/v1/keyboards/kiln/pad4x4');
      return answer.ok ? true : null;
    });
    expect(await after.stop()).toMatchObject({ exitCode: 0 });
    const left = await readRecords(place.dataDir);
    expect({ damage: left.damage, folders: left.buildFolders }).toEqual({
      damage: [],
      folders: [],
    });
    expect(left.jobs.filter(({ ends }) => ends !== 1)).toEqual([]);
  }, 180_000);

  it('of a running service are written back by it, without the loss of a job', async () => {
    const place = testPlace();
    const before = await place.serve();
    await before.inState(await before.submit(keymapOf(1)), 'finished');
    const stop = load(before);
    loseDatabases(place.dataDir);
    const ended = await before.command.ended;
    const accepted = await stop();
    expect(ended.exitCode).toBe(3);
    expect(accepted.size).toBeGreaterThan(2);
    const after = await place.serve();
    for (const [id, number] of accepted) await expectImage(after, id, number);
    expect(await after.stop()).toMatchObject({ exitCode: 0 });
    const { damage, jobs } = await readRecords(place.dataDir);
    expect(damage).toEqual([]);
    expect(jobs.filter(({ ends }) => ends !== 1)).toEqual([]);
  }, 180_000);

  it('of a data folder without a backup begin anew, without a question', async () => {
    const place = testPlace();
    const before = await place.serve();
    const finished = await before.submit(keymapOf(1));
    await before.inState(finished, 'finished');
    await before.kill();
    rmSync(join(place.dataDir, 'backups'), { recursive: true, force: true });
    loseDatabases(place.dataDir);
    const after = await place.serve();
    expect((await after.request(`/kiln/v1/jobs/${finished}`)).status).toBe(404);
    await expectImage(after, await after.submit(keymapOf(1)), 1);
    expect(await after.stop()).toMatchObject({ exitCode: 0 });
  }, 120_000);
});
