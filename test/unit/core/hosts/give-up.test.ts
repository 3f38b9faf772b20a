import { beforeEach, describe, expect, it } from 'vitest';
import type { HostNote } from '../../../../core/hosts/board.ts';
import { createGiveUp } from '../../../../core/hosts/give-up.ts';
import type { Job } from '../../../../core/queue/contract.ts';

const GRACE = 1000;

const host = (offers: readonly string[], alive = true): HostNote => ({
  id: offers.join(),
  role: 'worker',
  version: '1.0.0',
  workers: [{ id: 'worker-1', alive, lastHeartbeatAt: 0 }],
  offers,
});

let time: number;
let hosts: HostNote[];
let queued: { id: string; needs: readonly string[] }[];
let refused: Job[];
let look: () => Promise<readonly Job[]>;

beforeEach(() => {
  time = 0;
  hosts = [host(['tree:qmk@1', 'tool:make'])];
  queued = [];
  refused = [];
  look = createGiveUp({
    queue: {
      list: async () => queued as unknown as Job[],
      refuse: async (id, error) => {
        const job = { id, state: 'failed', error } as Job;
        refused.push(job);
        queued = queued.filter((each) => each.id !== id);
        return job;
      },
    },
    hosts: () => hosts,
    graceMs: GRACE,
    now: () => time,
  });
});

describe('jobs that no worker can do', () => {
  it('end once they have waited in vain for the grace time, with what is missing', async () => {
    queued = [
      { id: 'fine', needs: ['tree:qmk@1'] },
      { id: 'none', needs: [] },
      { id: 'vain', needs: ['tree:qmk@2', 'tool:make'] },
    ];
    expect(await look()).toEqual([]);
    time += GRACE - 1;
    expect(await look()).toEqual([]);
    time += 1;
    expect((await look()).map(({ id }) => id)).toEqual(['vain']);
    expect(refused[0]?.error).toMatchObject({
      code: 'job.no-worker',
      message: 'No worker has what this job needs: the firmware tree qmk at 2.',
      details: { needs: ['tree:qmk@2'] },
    });
  });

  it('need one worker that has everything; that two have a part each is not enough', async () => {
    hosts = [host(['tree:qmk@1']), host(['tag:big'])];
    queued = [{ id: 'vain', needs: ['tree:qmk@1', 'tag:big'] }];
    await look();
    time += GRACE;
    expect(await look()).toHaveLength(1);
  });

  it('wait on while the one that could is away for less than the grace time', async () => {
    queued = [{ id: 'job', needs: ['tag:big'] }];
    await look();
    time += GRACE - 1;
    hosts.push(host(['tag:big']));
    await look();
    hosts.pop();
    time += 1;
    await look();
    time += GRACE - 1;
    expect(await look()).toEqual([]);
    time += 1;
    expect(await look()).toHaveLength(1);
  });

  it('wait on while no worker lives at all', async () => {
    hosts = [host(['tag:big'], false)];
    queued = [{ id: 'job', needs: ['tag:small'] }];
    await look();
    time += 2 * GRACE;
    expect(await look()).toEqual([]);
    expect(queued).toHaveLength(1);
  });
});
