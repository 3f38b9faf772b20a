/** Test builds by a real service: every keyboard of the starter tree, and people first. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TestBuildsView } from '../../api/schemas/kiln-test-builds.ts';
import { keymapOf } from '../fixtures/service/keymaps.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

const BOTH = { 'kiln/pad4x4': true, 'kiln/sixty': true };

async function view(service: Service): Promise<TestBuildsView> {
  const headers = { authorization: `Bearer ${service.token}` };
  const answer = await service.request('/kiln/v1/trees/starter/test-builds', { headers });
  return (await answer.json()) as TestBuildsView;
}

const status = async (service: Service) =>
  (await (await service.request('/v1/keyboards/build_status')).json()) as Record<string, boolean>;

describe('test builds of a service', () => {
  it('give way to a job at once, leave nothing of the build, go on, and keep what they found', async () => {
    const place = testPlace();
    const gate = createGate(join(place.folder, 'toolchain'));
    const env = { KILN_TEST_BUILDS: 'on', KILN_TOOLCHAIN_DIR: gate.folder };
    const service = await place.serve({ env });
    await until('the compiler of a test build', gate.reached, 60_000);
    expect(await view(service)).toMatchObject({ state: 'building', counts: { untested: 2 } });

    const id = await service.submit(keymapOf(1));
    // The job’s own compiler waits at the gate: it has a worker, while nobody’s test build runs.
    await service.inState(id, 'running');
    await until('it to be given up', async () => (await view(service)).yielded === 1);
    expect(await view(service)).toMatchObject({ state: 'yielding', keyboard: null });
    gate.open();
    await service.inState(id, 'finished');

    await until(
      'both keyboards',
      async () => Object.keys(await status(service)).length === 2,
      90_000,
    );
    expect(await status(service)).toEqual(BOTH);
    const answer = await service.request('/v1/keyboards/kiln/sixty/build_log');
    const log = (await answer.json()) as { message: string };
    expect(log).toEqual({
      works: true,
      warnings: false,
      last_tested: expect.any(Number),
      message: expect.stringContaining('The firmware size is fine'),
    });
    expect(log.message).not.toContain(place.dataDir);
    // Nobody’s history has them.
    const headers = { authorization: `Bearer ${service.token}` };
    const history = await service.request('/kiln/v1/builds', { headers });
    expect(((await history.json()) as { builds: unknown[] }).builds).toHaveLength(1);
    await service.stop();

    const off = await place.serve();
    expect(await status(off)).toEqual(BOTH);
    expect((await view(off)).state).toBe('off');
    await off.stop();
  }, 180_000);
});
