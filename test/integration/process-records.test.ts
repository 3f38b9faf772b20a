/** Processes of a run that crashed, and what is left of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endRecorded, recordProcess } from '../../core/process-records.ts';
import { start } from '../../core/subprocess.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { until } from '../fixtures/service/until.ts';
import { temporaryFolder } from '../fixtures/toolchain/tools.ts';

describe('recorded processes', () => {
  it('are ended with all that they started, a daemon among it', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'processes.jsonl');
    let pid = 0;
    // Leads a group, and leaves a child outside of it.
    const running = start('/bin/sh', ['-c', 'setsid sleep 1000 & exec sleep 1000'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '' },
      maxOutputBytes: 1024,
      onSpawn: (identity) => {
        pid = identity.pid;
        recordProcess(file, identity);
      },
    });
    await until('the identity', () => pid > 0);
    expect(await endRecorded(file)).toBe(1);
    expect(await running.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await endRecorded(file)).toBe(0);
  });

  it('are none in a file that is missing or torn', async () => {
    const file = join(temporaryFolder(), 'processes.jsonl');
    expect(await endRecorded(file)).toBe(0);
    writeFileSync(file, '{"pid": 1\nnonsense\n{"pid": -5, "startTime": "0@x"}\n');
    expect(await endRecorded(file)).toBe(0);
  });
});

describe('a service that was killed', () => {
  it('has what hangs below its workers ended by the next start', async () => {
    const place = testPlace();
    const service = await place.serve();
    const file = join(place.dataDir, 'processes.jsonl');
    // Stands for a bubblewrap that waits for its dead starter: nobody ends it, and it carries the place's mark.
    let stray = 0;
    const hanging = start('/bin/sleep', ['1000'], {
      cwd: place.folder,
      env: place.environment() as Record<string, string>,
      maxOutputBytes: 1024,
      onSpawn: (identity) => {
        stray = identity.pid;
        recordProcess(file, identity);
      },
    });
    await until('it to run', () => stray > 0);
    await service.kill();
    const next = await place.serve();
    expect(await hanging.exited).toMatchObject({ signal: 'SIGKILL' });
    await next.stop();
  });
});
