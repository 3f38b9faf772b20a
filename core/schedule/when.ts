/** When a task is due next. Cron patterns and their daylight saving are croner's. */
import { Cron } from 'croner';

/** Whether a text is a cron pattern that comes true some day. */
export function isCronPattern(pattern: string): boolean {
  try {
    return new Cron(pattern, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

/**
 * @param when a cron pattern in local time, or milliseconds between two starts.
 * @param from milliseconds since the epoch; the answer lies after it.
 */
export function nextAfter(when: string | number, from: number): number {
  if (typeof when === 'number') return from + when;
  const next = new Cron(when, { paused: true }).nextRun(new Date(from));
  return next === null ? Number.POSITIVE_INFINITY : next.getTime();
}

export function describeWhen(when: string | number | null): string {
  if (when === null) return 'on demand';
  if (typeof when === 'string') return when;
  const seconds = Math.round(when / 1000);
  return seconds % 60 === 0 ? `every ${seconds / 60} min` : `every ${seconds} s`;
}
