/** Builds that are ended from outside: canceled, out of time, or with the whole service. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { describeProcesses } from '../fixtures/service/processes.ts';
import { readRecords } from '../fixtures/service/records.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

/** What runs on behalf of the place besides the service and its workers. */
const buildProcesses = (place: Place) =>
  place.processes().filter(({ mark }) => mark.split('/').length > 2);

async function serveWithGate(options: { stubborn?: boolean; env?: Record<string, string> } = {}) {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'), options);
  const env = { KILN_TOOLCHAIN_DIR: gate.folder, ...options.env };
  return { place, gate, env, service: await place.serve({ env }) };
}

/** Milliseconds until nothing of a build runs any more. */
async function untilBuildIsGone(place: Place, began: number): Promise<number> {
  try {
    await until('the build to be gone', () => buildProcesses(place).length === 0, 10_000);
  } catch {
    throw new Error(`still there:\n${describeProcesses(buildProcesses(place))}`);
  }
  return performance.now() - began;
}

describe('canceling', () => {
  it.each([
    ['a compiler', false],
    ['a compiler that does not hear SIGTERM and has a child in a session of its own', true],
  ])('ends %s within two seconds, and the worker goes on', async (_, stubborn) => {
    const { place, gate, service } = await serveWithGate({ stubborn });
    const id = await service.submit(keymapOf(1));
    await until('a compiler at work', gate.reached);
    expect(buildProcesses(place).length).toBeGreaterThan(1);

    const began = performance.now();
    expect(await service.cancel(id)).toMatchObject({ state: 'running', cancelRequested: true });
    expect(await untilBuildIsGone(place, began)).toBeLessThan(2000);
    expect(await service.ended(id)).toMatchObject({
      state: 'canceled',
      error: { code: 'job.canceled' },
    });
    expect(await service.contract(id)).toMatchObject({
      status: 'failed',
      result: { returncode: -3, firmware_filename: '' },
    });

    gate.open();
    const next = await service.submit(keymapOf(2));
    expect(await service.ended(next)).toMatchObject({ state: 'finished' });
    expect(keymapsIn(await service.file(next, 'download'))).toEqual([2]);
    expect(await service.stop()).toMatchObject({ exitCode: 0 });
    expect((await readRecords(place.dataDir)).buildFolders).toEqual([]);
  });

  it('takes a waiting job out of the queue at once, and needs the token', async () => {
    const { gate, service } = await serveWithGate();
    const running = await service.submit(keymapOf(1));
    await until('a compiler at work', gate.reached);
    const waiting = await service.submit(keymapOf(2));
    const refused = await service.request(`/kiln/v1/jobs/${waiting}/cancel`, { method: 'POST' });
    expect(refused.status).toBe(401);
    expect(await service.view(waiting)).toMatchObject({ state: 'queued', position: 0 });

    expect(await service.cancel(waiting)).toMatchObject({ state: 'canceled', tries: 0 });
    expect(await service.contract(waiting)).toMatchObject({ status: 'failed' });
    gate.open();
    expect(await service.ended(running)).toMatchObject({ state: 'finished' });
    expect(await service.view(waiting)).toMatchObject({ state: 'canceled', tries: 0 });
    await service.stop();
  });
});

describe('the time limit', () => {
  it('ends a build with all its processes, and the job says so', async () => {
    const { place, gate, service } = await serveWithGate({
      env: { KILN_JOB_TIMEOUT_SECONDS: '1' },
    });
    const id = await service.submit(keymapOf(1));
    await until('a compiler at work', gate.reached);
    expect(await service.ended(id)).toMatchObject({
      state: 'failed',
      error: {
        code: 'job.timed-out',
        kind: 'environment',
        message: 'The build took longer than 1 seconds and was stopped.',
        remedy: expect.stringContaining('KILN_JOB_TIMEOUT_SECONDS'),
      },
    });
    expect(buildProcesses(place)).toEqual([]);
    expect(await service.contract(id)).toMatchObject({ status: 'failed' });
    await service.stop();
    expect((await readRecords(place.dataDir)).buildFolders).toEqual([]);
  });
});

describe('SIGTERM to a service that builds', () => {
  it('hands the job back, lets listeners go and ends well; the next start finishes it', async () => {
    const { place, gate, env, service } = await serveWithGate();
    const ids = [await service.submit(keymapOf(1)), await service.submit(keymapOf(2))];
    const [first = '', second = ''] = ids;
    const events: string[] = [];
    const listening = (async () => {
      for await (const { event } of service.events(first)) events.push(event);
    })();
    await until('a compiler at work', gate.reached);
    await until('the listener to hear of it', () => events.includes('log'));

    const began = performance.now();
    const ended = await service.stop();
    expect(ended).toMatchObject({ exitCode: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(6000);
    // The stream ends without an `end`: the job did not.
    await listening;
    expect(events).not.toContain('end');
    expect(place.processes()).toEqual([]);
    const left = await readRecords(place.dataDir);
    expect(left.jobs.map(({ job }) => [job.id, job.state, job.tries])).toEqual([
      [first, 'queued', 0],
      [second, 'queued', 0],
    ]);
    expect(left.buildFolders).toEqual([]);

    gate.open();
    const next = await place.serve({ env });
    for (const [index, id] of ids.entries()) {
      expect(await next.ended(id)).toMatchObject({ state: 'finished', tries: 1 });
      expect(keymapsIn(await next.file(id, 'download'))).toEqual([index + 1]);
    }
    expect(await next.stop()).toMatchObject({ exitCode: 0 });
    const { jobs } = await readRecords(place.dataDir);
    expect(jobs.map(({ ends, gapless }) => ({ ends, gapless }))).toEqual(
      Array(2).fill({ ends: 1, gapless: true }),
    );
  });
});

const STOP_WITH_INPUT = ['serve', '--json', '--port', '0', '--stop-with-input'];

describe('--stop-with-input', () => {
  it('ends the service with its input, as a signal does', async () => {
    const place = testPlace();
    const { child, ended, stdout } = place.start(STOP_WITH_INPUT, { stdin: 'pipe' });
    await until('the service to be ready', () => stdout().includes('"url"'));
    child.stdin?.end();
    expect(await ended).toMatchObject({ exitCode: 0, signal: null });
    expect((await ended).stderr).toContain('end of input');
    expect(place.processes()).toEqual([]);
  });

  it('lets a service end that could not start, or was told by a signal, while its input is open', async () => {
    const place = testPlace();
    const first = place.start(STOP_WITH_INPUT, { stdin: 'pipe' });
    await until('the service to be ready', () => first.stdout().includes('"url"'));
    const second = place.start(STOP_WITH_INPUT, { stdin: 'pipe' });
    expect((await second.ended).stdout).toContain('service.data-in-use');
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ exitCode: 0, signal: null });
  });
});
