/**
 * A flash run as a state machine: what is known, what comes next, and what each end means. Pure: the driver
 * (`flash-run.ts`) does what `nextAction` says and reports what happened.
 *
 *     prepare ──▶ wait ──▶ work: step 1 … n ──▶ return ──▶ ended
 *                  │ ▲                             (seen again as a keyboard, or not)
 *                  ▼ │
 *                choose (several devices fit: a person says which)
 *
 * Every arrow may also lead to `ended`. `holds` is kept true at every moment: it is what the device would hold if
 * nothing more ever happened.
 */
import type { ErrorReport } from '../../core/errors.ts';
import { type Evidence, HARMLESS, type Stage, type ToolFailure } from '../tools/contract.ts';
import { CONTENTS, type Contents } from './contents.ts';
import {
  type EndingCode,
  type EndingDetails,
  endingOf,
  FAILURES,
  NEXT_STEPS,
  type NextCode,
} from './endings.ts';

export type Phase = 'prepare' | 'wait' | 'choose' | 'work' | 'return' | 'ended';

/** What the state machine needs to know of a step. */
export interface StepFacts {
  readonly stage: Stage;
  /** Whether it writes to the flash; the EEPROM does not count. */
  readonly writesFlash: boolean;
  /** Whether it erases without writing. */
  readonly erases: boolean;
  /** Whether stopping in it leaves the device as it is. */
  readonly cancelable: boolean;
  /** Whether its exit code shows that it was done, where it says nothing. */
  readonly exitCodeTells: boolean;
  /** Whether the run goes on when it fails. */
  readonly optional: boolean;
}

export type Outcome =
  /** Done, and shown to be. */
  | 'complete'
  /** Compared on the chip, but the keyboard did not come back by itself. */
  | 'written'
  /** Perhaps done: nothing shows it. */
  | 'unconfirmed'
  | 'failed'
  | 'canceled';

export interface RunEnd {
  readonly outcome: Outcome;
  /** What happened, in a sentence. */
  readonly message: string;
  /** What the device holds, in a sentence. */
  readonly holds: string;
  /** What to do next, in a sentence. */
  readonly next: string;
  /** Both sentences for a page that speaks another language; null where `error` has them. */
  readonly code: EndingCode | null;
  readonly nextCode: NextCode | null;
  readonly details: EndingDetails;
  readonly failure: ToolFailure | null;
  /** Of a run that was refused. */
  readonly error: ErrorReport | null;
}

/** How a step's program ended; `silent` and `timed-out`: we ended it. */
export type StepOutcome = 'exited' | 'signaled' | 'silent' | 'timed-out' | 'not-started';

export interface RunState {
  readonly phase: Phase;
  readonly steps: readonly StepFacts[];
  /** In `work`: which step, from 0. */
  readonly step: number;
  readonly stage: Stage | null;
  /** Of the stage, 0 to 1; null where no end is known. */
  readonly fraction: number | null;
  readonly holds: Contents;
  /** Whether the image can be compared on this device. */
  readonly comparable: boolean;
  /** What the work is. `settings`: only EEPROM or a restart, the firmware stays. */
  readonly goal: 'firmware' | 'settings';
  readonly written: boolean;
  readonly verified: boolean;
  /** What the device held when the running step began. */
  readonly before: Contents;
  /** Whether the running step has shown that it got so far as to change something. */
  readonly touched: boolean;
  /** What the running step has shown. */
  readonly shown: readonly Extract<Evidence, { type: 'done' }>['what'][];
  readonly failure: ToolFailure | null;
  readonly end: RunEnd | null;
}

export type RunEvent =
  | {
      readonly type: 'prepared';
      readonly steps: readonly StepFacts[];
      readonly comparable: boolean;
      readonly goal: RunState['goal'];
    }
  | { readonly type: 'refused'; readonly error: ErrorReport }
  | { readonly type: 'waiting' }
  | { readonly type: 'several' }
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  | {
      readonly type: 'step-ended';
      readonly outcome: StepOutcome;
      readonly exitCode: number | null;
      /** Of one that did not start. */
      readonly error?: ErrorReport;
    }
  | { readonly type: 'returned' }
  | { readonly type: 'not-returned'; readonly stillInBootloader: boolean }
  | { readonly type: 'wait-over' }
  | { readonly type: 'cancel' };

export const FIRST_STATE: RunState = {
  phase: 'prepare',
  steps: [],
  step: 0,
  stage: null,
  fraction: null,
  holds: 'unchanged',
  comparable: false,
  goal: 'firmware',
  written: false,
  verified: false,
  before: 'unchanged',
  touched: false,
  shown: [],
  failure: null,
  end: null,
};

export type Action =
  | { readonly do: 'look' }
  | { readonly do: 'prepare' }
  | { readonly do: 'ask' }
  | { readonly do: 'step'; readonly index: number }
  | { readonly do: 'await-return' }
  | { readonly do: 'nothing' };

/** What the driver has to do now. */
export function nextAction({ phase, step }: RunState): Action {
  switch (phase) {
    case 'prepare':
    case 'wait':
      return { do: 'look' };
    case 'choose':
      return { do: 'ask' };
    case 'work':
      return { do: 'step', index: step };
    case 'return':
      return { do: 'await-return' };
    case 'ended':
      return { do: 'nothing' };
  }
}

/** Why a cancel would be refused now, in a sentence; null when it is safe. */
export function cancelRefusal({ phase, steps, step }: RunState): string | null {
  if (phase === 'ended') return 'The run has ended.';
  if (phase !== 'work' || steps[step]?.cancelable === true) return null;
  return 'The keyboard is being written: to stop now would leave it without working firmware.';
}

/** The state after an event. Events that do not belong to the phase change nothing. */
export function reduce(state: RunState, event: RunEvent): RunState {
  if (state.phase === 'ended') return state;
  if (event.type === 'cancel') {
    return cancelRefusal(state) === null ? end(state, 'canceled', 'canceled') : state;
  }
  switch (state.phase) {
    case 'prepare':
    case 'wait':
    case 'choose':
      return beforeWork(state, event);
    case 'work':
      return atWork(state, event);
    case 'return':
      return afterWork(state, event);
  }
}

function beforeWork(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'waiting':
      return { ...state, phase: 'wait' };
    case 'several':
      return { ...state, phase: 'choose' };
    case 'prepared': {
      const { steps, comparable, goal } = event;
      return steps.length === 0 ? state : enterStep({ ...state, steps, comparable, goal }, 0);
    }
    case 'refused':
      return refuse(state, event.error);
    case 'wait-over':
      return end(state, 'failed', 'no-bootloader');
    default:
      return state;
  }
}

function refuse(state: RunState, error: ErrorReport): RunState {
  const { end: plain, ...ended } = end(state, 'failed', 'no-bootloader');
  if (plain === null) return { ...ended, end: null };
  const { message, remedy: next } = error;
  return { ...ended, end: { ...plain, message, next, code: null, nextCode: null, error } };
}

function enterStep(state: RunState, index: number): RunState {
  const facts = state.steps[index];
  if (facts === undefined) return { ...state, phase: 'return', stage: null, fraction: null };
  return {
    ...state,
    phase: 'work',
    step: index,
    stage: facts.stage,
    fraction: null,
    // A tool may write without a word: what it held is true no more until the tool shows how far it got.
    holds: facts.writesFlash || facts.erases ? 'unknown' : state.holds,
    before: state.holds,
    touched: false,
    shown: [],
    failure: null,
  };
}

function atWork(state: RunState, event: RunEvent): RunState {
  const facts = state.steps[state.step];
  if (facts === undefined) return state;
  if (event.type === 'evidence') return withEvidence(state, facts, event.evidence);
  if (event.type !== 'step-ended') return state;
  return stepEnded(state, facts, event);
}

function withEvidence(state: RunState, facts: StepFacts, evidence: Evidence): RunState {
  switch (evidence.type) {
    case 'stage':
      return {
        ...state,
        stage: evidence.stage,
        fraction: null,
        ...stageBegun(state, facts, evidence.stage),
      };
    case 'progress': {
      const { fraction } = evidence;
      const isWriting = facts.writesFlash && state.stage === 'write' && fraction > 0;
      const begun = isWriting ? stageBegun(state, facts, 'write') : {};
      return { ...state, fraction, ...begun };
    }
    case 'failed':
      // The first reason is the nearest to the cause; a failed comparison outweighs any.
      return evidence.failure === 'verify-failed' || state.failure === null
        ? { ...state, failure: evidence.failure }
        : state;
    case 'done':
      return withDone({ ...state, shown: [...state.shown, evidence.what] }, facts, evidence.what);
  }
}

/** What is different once a tool shows that it erases or writes. */
function stageBegun(state: RunState, facts: StepFacts, stage: Stage): Partial<RunState> {
  if (stage === 'erase' && (facts.erases || facts.writesFlash)) {
    return { touched: true, holds: 'unknown' };
  }
  if (stage !== 'write' || !facts.writesFlash) return {};
  return { touched: true, holds: state.written ? state.holds : 'partial' };
}

function withDone(
  state: RunState,
  facts: StepFacts,
  what: Extract<Evidence, { type: 'done' }>['what'],
): RunState {
  if (what === 'erased') {
    const isOnlyErased = !state.written && (facts.erases || facts.writesFlash);
    return isOnlyErased ? { ...state, touched: true, holds: 'erased' } : state;
  }
  if (what === 'written' && facts.writesFlash) {
    return { ...state, touched: true, written: true, holds: 'new-unverified' };
  }
  // A comparison that a writing tool reports is one of what it wrote.
  if (what === 'verified' && (facts.writesFlash || facts.stage === 'verify')) {
    return { ...state, touched: true, written: true, verified: true, holds: 'new' };
  }
  return state;
}

type StepEnded = Extract<RunEvent, { type: 'step-ended' }>;

function stepEnded(state: RunState, facts: StepFacts, event: StepEnded): RunState {
  if (event.outcome === 'not-started' && event.error !== undefined) {
    return facts.optional ? enterStep(state, state.step + 1) : refuse(state, event.error);
  }
  if (isStepDone(state, facts, event)) return enterStep(state, state.step + 1);
  const failure = state.failure;
  if (failure === 'verify-failed') {
    const isOfFlash = facts.writesFlash || facts.stage === 'verify';
    const differs = { ...state, holds: isOfFlash ? 'differs' : state.holds, verified: false };
    return end(differs, 'failed', failure);
  }
  if (facts.optional) return enterStep(state, state.step + 1);
  const { exitCode } = event;
  return end({ ...state, holds: holdsAfterFailure(state) }, 'failed', why(state, event), exitCode);
}

/** What a step has to show. The exit code alone never shows that something was written. */
function isStepDone(state: RunState, facts: StepFacts, { outcome, exitCode }: StepEnded): boolean {
  if (state.failure === 'verify-failed') return false;
  const isGoodEnd = outcome === 'exited' && exitCode === 0 && state.failure === null;
  if (facts.writesFlash) return state.written;
  if (facts.stage === 'write') {
    // Settings: compared by the tool, and written only if it also ended well.
    return state.shown.includes('verified') || (isGoodEnd && state.shown.includes('written'));
  }
  if (facts.stage === 'verify') return state.shown.includes('verified');
  if (facts.erases && state.shown.includes('erased')) return true;
  return isGoodEnd && facts.exitCodeTells;
}

function holdsAfterFailure({ holds, before, touched, failure }: RunState): Contents {
  // It named a reason that stops it before it changes anything, and nothing speaks for more.
  return !touched && failure !== null && HARMLESS.includes(failure) ? before : holds;
}

function why({ failure }: RunState, { outcome, exitCode }: StepEnded): EndingCode {
  if (failure !== null) return failure;
  switch (outcome) {
    case 'silent':
      return 'tool-silent';
    case 'timed-out':
      return 'tool-slow';
    case 'signaled':
      return 'tool-crashed';
    default:
      return exitCode === 0 ? 'tool-showed-nothing' : 'tool-gave-up';
  }
}

function afterWork(state: RunState, event: RunEvent): RunState {
  const isSettings = state.goal === 'settings';
  if (event.type === 'returned') {
    if (isSettings) return end(state, 'complete', 'settings-done');
    if (state.verified) return end(state, 'complete', 'compared');
    if (state.comparable) return end(state, 'unconfirmed', 'not-compared');
    return end(state, 'complete', 'unreadable');
  }
  if (event.type !== 'not-returned' && event.type !== 'wait-over') return state;
  if (isSettings) return end(state, 'written', 'settings-done-not-back');
  if (state.verified) return end(state, 'written', 'compared-not-back');
  const still = event.type === 'not-returned' && event.stillInBootloader;
  return end(
    // A loader that took the whole image would have left; and one that left may have been unplugged before its end.
    { ...state, holds: 'unknown' },
    'unconfirmed',
    still ? 'still-in-bootloader' : 'not-back',
  );
}

/** What a person does next. Of a run that did not get to write, the reason says more than what the device holds. */
function nextStep(outcome: Outcome, holds: Contents, failure: ToolFailure | null): NextCode {
  if (outcome === 'complete') return 'nothing';
  if (outcome === 'written') return 'replug';
  if (outcome === 'unconfirmed') return 'try-keys';
  if (failure === 'no-access') return 'install-rules';
  if (failure === 'locked') return 'unlock';
  if (failure === 'several-devices') return 'unplug-others';
  if (failure === 'wrong-chip' || failure === 'image-refused') return 'other-image';
  return holds === 'unchanged' ? 'start-again' : 'flash-again';
}

/** @param code a tool's failure counts as the run's own */
function end(
  state: RunState,
  outcome: Outcome,
  code: EndingCode,
  exitCode: number | null = null,
): RunState {
  const failure = code in FAILURES ? (code as ToolFailure) : null;
  const details = { stage: state.stage, exitCode };
  const nextCode = nextStep(outcome, state.holds, failure);
  return {
    ...state,
    phase: 'ended',
    stage: null,
    fraction: null,
    end: {
      outcome,
      message: endingOf(code, details),
      holds: CONTENTS[state.holds],
      next: NEXT_STEPS[nextCode],
      code,
      nextCode,
      details,
      failure,
      error: null,
    },
  };
}
