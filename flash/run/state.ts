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
    return cancelRefusal(state) === null ? end(state, 'canceled', 'The run was canceled.') : state;
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
      return end(state, 'failed', 'The keyboard did not show up in its bootloader in time.');
    default:
      return state;
  }
}

function refuse(state: RunState, error: ErrorReport): RunState {
  const ended = end(state, 'failed', error.message, state.failure);
  const next = error.remedy;
  return { ...ended, end: ended.end === null ? null : { ...ended.end, next, error } };
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
    return end(differs, 'failed', FAILURES['verify-failed'], failure);
  }
  if (facts.optional) return enterStep(state, state.step + 1);
  return end({ ...state, holds: holdsAfterFailure(state) }, 'failed', why(state, event), failure);
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

const FAILURES: Readonly<Record<ToolFailure, string>> = {
  'no-device': 'The tool did not find the keyboard in its bootloader.',
  'no-access': 'The tool may not open the keyboard.',
  'port-unavailable': 'The serial port of the keyboard cannot be opened.',
  'several-devices':
    'Several devices of this kind are attached, and the tool cannot tell them apart.',
  'wrong-chip': 'The keyboard has another chip than the image is for.',
  'image-refused': 'The tool refused the image: it does not fit into this chip.',
  locked: 'The chip is locked against writing.',
  'not-erased': 'The chip was not erased before writing.',
  'write-failed': 'Writing failed.',
  'verify-failed': 'What was read back from the keyboard is not what was written.',
  'device-lost': 'The keyboard left in the middle of the work.',
  usage: 'The tool did not understand what it was asked.',
};

function why({ failure, stage }: RunState, { outcome, exitCode }: StepEnded): string {
  if (failure !== null) return FAILURES[failure];
  const during = stage === null ? '' : ` (${stage})`;
  switch (outcome) {
    case 'silent':
      return `The tool stopped saying anything${during} and was ended.`;
    case 'timed-out':
      return `The tool took too long${during} and was ended.`;
    case 'signaled':
      return `The tool crashed${during}.`;
    default:
      return exitCode === 0
        ? `The tool ended as if all were well, but showed nothing of its work${during}.`
        : `The tool gave up${during} with exit code ${exitCode}.`;
  }
}

function afterWork(state: RunState, event: RunEvent): RunState {
  if (event.type === 'returned') {
    if (state.goal === 'settings') return end(state, 'complete', 'Done, and the keyboard is back.');
    if (state.comparable && !state.verified) {
      return end(
        state,
        'unconfirmed',
        'The keyboard is back, but what was written could not be compared.',
      );
    }
    return end(
      state,
      'complete',
      state.verified
        ? 'The new firmware was written and compared, and the keyboard is back.'
        : 'The new firmware was written, and the keyboard is back. Its bootloader cannot be read, so nothing was compared.',
    );
  }
  if (event.type !== 'not-returned' && event.type !== 'wait-over') return state;
  if (state.goal === 'settings') {
    return end(state, 'written', 'Done, but the keyboard did not come back by itself.');
  }
  if (state.verified) {
    return end(
      state,
      'written',
      'The new firmware was written and compared, but the keyboard did not come back by itself.',
    );
  }
  const still = event.type === 'not-returned' && event.stillInBootloader;
  return end(
    // A loader that took the whole image would have left; and one that left may have been unplugged before its end.
    { ...state, holds: 'unknown' },
    'unconfirmed',
    still
      ? 'The tool says that it wrote the firmware, but the keyboard stayed in its bootloader.'
      : 'The tool says that it wrote the firmware, but the keyboard did not come back.',
  );
}

const AGAIN =
  'Put the keyboard into its bootloader and flash again; the log tells what went wrong.';

/** What a person does next. Of a run that did not get to write, the reason says more than what the device holds. */
function nextStep(outcome: Outcome, holds: Contents, failure: ToolFailure | null): string {
  if (outcome === 'complete') return 'Nothing: the keyboard is ready.';
  if (outcome === 'written')
    return 'Unplug the keyboard and plug it in again, or press its reset button.';
  if (outcome === 'unconfirmed') {
    return 'Unplug the keyboard, plug it in again and try its keys; if they do not work, flash again.';
  }
  if (failure === 'no-access')
    return 'Install the rules with: kiln udev install, then flash again.';
  if (failure === 'locked')
    return 'Erase the chip with its maker’s tool: its lock can be taken off only so.';
  if (failure === 'several-devices') return 'Unplug all but one of them, then flash again.';
  if (failure === 'wrong-chip' || failure === 'image-refused') {
    return 'Choose the image for this keyboard, then flash again.';
  }
  if (holds === 'unchanged') return 'Start the run again when you are ready.';
  return AGAIN;
}

function end(
  state: RunState,
  outcome: Outcome,
  message: string,
  failure: ToolFailure | null = null,
): RunState {
  return {
    ...state,
    phase: 'ended',
    stage: null,
    fraction: null,
    end: {
      outcome,
      message,
      holds: CONTENTS[state.holds],
      next: nextStep(outcome, state.holds, failure),
      failure,
      error: null,
    },
  };
}
