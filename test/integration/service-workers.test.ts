/** The supervisor with real workers, where the service's own commands cannot bring the trouble about. */
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { submitKeymap } from '../../api/submission.ts';
import { openKiln } from '../../cli/service/kiln.ts';
import { startWorkers } from '../../cli/service/worker-supervisor.ts';
import { createLogger } from '../../core/log.ts';
import { loadSettings } from '../../core/settings.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { SeenProcess } from '../fixtures/service/processes.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const ALIVE_MS = 500;

/** One worker of a supervisor in this very process, with a compiler that waits. */
async function startWorker() {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'));
  const flags = { dataDir: place.dataDir, workers: 1, toolchainDir: gate.folder };
  const settings = loadSettings({ ...flags, logLevel: 'silent' }, {});
  const log = createLogger({ level: 'silent', name: 'test' });
  const kiln = await openKiln(settings, { log, exclusive: true });
  onTestFinished(() => kiln.close());
  const { queue, paths } = kiln;
  const parts = { settings, queue, log, buildsFolder: paths.builds, aliveMs: ALIVE_MS };
  const workers = startWorkers(parts);
  onTestFinished(() => workers.stop());
  const keymap = Buffer.from(JSON.stringify(keymapOf(1)));
  const { id } = await submitKeymap(keymap, 'test', kiln);
  await until('a compiler at work', gate.reached);
  const isWorker = ({ command }: SeenProcess) => command.includes('worker/main');
  const { pid } = place.processes().find(isWorker)!;
  const isThere = () => place.processes().some((seen) => seen.pid === pid);
  const finished = () =>
    until('the job to be finished', async () => {
      const now = await queue.get(id);
      return now?.state === 'finished' ? now : null;
    });
  return { place, gate, workers, pid, isThere, finished };
}

it('A worker that hangs is ended, and the next one builds its job', async () => {
  const { place, gate, workers, pid, isThere, finished } = await startWorker();
  process.kill(pid, 'SIGSTOP');
  await until('its end', () => !isThere());
  gate.open();
  expect(await finished()).toMatchObject({ tries: 2, result: { returncode: 0 } });
  await workers.stop();
  expect(place.processes()).toEqual([]);
});

it('A worker that works on is kept when the service itself stood still', async () => {
  const { gate, workers, isThere, finished } = await startWorker();
  // As under Ctrl+Z: no timer and no message for longer than a worker may be silent.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ALIVE_MS * 8);
  const resumedAt = Date.now();
  await until('a sign of life', () => (workers.workers()[0]?.lastHeartbeatAt ?? 0) > resumedAt);
  gate.open();
  expect(await finished()).toMatchObject({ tries: 1, result: { returncode: 0 } });
  expect(isThere()).toBe(true);
});
