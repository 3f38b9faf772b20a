/** The operators' commands, as processes beside a service that builds with the real compiler. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { QueueView } from '../../api/schemas/kiln-queue.ts';
import type { ErrorReport } from '../../core/errors.ts';
import { jsonOf } from '../fixtures/service/command.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

describe('kiln jobs, beside a service', () => {
  it('lists what runs and waits, ends a running job, empties the queue, repeats and reads one', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
    const running = await service.submit(keymapOf(1));
    await until('the compiler', gate.reached);
    const waiting = [await service.submit(keymapOf(2)), await service.submit(keymapOf(3))];

    const listed = await place.run(['ls_jobs']);
    expect(listed.stderr).toContain('ls_jobs is called here: kiln jobs ls');
    expect(listed.stdout).toContain('1 running, 2 waiting');
    expect(listed.stdout).toMatch(new RegExp(`^running .*${running} .*127\\.0\\.0\\.1$`, 'm'));
    expect(listed.stdout).toMatch(new RegExp(`^queued +1 ahead .*${waiting[1]}`, 'm'));
    expect(listed.stdout).toMatch(/^worker-[0-9a-f]+ {2}\w+.*kiln\/pad4x4:same/m);
    const view = jsonOf<QueueView>(await place.run(['jobs', 'ls', '--json']));
    expect(view.workers).toMatchObject([{ alive: true, jobId: running }]);

    const shares = await place.run(['jobs', 'by-client']);
    expect(shares.stdout).toMatch(/^127\.0\.0\.1 +2 waiting, 1 running/);

    // Nobody is at a terminal to say yes.
    const unasked = await place.run(['jobs', 'flush']);
    expect(unasked.exitCode).toBe(130);
    expect(unasked.stdout).toContain('This cancels 2 waiting jobs; 1 running go on');
    expect((await service.view(waiting[0] ?? '')).state).toBe('queued');
    const flushed = await place.run(['jobs', 'flush', '--yes', '--json']);
    expect(jsonOf(flushed)).toEqual({ canceled: 2, stopping: 0 });

    const pong = jsonOf<{ workers: { ms: number; jobId: string }[] }>(
      await place.run(['ping', '--json']),
    );
    expect(pong.workers).toEqual([
      { id: expect.any(String), ms: expect.any(Number), jobId: running },
    ]);

    const canceled = await place.run(['cancel_job', running]);
    expect(canceled.stdout).toContain('was asked to end');
    await service.inState(running, 'canceled');

    gate.open();
    const again = jsonOf<{ id: string }>(await place.run(['jobs', 'retry', running, '--json']));
    await service.inState(again.id, 'finished');
    const log = await place.run(['jobs', 'log', again.id]);
    expect(log.stdout).toContain('The firmware size is fine');
    const shown = await place.run(['jobs', 'show', again.id]);
    expect(shown.stdout).toContain('Builds    kiln/pad4x4:same (starter)');
    expect(shown.stdout).toContain('Result    kiln_pad4x4_same.hex');
    const unknown = await place.run(['jobs', 'show', '0'.repeat(32), '--json']);
    expect(unknown.exitCode).toBe(2);
    expect(jsonOf<{ error: ErrorReport }>(unknown).error.code).toBe('job.unknown');
    await service.stop();

    // What was there is still to be seen, and a new job waits, while no service runs.
    const offline = await place.run(['jobs', 'retry', again.id]);
    expect(offline.stdout).toContain('It waits until a service runs');
    const list = await place.run(['jobs', 'ls']);
    expect(list.stdout).toContain('0 running, 1 waiting');
    expect(list.stdout).toContain('No service runs');
    const nobody = await place.run(['ping', '--json']);
    expect(nobody.exitCode).toBe(3);
  }, 120_000);
});

describe('kiln test-keyboard', () => {
  it('says with its exit code whether a keyboard builds, with a service and without', async () => {
    const place = testPlace();
    const alone = await place.run(['test-keyboard', 'kiln/pad4x4']);
    expect(alone).toMatchObject({ exitCode: 0 });
    expect(alone.stdout).toContain('kiln/pad4x4 works: LAYOUT_ortho_4x4');
    const service = await place.serve();
    const served = await place.run(['test_keyboard', 'kiln/sixty', '--json']);
    expect(served.exitCode).toBe(0);
    const { jobId } = jsonOf<{ jobId: string }>(served);
    expect(await service.view(jobId)).toMatchObject({
      state: 'finished',
      build: { keymap: 'kiln_test' },
    });
    const unknown = await place.run(['test-keyboard', 'no/such', '--json']);
    expect(unknown.exitCode).toBe(2);
    expect(jsonOf<{ error: ErrorReport }>(unknown).error.code).toBe('keyboard.unknown');
    const layout = await place.run(['test-keyboard', 'kiln/pad4x4', '--layout', 'LAYOUT_no']);
    expect(layout.exitCode).toBe(2);
    await service.stop();
  }, 120_000);
});
