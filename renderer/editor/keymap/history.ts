/** Undo and redo without a limit: states share all that did not change, so a step costs what it changed. */

interface Step<State, Label> {
  readonly state: State;
  /** What led from this state to the one after it. */
  readonly label: Label;
  readonly next: Step<State, Label> | null;
}

export interface History<State, Label> {
  readonly present: State;
  /** Newest first. */
  readonly past: Step<State, Label> | null;
  readonly future: Step<State, Label> | null;
}

export function startHistory<State, Label>(present: State): History<State, Label> {
  return { present, past: null, future: null };
}

/**
 * @param merge joins the change to the one before it, as for a number that is dragged
 * @returns the same history when nothing changed
 */
export function record<State, Label>(
  history: History<State, Label>,
  state: State,
  label: Label,
  merge = false,
): History<State, Label> {
  const { present, past } = history;
  if (state === present) return history;
  if (merge && past !== null) return { present: state, past, future: null };
  return { present: state, past: { state: present, label, next: past }, future: null };
}

/** @returns the same history when there is nothing to undo */
export function undo<State, Label>(history: History<State, Label>): History<State, Label> {
  const { present, past, future } = history;
  if (past === null) return history;
  const { state, label, next } = past;
  return { present: state, past: next, future: { state: present, label, next: future } };
}

/** @returns the same history when there is nothing to redo */
export function redo<State, Label>(history: History<State, Label>): History<State, Label> {
  const { present, past, future } = history;
  if (future === null) return history;
  const { state, label, next } = future;
  return { present: state, past: { state: present, label, next: past }, future: next };
}
