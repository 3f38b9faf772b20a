/** `kiln backup` and `kiln restore` beside a service and without one. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../core/errors.ts';
import { type Ended, jsonOf } from '../fixtures/service/command.ts';
import { fillDisk } from '../fixtures/service/disk.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import { mountDisk, remount, WITHOUT_MOUNTS } from '../fixtures/service/mounts.ts';
import { readRecords } from '../fixtures/service/records.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

describe('a backup made while the service builds', () => {
  it('brings every job that had ended, with its image, into a new folder, and builds the rest there', async () => {
    const place = testPlace();
    const service = await place.serve();
    const done = await service.submit(keymapOf(1));
    await service.ended(done);
    const open = await service.submit(keymapOf(2));
    const backup = await place.run(['backup', join(place.folder, 'safe'), '--json']);
    expect(backup).toMatchObject({ exitCode: 0 });
    expect(jsonOf(backup)).toMatchObject({ folder: join(place.folder, 'safe'), artifacts: 'all' });
    await service.ended(open);
    await service.stop();

    const other = testPlace();
    const plain = await other.run(['restore', join(place.folder, 'safe')]);
    expect(plain.stdout).toMatch(/^Restored the backup of \d{4}-.* UTC: 2 jobs\.\n$/);
    const next = await other.serve();
    expect(await next.ended(open)).toMatchObject({ state: 'finished' });
    expect(keymapsIn(await next.file(done, 'download'))).toEqual([1]);
    expect(keymapsIn(await next.file(open, 'download'))).toEqual([2]);
    await next.stop();
    expect((await readRecords(other.dataDir)).damage).toEqual([]);
  });

  it('lies in the data folder when none is named, and is listed', async () => {
    const place = testPlace();
    const made = await place.run(['backup']);
    const [name] = readdirSync(join(place.dataDir, 'backups'));
    const folder = join(place.dataDir, 'backups', name!);
    expect(made.stdout).toContain(`Bring it back with: kiln restore ${folder}`);
    const listed = jsonOf(await place.run(['backup', '--list', '--json']));
    expect(listed).toEqual({
      backups: [{ path: folder, createdAt: expect.any(Number), whole: true }],
    });
    const plain = await place.run(['backup', '--list']);
    expect(plain.stdout).toContain(`${folder}  (0 jobs, with their files)`);
  });
});

const FULL_DISK = `on a disk that runs full${WITHOUT_MOUNTS ?? ''}`;

describe.skipIf(WITHOUT_MOUNTS !== null)(FULL_DISK, { timeout: 300_000 }, () => {
  const error = (ended: Ended) => jsonOf<{ error: ErrorReport }>(ended).error;

  it('a backup says so, leaves no part of itself, and can be made once there is space', async () => {
    const place = testPlace();
    const service = await place.serve();
    await service.ended(await service.submit(keymapOf(1)));
    await service.stop();
    const disk = join(place.folder, 'disk');
    mountDisk(disk, 'size=64k');
    const refused = await place.run(['backup', join(disk, 'safe'), '--json']);
    expect(refused.exitCode).not.toBe(0);
    expect(error(refused)).toMatchObject({ code: 'storage.full', kind: 'environment' });
    expect(error(refused).remedy).toMatch(/disk space/);
    expect(readdirSync(disk)).toEqual([]);
    remount(disk, 'size=8m');
    expect(await place.run(['backup', join(disk, 'safe')])).toMatchObject({ exitCode: 0 });
    expect(readdirSync(disk)).toEqual(['safe']);
  });

  it('a restore says so, and leaves what was there as it was', async () => {
    const place = testPlace();
    const service = await place.serve();
    await service.ended(await service.submit(keymapOf(1)));
    const safe = join(place.folder, 'safe');
    expect(await place.run(['backup', safe])).toMatchObject({ exitCode: 0 });
    await service.stop();

    const other = testPlace();
    mountDisk(other.dataDir, 'size=4m');
    const theirs = await other.serve();
    const id = await theirs.submit(keymapOf(2));
    await theirs.ended(id);
    await theirs.stop();
    const free = fillDisk(join(other.dataDir, 'filler'));
    const refused = await other.run(['restore', safe, '--json']);
    expect(refused.exitCode).not.toBe(0);
    expect(error(refused)).toMatchObject({ code: 'storage.full', kind: 'environment' });
    free();
    const { jobs, damage } = await readRecords(other.dataDir);
    expect({ jobs: jobs.map(({ job }) => job.id), damage }).toEqual({ jobs: [id], damage: [] });
    const again = await other.serve();
    expect(keymapsIn(await again.file(id, 'download'))).toEqual([2]);
    await again.stop();
  });
});

describe('kiln restore', () => {
  it('refuses while a service runs, names it, and changes nothing', async () => {
    const place = testPlace();
    const service = await place.serve();
    const { folder } = jsonOf<{ folder: string }>(await place.run(['backup', '--json']));
    const id = await service.submit(keymapOf(5));
    const refused = await place.run(['restore', folder, '--json']);
    expect(refused.exitCode).toBe(2);
    expect(jsonOf<{ error: ErrorReport }>(refused).error).toMatchObject({
      code: 'service.data-in-use',
      message: expect.stringContaining(`process ${service.pid}, kiln serve`),
    });
    expect(await service.ended(id)).toMatchObject({ state: 'finished' });
    await service.stop();
  });

  it('refuses a damaged backup by the file, and leaves what is there', async () => {
    const place = testPlace();
    const { folder } = jsonOf<{ folder: string }>(await place.run(['backup', '--json']));
    appendFileSync(join(folder, 'kiln.sqlite'), 'x');
    const before = readFileSync(join(place.dataDir, 'kiln.sqlite'));
    const refused = await place.run(['restore', folder]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(`${join(folder, 'kiln.sqlite')} is not what it was.`);
    expect(readFileSync(join(place.dataDir, 'kiln.sqlite')).equals(before)).toBe(true);
  });

  it('takes the place of artifacts from the settings that it brings', async () => {
    const place = testPlace();
    const { folder } = jsonOf<{ folder: string }>(await place.run(['backup', '--json']));
    // As of a machine whose artifacts lie elsewhere.
    writeFileSync(join(place.dataDir, 'settings.json'), '{"filesystemPath": "images"}');
    const service = await place.serve();
    const id = await service.submit(keymapOf(6));
    await service.ended(id);
    const made = jsonOf<{ folder: string }>(await place.run(['backup', '--json']));
    await service.stop();
    const other = testPlace();
    expect(await other.run(['restore', made.folder])).toMatchObject({ exitCode: 0 });
    expect(existsSync(join(other.dataDir, 'images', id))).toBe(true);
    expect(made.folder).not.toBe(folder);
  });

  it('wants a backup or --salvage, not both', async () => {
    const place = testPlace();
    expect(await place.run(['restore'])).toMatchObject({ exitCode: 2 });
    expect(await place.run(['restore', 'x', '--salvage'])).toMatchObject({ exitCode: 2 });
  });

  it('salvages what can be read of a damaged database, and the next start serves it', async () => {
    const place = testPlace();
    const service = await place.serve();
    const ids: string[] = [];
    // More than fit on one page.
    for (let number = 0; number < 9; number += 1) ids.push(await service.submit(keymapOf(number)));
    for (const id of ids) await service.ended(id);
    await service.stop();
    const file = join(place.dataDir, 'kiln.sqlite');
    const content = readFileSync(file);
    // The last page, whatever it holds.
    writeFileSync(file, content.fill(0xa5, content.length - 4096));
    expect(await place.run(['doctor'])).toMatchObject({ exitCode: 3 });
    const salvaged = await place.run(['restore', '--salvage']);
    expect(salvaged.stdout).toMatch(/^Kept \d jobs and 0 firmware trees\.\n/);
    const next = await place.serve();
    expect(await next.stop()).toMatchObject({ exitCode: 0 });
    expect((await readRecords(place.dataDir)).damage).toEqual([]);
  });
});
