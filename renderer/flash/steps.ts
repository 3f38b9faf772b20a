/** Which of the three steps a run is in, and how each stands. */

import type { Run } from './runs.ts';
import type { StepState } from './step.tsx';

/** 1 get ready, 2 write, 3 check: where it is, or where it ended. */
export function placeOf({ phase, stage, end, holds }: Run): 1 | 2 | 3 {
  if (end === null) {
    if (phase === 'return') return 3;
    if (phase !== 'work') return 1;
    return stage === 'verify' || stage === 'restart' ? 3 : 2;
  }
  if (end.outcome === 'complete' || end.outcome === 'written' || end.outcome === 'unconfirmed') {
    return 3;
  }
  if (holds === 'unchanged') return 1;
  return holds === 'differs' || holds === 'new' || holds === 'new-unverified' ? 3 : 2;
}

/** Done before the place, open after it; the place itself as the run stands. */
export function stepStates(run: Run): readonly [StepState, StepState, StepState] {
  const place = placeOf(run);
  const here: StepState =
    run.end === null
      ? 'now'
      : run.end.outcome === 'failed' || run.end.outcome === 'canceled'
        ? 'failed'
        : 'done';
  const at = (number: number): StepState =>
    number < place ? 'done' : number === place ? here : 'later';
  return [at(1), at(2), at(3)];
}
