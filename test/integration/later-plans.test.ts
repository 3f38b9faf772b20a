/** Plans that are made after their jobs: what the next builds do meanwhile, and what is left when the making ends early. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createComingPlans } from '../../worker/build/plan/coming-plans.ts';
import { keymapOf, keymapsIn } from '../fixtures/service/keymaps.ts';
import type { Place } from '../fixtures/service/place.ts';
import { readRecords } from '../fixtures/service/records.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { defaultKeymapOf, requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

/** What compilers are asked for a plan, and for nothing else. */
const AT = '-print-prog-name=cc1';

interface Started {
  readonly place: Place;
  readonly gate: ReturnType<typeof createGate>;
  readonly env: Readonly<Record<string, string>>;
}

function prepare(workers = 1): Started {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'), { at: AT });
  const env = { KILN_TOOLCHAIN_DIR: gate.folder, KILN_WORKERS: String(workers) };
  return { place, gate, env };
}

/** A service whose first job has ended, and whose plan waits at the gate. */
async function serve(workers = 1): Promise<Started & { readonly service: Service }> {
  const started = prepare(workers);
  const service = await started.place.serve({ env: started.env });
  const first = await service.ended(await service.submit(keymapOf(1)));
  expect(first.result).toMatchObject({ returncode: 0, way: { path: 'full' } });
  await until('the plan in the making', started.gate.reached);
  return { ...started, service };
}

function plansOf({ dataDir }: Place): string[] {
  const folder = join(dataDir, 'cache/plans');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Of jobs; a worker’s own waits for its next one. */
const foldersOf = ({ dataDir }: Place) =>
  readdirSync(join(dataDir, 'builds')).filter((name) => !name.startsWith('worker-'));

describe('while a plan is made', () => {
  it.each([
    ['the same worker', 1],
    ['any worker', 2],
  ])(
    'a build of its keyboard by %s waits for it',
    async (_who, workers) => {
      const { place, gate, service } = await serve(workers);
      const id = await service.submit(keymapOf(2));
      const again = await service.submit(keymapOf(1));
      await service.inState(id, 'running');
      gate.open();
      expect((await service.ended(id)).result).toMatchObject({ way: { path: 'plan' } });
      expect(keymapsIn(await service.file(id, 'download'))).toEqual([2]);
      // What was built before the plan was there is remembered with it.
      expect((await service.ended(again)).result).toMatchObject({ way: { path: 'stored' } });
      expect(keymapsIn(await service.file(again, 'download'))).toEqual([1]);
      await until('the folder to go', () => foldersOf(place).length === 0);
    },
    120_000,
  );

  it('a check waits for it, too, in a process of its own', async () => {
    const { gate, service } = await serve();
    const answered = service.request('/kiln/v1/check', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${service.token}` },
      body: JSON.stringify(keymapOf(2)),
    });
    // The plan comes while the checker starts, or while it waits: both have to do.
    await nextTurn();
    gate.open();
    expect(await (await answered).json()).toMatchObject({ ok: true, path: 'plan' });
  }, 120_000);

  it('a build of another keyboard does not wait, and leaves a plan of its own afterwards', async () => {
    const { place, gate, service } = await serve();
    const other = defaultKeymapOf('kiln/sixty');
    const view = await service.ended(await service.submit(other));
    expect(view.result).toMatchObject({ returncode: 0, way: { path: 'full' } });
    const whole = () => plansOf(place).filter((name) => !name.startsWith('.'));
    expect(whole()).toEqual([]);
    gate.open();
    await until('both plans', () => whole().length === 2);
    await until('their folders to go', () => foldersOf(place).length === 0);
    expect(plansOf(place).filter((name) => name.startsWith('.'))).toEqual([]);
  }, 120_000);
});

describe('the making of a plan', () => {
  it('ends with the service, and leaves nothing', async () => {
    const { place, service } = await serve();
    await service.stop();
    await place.untilNothingRuns();
    expect((await readRecords(place.dataDir)).buildFolders).toEqual([]);
    expect(plansOf(place)).toEqual([]);
  }, 120_000);

  it('ends with its worker, and the next build is not kept waiting for it', async () => {
    const { place, gate, service } = await serve();
    const isWorker = ({ command }: { readonly command: string }) => command.includes('worker/main');
    process.kill(place.processes().find(isWorker)!.pid, 'SIGKILL');
    await until('its folder to go', () => foldersOf(place).length === 0);
    const id = await service.submit(keymapOf(2));
    const view = await service.ended(id);
    expect(view.result).toMatchObject({ returncode: 0, way: { path: 'full' } });
    gate.open();
    await until('the plan', () => plansOf(place).some((name) => !name.startsWith('.')));
  }, 120_000);

  it('is what kiln compile does after it has said where the image lies; Ctrl+C leaves it out', async () => {
    const { place, gate, env } = prepare();
    const file = join(place.folder, 'keymap.json');
    writeFileSync(file, JSON.stringify(keymapOf(3)));
    const command = place.start(['compile', file], { env });
    let printed = '';
    command.child.stdout!.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('the plan in the making', gate.reached);
    await until('the image’s place', () => /^\S+\.hex$/m.test(printed));
    expect(command.child.exitCode).toBeNull();
    command.child.kill('SIGINT');
    expect(await command.ended).toMatchObject({ exitCode: 0, signal: null });
    await place.untilNothingRuns();
    expect((await readRecords(place.dataDir)).buildFolders).toEqual([]);
    expect(plansOf(place)).toEqual([]);
    gate.open();
    expect(await place.run(['compile', file], { env })).toMatchObject({ exitCode: 0 });
    expect(plansOf(place)).toHaveLength(1);
  }, 120_000);
});

describe('an announced plan', () => {
  const KEY = 'ab12';

  function folderOfPlans(): string {
    const folder = mkdtempSync(join(process.cwd(), 'node_modules/.kiln-coming-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return folder;
  }

  it('is waited for until it is there or given up, by other processes’ stores too, and why there is none is kept', async () => {
    const folder = folderOfPlans();
    const [maker, other] = [createComingPlans(folder), createComingPlans(folder)];
    const end = await maker.announce(KEY, 60_000);
    let isOver = false;
    const waited = other.wait(KEY).then(() => {
      isOver = true;
    });
    await other.wait('cd34');
    expect(isOver).toBe(false);
    end('it is odd');
    await waited;
    expect(maker.noPlanBecause(KEY)).toBe('it is odd');
    expect(readdirSync(folder)).toEqual([]);
    await maker.announce(KEY, 60_000);
    expect(maker.noPlanBecause(KEY)).toBeUndefined();
  });

  it('is not waited for longer than a full build takes, nor by who was canceled', async () => {
    const plans = createComingPlans(folderOfPlans());
    await plans.announce(KEY, 60_000);
    await plans.wait(KEY, AbortSignal.abort());
    const end = await plans.announce(KEY, 50);
    const startedAt = performance.now();
    await plans.wait(KEY);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(50);
    end();
  });

  it('of a process that is gone, or that is no announcement, is none', async () => {
    const folder = folderOfPlans();
    const file = join(folder, `.coming-${KEY}`);
    mkdirSync(folder, { recursive: true });
    const plans = createComingPlans(folder);
    writeFileSync(file, '{"id":"a","pi');
    await plans.wait(KEY);
    const gone = { id: 'a', pid: process.pid, startTime: 'another', longestMs: 3_600_000 };
    writeFileSync(file, JSON.stringify(gone));
    await plans.wait(KEY);
    expect(existsSync(file)).toBe(false);
  });
});
