/** `kiln schedule` and `kiln update`, beside a running service. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TaskState } from '../../core/schedule/contract.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { createGitTree } from '../fixtures/service/git-tree.ts';
import { testPlace } from '../fixtures/service/test-place.ts';

describe('kiln schedule', () => {
  it('lists what the service does by itself, and does it now; what it did outlives the service', async () => {
    const place = testPlace();
    const upstream = createGitTree(place.folder);
    const added = await place.run(['tree', 'add', 'mine', `file://${upstream.folder}`]);
    expect(added.exitCode).toBe(0);
    const service = await place.serve();
    const tasks = jsonOf<{ tasks: TaskState[] }>(
      await place.run(['schedule', 'ls', '--json']),
    ).tasks;
    expect(tasks.map(({ name, when }) => [name, when])).toEqual([
      ['storage', 'every 10 min'],
      ['heartbeat', 'every 1 min'],
      ['logs', 'every 10 min'],
      ['backup', '30 3 * * *'],
      ['database', '30 3 * * *'],
      // No network without consent.
      ['tree-updates', 'on demand'],
    ]);
    const backup = await place.run(['schedule', 'run', 'backup']);
    expect(backup.stdout).toMatch(/^backup: done\. daily-/);
    expect(readdirSync(join(place.dataDir, 'backups'))).toHaveLength(1);
    const database = await place.run(['schedule', 'run', 'database']);
    expect(database.stdout).toMatch(/^database: done\. In order/);

    expect((await place.run(['update'])).stdout).toContain('mine: up to date');
    const newest = upstream.commit('new.md', 'news\n');
    const updated = await place.run(['trigger_update']);
    expect(updated.stderr).toContain('trigger_update is called here: kiln update --now');
    expect(updated.stdout).toContain(`mine: now at ${newest.slice(0, 10)}`);
    await service.stop();

    const again = await place.serve();
    const later = jsonOf<{ tasks: TaskState[] }>(
      await place.run(['schedule', 'ls', '--json']),
    ).tasks;
    expect(later.find(({ name }) => name === 'backup')).toMatchObject({
      outcome: 'done',
      message: expect.stringContaining('daily-'),
    });
    const unknown = await place.run(['schedule', 'run', 'nothing', '--json']);
    expect(unknown.exitCode).toBe(2);
    await again.stop();
  }, 120_000);
});
