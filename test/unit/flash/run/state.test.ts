import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { CONTENTS } from '../../../../flash/run/contents.ts';
import {
  cancelRefusal,
  FIRST_STATE,
  nextAction,
  type RunEvent,
  type RunState,
  reduce,
  type StepFacts,
} from '../../../../flash/run/state.ts';
import type { Evidence } from '../../../../flash/tools/contract.ts';

const error = new KilnError('flash.permission', 'No.').toReport();

const WRITE: StepFacts = {
  stage: 'write',
  writesFlash: true,
  erases: false,
  cancelable: false,
  exitCodeTells: false,
  optional: false,
};
const ERASE: StepFacts = {
  ...WRITE,
  stage: 'erase',
  writesFlash: false,
  erases: true,
  exitCodeTells: true,
};
const COMPARE: StepFacts = {
  ...WRITE,
  stage: 'verify',
  writesFlash: false,
  cancelable: true,
  exitCodeTells: true,
  optional: true,
};
const RESTART: StepFacts = { ...COMPARE, stage: 'restart', cancelable: false };
const SETTINGS: StepFacts = { ...WRITE, writesFlash: false };

const stages = fc.constantFrom('erase', 'write', 'verify', 'restart' as const);
const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc.record({ type: fc.constant('stage' as const), stage: stages }) as fc.Arbitrary<Evidence>,
  fc.record({
    type: fc.constant('progress' as const),
    fraction: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    type: fc.constant('done' as const),
    what: fc.constantFrom(
      'erased' as const,
      'written' as const,
      'verified' as const,
      'restarted' as const,
    ),
  }),
  fc.record({
    type: fc.constant('failed' as const),
    failure: fc.constantFrom(
      'no-device' as const,
      'wrong-chip' as const,
      'verify-failed' as const,
      'write-failed' as const,
      'device-lost' as const,
    ),
  }),
);

const steps = fc.oneof(
  fc.constant([ERASE, WRITE, RESTART]),
  fc.constant([WRITE]),
  fc.constant([WRITE, COMPARE, RESTART]),
  fc.constant([SETTINGS, RESTART]),
  fc.constant([ERASE, SETTINGS, WRITE, RESTART]),
);

const prepared = fc.record({ steps, comparable: fc.boolean() }).map(
  ({ steps: list, comparable }): RunEvent => ({
    type: 'prepared',
    steps: list,
    comparable,
    goal: list.some(({ writesFlash }) => writesFlash) ? 'firmware' : 'settings',
  }),
);

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  { weight: 2, arbitrary: prepared },
  { weight: 8, arbitrary: evidence.map((one): RunEvent => ({ type: 'evidence', evidence: one })) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('step-ended' as const),
      outcome: fc.constantFrom(
        'exited' as const,
        'signaled' as const,
        'silent' as const,
        'timed-out' as const,
      ),
      exitCode: fc.constantFrom(0, 1, 74, null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<RunEvent>(
      { type: 'refused', error },
      { type: 'waiting' },
      { type: 'several' },
      { type: 'step-ended', outcome: 'not-started', exitCode: null, error },
      { type: 'returned' },
      { type: 'not-returned', stillInBootloader: true },
      { type: 'not-returned', stillInBootloader: false },
      { type: 'wait-over' },
      { type: 'cancel' },
    ),
  },
);

function walk(events: readonly RunEvent[]): readonly RunState[] {
  const states: RunState[] = [FIRST_STATE];
  for (const one of events) states.push(reduce(states.at(-1) ?? FIRST_STATE, one));
  return states;
}

const reach = (...events: RunEvent[]) => walk(events).at(-1) ?? FIRST_STATE;
const ready = (list: StepFacts[], comparable = true): RunEvent => ({
  type: 'prepared',
  steps: list,
  comparable,
  goal: list.some(({ writesFlash }) => writesFlash) ? 'firmware' : 'settings',
});
const shown = (one: Evidence): RunEvent => ({ type: 'evidence', evidence: one });
const written = shown({ type: 'done', what: 'written' });
const verified = shown({ type: 'done', what: 'verified' });
const exit = (exitCode: number): RunEvent => ({ type: 'step-ended', outcome: 'exited', exitCode });

describe('whatever happens', () => {
  const paths = fc.array(event, { maxLength: 40 });

  it('a run that ends says what happened, what the device holds, and what to do', () => {
    fc.assert(
      fc.property(paths, (events) => {
        for (const state of walk(events)) {
          expect(state.end !== null).toBe(state.phase === 'ended');
          expect(Object.keys(CONTENTS)).toContain(state.holds);
          if (state.end === null) continue;
          for (const text of [state.end.message, state.end.holds, state.end.next]) {
            expect(text).toMatch(/\S.*\.$/);
          }
          expect(nextAction(state)).toEqual({ do: 'nothing' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('it is complete only when the writing was shown, compared where that is possible, and the keyboard is back', () => {
    fc.assert(
      fc.property(paths, (events) => {
        const states = walk(events);
        const last = states.at(-1);
        if (last?.end?.outcome !== 'complete') return;
        const at = states.findIndex(({ phase }) => phase === 'ended');
        expect(events[at - 1]?.type).toBe('returned');
        if (last.goal === 'settings') return;
        expect(last.written).toBe(true);
        if (last.comparable) expect(last.verified).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('the new firmware is claimed only after it was shown, and the old one only before anything was', () => {
    fc.assert(
      fc.property(paths, (events) => {
        let sawVerified = false;
        let sawWriting = false;
        let state = FIRST_STATE;
        for (const one of events) {
          const isAtWork = state.phase === 'work' && state.steps[state.step]?.writesFlash === true;
          if (one.type === 'evidence' && one.evidence.type === 'done') {
            sawVerified ||= state.phase === 'work' && one.evidence.what === 'verified';
            sawWriting ||= isAtWork && one.evidence.what === 'written';
          }
          state = reduce(state, one);
          if (state.holds === 'new') expect(sawVerified).toBe(true);
          if (sawWriting) expect(state.holds).not.toBe('unchanged');
          // In the middle of a writing step nobody knows better.
          if (isAtWork && state.phase === 'work' && state.steps[state.step]?.writesFlash) {
            expect(state.holds).not.toBe('unchanged');
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('an end is an end, and a cancel in the middle of writing does nothing', () => {
    fc.assert(
      fc.property(paths, event, (events, one) => {
        const state = reach(...events);
        if (state.phase === 'ended') expect(reduce(state, one)).toBe(state);
        else if (cancelRefusal(state) !== null)
          expect(reduce(state, { type: 'cancel' })).toBe(state);
        else expect(reduce(state, { type: 'cancel' }).end?.outcome).toBe('canceled');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a tool that', () => {
  it('ends well without having shown anything has failed, and nobody knows what is there', () => {
    const state = reach(ready([WRITE]), exit(0));
    expect(state.end).toMatchObject({ outcome: 'failed' });
    expect(state.holds).toBe('unknown');
  });

  it('gives up after all was compared is forgiven', () => {
    const state = reach(ready([WRITE]), written, verified, exit(74), { type: 'returned' });
    expect(state.end).toMatchObject({ outcome: 'complete' });
    expect(state.holds).toBe('new');
  });

  it('wrote, but could not compare where that is possible, is not believed', () => {
    const state = reach(ready([WRITE]), written, exit(0), { type: 'returned' });
    expect(state.end).toMatchObject({ outcome: 'unconfirmed' });
    expect(state.holds).toBe('new-unverified');
  });

  it('compared and found a difference has failed, whatever it said before', () => {
    const differs = shown({ type: 'failed', failure: 'verify-failed' });
    for (const order of [
      [written, verified, differs],
      [differs, written, verified],
    ]) {
      const state = reach(ready([WRITE]), ...order, exit(0));
      expect(state.end).toMatchObject({ outcome: 'failed', failure: 'verify-failed' });
      expect(state.holds).toBe('differs');
    }
  });

  it('stops before it changes anything leaves the old firmware', () => {
    const wrong = shown({ type: 'failed', failure: 'wrong-chip' });
    expect(reach(ready([WRITE]), wrong, exit(1)).holds).toBe('unchanged');
    const late = shown({ type: 'progress', fraction: 0.2 });
    expect(reach(ready([WRITE]), late, wrong, exit(1)).holds).toBe('partial');
  });

  it('erased, and then cannot write, leaves no firmware', () => {
    const erased = shown({ type: 'done', what: 'erased' });
    const gone = shown({ type: 'failed', failure: 'no-device' });
    expect(reach(ready([ERASE, WRITE]), erased, exit(0), gone, exit(1)).holds).toBe('erased');
  });

  it('cannot be read cannot be compared, and stays in its bootloader when it took nothing', () => {
    const end = (last: RunEvent) => reach(ready([WRITE], false), written, exit(0), last);
    expect(end({ type: 'returned' }).end?.outcome).toBe('complete');
    expect(end({ type: 'not-returned', stillInBootloader: false }).end?.outcome).toBe(
      'unconfirmed',
    );
    const stayed = end({ type: 'not-returned', stillInBootloader: true });
    expect(stayed.end?.outcome).toBe('unconfirmed');
    expect(stayed.holds).toBe('unknown');
  });
});
