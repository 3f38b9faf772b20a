/** Jobs past `STORAGE_TIME_HOURS` go, with all that belongs to them. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openKiln } from '../../cli/service/kiln.ts';
import { sweep } from '../../cli/service/retention.ts';
import { createLogger } from '../../core/log.ts';
import { loadSettings } from '../../core/settings.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const HOUR = 3_600_000;

describe('retention', () => {
  it('forgets jobs and artifacts past their time, keeps the others, and removes files without a job', async () => {
    const place = testPlace();
    const service = await place.serve();
    const id = await service.submit(keymapOf(1));
    await service.ended(id);
    await service.stop();

    const settings = loadSettings({ dataDir: place.dataDir, storageTimeHours: 5 }, {});
    const log = createLogger({ level: 'silent', name: 'test' });
    const kiln = await openKiln(settings, { log, exclusive: true });
    onTestFinished(() => kiln.close());
    const { kind, payload, timeLimitMs } = (await kiln.queue.get(id))!;
    const waiting = await kiln.queue.submit({ kind, payload, timeLimitMs });
    const stray = 'ab'.repeat(16);
    mkdirSync(join(kiln.paths.artifacts, stray));
    const strayFile = join(kiln.paths.artifacts, stray, 'build.log');
    writeFileSync(strayFile, 'of a job that nobody knows');

    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { endedAt } = (await kiln.queue.get(id))!;
    vi.setSystemTime(endedAt! + 5 * HOUR);
    await sweep(kiln, log);
    // Whose database was lost has nothing but the images: they have their time too.
    expect(readdirSync(kiln.paths.artifacts).sort()).toEqual([id, stray].sort());
    utimesSync(strayFile, 0, (endedAt! - 1) / 1000);
    await sweep(kiln, log);
    expect(readdirSync(kiln.paths.artifacts)).toEqual([id]);
    expect(await kiln.queue.get(id)).toMatchObject({ state: 'finished' });

    vi.setSystemTime(endedAt! + 5 * HOUR + 1);
    await sweep(kiln, log);
    expect(readdirSync(kiln.paths.artifacts)).toEqual([]);
    expect(await kiln.queue.get(id)).toBeNull();
    expect(await kiln.queue.get(waiting.id)).toMatchObject({ state: 'queued' });
  });

  it('answers for a forgotten job as for one that never was', async () => {
    const place = testPlace();
    const first = await place.serve();
    const id = await first.submit(keymapOf(1));
    await first.ended(id);
    await first.stop();
    // A few milliseconds: it is past its time at the next start.
    const next = await place.serve({ env: { STORAGE_TIME_HOURS: '0.000001' } });
    for (const path of [`/v1/compile/${id}`, `/v1/compile/${id}/download`, `/kiln/v1/jobs/${id}`]) {
      const response = await next.request(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'job.unknown' } });
    }
    expect(existsSync(join(place.dataDir, 'firmwares', id))).toBe(false);
    await next.stop();
  });

  it('looks so often that a short time of keeping is kept to, while the service runs', async () => {
    const place = testPlace();
    const service = await place.serve({ env: { STORAGE_TIME_HOURS: '0.000001' } });
    const id = await service.submit(keymapOf(1));
    await until('the job to be forgotten', async () => {
      const { status } = await service.request(`/kiln/v1/jobs/${id}`);
      return status === 404;
    });
    await service.stop();
  });

  it('also happens where only commands build, and no service ever runs', async () => {
    const place = testPlace();
    writeFileSync(join(place.folder, 'keymap.json'), JSON.stringify(keymapOf(1)));
    const jobs = () => readdirSync(join(place.dataDir, 'firmwares'));
    await place.run(['compile', 'keymap.json']);
    const [first] = jobs();
    await place.run(['compile', 'keymap.json']);
    expect(jobs()).toHaveLength(2);
    const env = { STORAGE_TIME_HOURS: '0.000001' };
    expect(await place.run(['compile', 'keymap.json'], { env })).toMatchObject({ exitCode: 0 });
    expect(jobs()).not.toContain(first);
    expect(jobs().length).toBeLessThan(2);
  });
});
