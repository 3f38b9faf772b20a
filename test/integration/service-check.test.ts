/** Checks against the running service: what they say, that they keep nothing, and that they outlive their process. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { CheckAnswer } from '../../core/compile/check.ts';
import { keymapOf, withKey } from '../fixtures/service/keymaps.ts';
import type { Service } from '../fixtures/service/service.ts';
import { testPlace } from '../fixtures/service/test-place.ts';
import { createGate } from '../fixtures/service/toolchains.ts';
import { until } from '../fixtures/service/until.ts';
import { requireTools } from '../fixtures/starter-build/build.ts';

beforeAll(requireTools);

function ask(service: Service, path: string, keymap: unknown, signal?: AbortSignal) {
  return service.request(`/kiln/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${service.token}` },
    body: JSON.stringify(keymap),
    ...(signal === undefined ? {} : { signal }),
  });
}

async function check(service: Service, keymap: unknown): Promise<CheckAnswer> {
  const response = await ask(service, 'check', keymap);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as CheckAnswer;
}

/** Of builds; a worker’s own waits for its next one. */
const foldersOf = (dataDir: string) =>
  readdirSync(join(dataDir, 'builds')).filter((name) => !name.startsWith('worker-'));
const plansOf = (dataDir: string) => {
  const folder = join(dataDir, 'cache', 'plans');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
};

it('A check says size and limit, the next one goes by the plan, and a job’s image has just that size', async () => {
  const place = testPlace();
  const service = await place.serve();
  const first = await check(service, keymapOf(1));
  expect(first).toMatchObject({ ok: true, path: 'full', errors: [], limit: 28_672 });
  const second = await check(service, keymapOf(2));
  expect(second).toMatchObject({ ok: true, path: 'plan', size: first.size });
  const view = await service.ended(await service.submit(keymapOf(2)));
  expect(view.result?.size).toEqual({ used: second.size, limit: second.limit });
  expect(foldersOf(place.dataDir)).toEqual([]);
  const { builds } = (await (
    await service.request('/kiln/v1/builds', {
      headers: { authorization: `Bearer ${service.token}` },
    })
  ).json()) as { builds: unknown[] };
  expect(builds).toHaveLength(1);
}, 60_000);

it('A check names the key that is wrong', async () => {
  const service = await testPlace().serve();
  const answer = await check(service, withKey(keymapOf(1), 0, 3, 'KC_FOOO'));
  expect(answer).toMatchObject({
    ok: false,
    size: null,
    errors: [{ layer: 0, index: 3, keycode: 'KC_FOOO', message: expect.any(String) }],
  });
}, 60_000);

it('A newer check of the same client takes the place of the older, and gets its answer', async () => {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'));
  const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
  const older = ask(service, 'check', keymapOf(1));
  await until('a compiler at work', gate.reached);
  const newer = check(service, keymapOf(2));
  expect((await older).status).toBe(409);
  gate.open();
  // The full build went on, and left the plan that this one goes by.
  expect(await newer).toMatchObject({ ok: true, path: 'plan' });
}, 60_000);

it('A check that nobody waits for any more is ended, with all that it started', async () => {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'));
  const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
  const leave = new AbortController();
  const left = ask(service, 'check', keymapOf(1), leave.signal);
  await until('a compiler at work', gate.reached);
  leave.abort();
  await expect(left).rejects.toThrow();
  await until('the build’s folder to be gone', () => foldersOf(place.dataDir).length === 0);
}, 60_000);

it('When the checking process is killed over a build, the client is told, and the next check is answered', async () => {
  const place = testPlace();
  const gate = createGate(join(place.folder, 'toolchain'));
  const service = await place.serve({ env: { KILN_TOOLCHAIN_DIR: gate.folder } });
  const lost = ask(service, 'check', keymapOf(1));
  await until('a compiler at work', gate.reached);
  const isChecker = ({ command }: { readonly command: string }) =>
    command.includes('worker/check-main');
  process.kill(place.processes().find(isChecker)!.pid, 'SIGKILL');
  const answer = await lost;
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'check.unavailable' } });
  expect(foldersOf(place.dataDir)).toEqual([]);
  gate.open();
  expect(await check(service, keymapOf(2))).toMatchObject({ ok: true });
}, 60_000);

it('Prewarming leaves a plan, so that the first build of a person is quick', async () => {
  const place = testPlace();
  const service = await place.serve();
  expect((await ask(service, 'prewarm', keymapOf(1))).status).toBe(202);
  await until('a plan', () => plansOf(place.dataDir).length > 0, 30_000);
  expect(await check(service, keymapOf(2))).toMatchObject({ ok: true, path: 'plan' });
}, 60_000);
