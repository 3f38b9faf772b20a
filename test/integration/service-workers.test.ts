/** The supervisor with real workers, where the service's own commands cannot bring the trouble about. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { submitKeymap } from '../../api/submission.ts';
import { openKiln } from '../../cli/service/kiln.ts';
import { SMALL_HEAP } from '../../cli/service/small-heap.ts';
import { startWorkers } from '../../cli/service/worker-supervisor.ts';
import { plainEnvironment } from '../../core/environment.ts';
import { createLogger } from '../../core/log.ts';
import { loadSettings } from '../../core/settings.ts';
import { run } from '../../core/subprocess.ts';
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
  const { queue, paths, hostId } = kiln;
  const parts = { settings, queue, hostId, log, buildsFolder: paths.builds, aliveMs: ALIVE_MS };
  const workers = startWorkers(parts);
  onTestFinished(() => workers.stop());
  const keymap = Buffer.from(JSON.stringify(keymapOf(1)));
  const { id } = await submitKeymap(keymap, { client: 'test' }, kiln);
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

it('A worker that dies leaves no folder that waited for its next build', async () => {
  const { place, gate, pid, isThere, finished } = await startWorker();
  gate.open();
  expect(await finished()).toMatchObject({ result: { returncode: 0 } });
  const waiting = () =>
    readdirSync(join(place.dataDir, 'builds')).filter((name) => name.startsWith('worker-'));
  await until('a folder that waits', () => waiting().length === 1);
  process.kill(pid, 'SIGKILL');
  await until('its end', () => !isThere() && waiting().length === 0);
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

/** Makes objects that live just long enough for Node to give them more and more room. Prints the most, in MiB. */
const BUSY = `
const { getHeapSpaceStatistics } = require('node:v8');
let most = 0;
let kept = [];
for (let number = 0; number < 200; number += 1) {
  kept = [...kept.slice(-12), Array.from({ length: 20_000 }, (_, value) => ({ value }))];
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  most = Math.max(most, young.space_size / 1024 / 1024);
}
console.log(most);`;

it.runIf(process.platform === 'linux')('A worker stays small after busy hours', async () => {
  const { gate, pid, finished } = await startWorker();
  gate.open();
  await finished();
  const [node, ...flags] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  expect(flags.slice(0, SMALL_HEAP.length)).toEqual(SMALL_HEAP);
  const options = { cwd: '/', env: plainEnvironment(), timeoutMs: 60_000, maxOutputBytes: 1024 };
  const { stdout } = await run(node!, [...SMALL_HEAP, '-e', BUSY], options);
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThanOrEqual(16);
});
