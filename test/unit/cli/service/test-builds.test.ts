import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckRun } from '../../../../cli/service/check-desk.ts';
import {
  nextToTest,
  startTestBuilds,
  TESTED_AGAIN_MS,
} from '../../../../cli/service/test-builds.ts';
import { KilnError } from '../../../../core/errors.ts';
import type { TestAnswer } from '../../../../core/test-builds/contract.ts';
import { createDependencies, submitJob } from '../../../fixtures/api/service.ts';
import { until } from '../../../fixtures/service/until.ts';

const WORKS: TestAnswer = { works: true, warnings: false, message: 'Linking', durationMs: 5 };

/** The tester over the fixtures' tree, whose builds end when the test says so. */
function createPlace(options: { hold?: boolean } = {}) {
  const service = createDependencies();
  const started: CheckRun[] = [];
  const settle: ((answer: TestAnswer | KilnError) => void)[] = [];
  const run = (build: CheckRun): Promise<TestAnswer> => {
    started.push(build);
    return new Promise((resolve, reject) => {
      settle.push((answer) => (answer instanceof KilnError ? reject(answer) : resolve(answer)));
      build.signal.addEventListener('abort', () =>
        reject(new KilnError('job.canceled', 'Given up.')),
      );
      if (options.hold !== true) resolve(WORKS);
    });
  };
  const clock = { now: Date.now() };
  const version = { of: 'v1' };
  const start = () => {
    const tester = startTestBuilds({
      ...service.dependencies,
      store: service.tests,
      run,
      versionOf: async () => version.of,
      now: () => clock.now,
      quietMs: 1,
    });
    stops.push(tester.stop);
    return tester;
  };
  const stops: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const stop of stops) await stop();
    await service.close();
  });
  const keyboards = () => service.tests.summaries('qmk').map(({ keyboard }) => keyboard);
  return { ...service, started, settle, start, keyboards, clock, version };
}

const named = (build: CheckRun | undefined) => build?.payload.keyboard;

describe('test builds', () => {
  it('walk every keyboard, with what cannot be read as a failure of its own, and rest then', async () => {
    const place = createPlace();
    const tester = place.start();
    await until('all keyboards', () => tester.status().state === 'resting');
    expect(place.keyboards()).toEqual([
      'broken/board',
      'handwired/onekey/a/b/c/d',
      'planck/rev6',
      'zoo',
    ]);
    expect(place.started.map(named)).toEqual(['handwired/onekey/a/b/c/d', 'planck/rev6', 'zoo']);
    expect(place.tests.record('qmk', 'broken/board')).toMatchObject({
      works: false,
      keymap: null,
      message: expect.stringContaining('no JSON'),
    });
    expect(place.tests.record('qmk', 'zoo')).toMatchObject({ works: true, keymap: 'generated' });
  });

  it('give their build up for a job, record nothing of it, and go on with the same keyboard', async () => {
    const place = createPlace({ hold: true });
    const tester = place.start();
    await until('a build', () => place.started.length === 1);
    const id = await submitJob(place);
    await until('it to be given up', () => place.started[0]?.signal.aborted);
    expect(tester.status()).toMatchObject({ state: 'yielding', yielded: 1, keyboard: null });
    await place.queue.cancel(id);
    await until('it to go on', () => place.started.length === 2);
    expect(named(place.started[1])).toBe(named(place.started[0]));
    expect(place.keyboards()).toEqual(['broken/board']);
  });

  it('begin no build while a job runs', async () => {
    const place = createPlace();
    await submitJob(place);
    await place.queue.claim('w1', ['compile'], 60_000);
    const tester = place.start();
    await expect(until('a build', () => place.started.length > 0, 300)).rejects.toThrow();
    expect(tester.status().state).toBe('yielding');
  });

  it('go on where they stopped', async () => {
    const place = createPlace({ hold: true });
    const first = place.start();
    await until('a build', () => place.started.length === 1);
    place.settle[0]?.(WORKS);
    await until('the next', () => place.started.length === 2);
    await first.stop();
    place.start();
    await until('the same again', () => place.started.length === 3);
    expect(named(place.started[2])).toBe(named(place.started[1]));
  });

  it('take trouble of the machine for none of the keyboard', async () => {
    const place = createPlace({ hold: true });
    place.start();
    await until('a build', () => place.started.length === 1);
    place.settle[0]?.(new KilnError('toolchain.missing', 'There is no compiler.'));
    await expect(until('a record', () => place.keyboards().length > 1, 300)).rejects.toThrow();
  });

  it('test again after a day, or at once when the tree is another', async () => {
    const place = createPlace();
    const first = place.start();
    await until('all keyboards', () => first.status().state === 'resting');
    await first.stop();
    const again = async (expected: number) => {
      const tester = place.start();
      await until('rest', () => tester.status().state === 'resting');
      await tester.stop();
      expect(place.started).toHaveLength(expected);
    };
    await again(3);
    place.version.of = 'v2';
    await again(6);
    place.clock.now += TESTED_AGAIN_MS + 1;
    await again(9);
  });
});

describe('the next keyboard', () => {
  const names = ['a', 'b', 'c'];
  it('is the one after the place, and the first after the last', () => {
    expect(nextToTest(names, null, () => true)).toBe('a');
    expect(nextToTest(names, 'b', () => true)).toBe('b');
    expect(nextToTest(names, 'b', (name) => name !== 'b')).toBe('c');
    expect(nextToTest(names, 'c', (name) => name === 'a')).toBe('a');
    // The keyboard at that place was removed from the tree.
    expect(nextToTest(names, 'bb', () => true)).toBe('c');
    expect(nextToTest(names, 'z', () => true)).toBe('a');
    expect(nextToTest(names, null, () => false)).toBeNull();
  });
});
