/** Arrow keys in a list of which only the rows in sight are drawn. */
import type { KeyboardEvent } from 'react';

/** Goes from the row in focus to the next one or the one before. Rows carry their number as `data-index`. */
export function moveInList(
  event: KeyboardEvent,
  list: HTMLElement | null,
  count: number,
  scrollTo: (index: number) => void,
): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const from = Number((event.target as HTMLElement).dataset.index ?? Number.NaN);
  const to = from + step;
  if (step === 0 || Number.isNaN(to) || to < 0 || to >= count) return;
  event.preventDefault();
  scrollTo(to);
  // The row may have been drawn only now.
  requestAnimationFrame(() => list?.querySelector<HTMLElement>(`[data-index="${to}"]`)?.focus());
}
