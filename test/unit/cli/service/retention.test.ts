import { describe, expect, it } from 'vitest';
import { createRetentionClock } from '../../../../cli/service/retention.ts';
import type { Logger } from '../../../../core/log.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** A machine whose clock can be set. Jobs are kept for 48 hours. */
function machine() {
  const time = { wall: START, boot: 5 * HOUR };
  const lines: object[] = [];
  const warn = (fields: object, msg: string) => lines.push({ ...fields, msg });
  const log = { warn } as unknown as Logger;
  const before = createRetentionClock({ storageTimeHours: 48 }, log, {
    wall: () => time.wall,
    boot: () => time.boot,
  });
  return {
    lines,
    /** Hours since the start before which jobs are forgotten. */
    forgets: () => (before() - START) / HOUR,
    pass(hours: number) {
      time.wall += hours * HOUR;
      time.boot += hours * HOUR;
    },
    set(hours: number) {
      time.wall += hours * HOUR;
    },
  };
}

describe('what is past its time', () => {
  it('is what ended longer ago than it was to be kept, sleep of the machine included', () => {
    const { forgets, pass, lines } = machine();
    expect(forgets()).toBe(-48);
    pass(10);
    expect(forgets()).toBe(-38);
    expect(lines).toEqual([]);
  });

  it('is nothing more after the clock was set forward by years, and the log says so', () => {
    const { forgets, pass, set, lines } = machine();
    pass(1);
    expect(forgets()).toBe(-47);
    set(20_000);
    expect(forgets()).toBe(-47);
    pass(1);
    expect(forgets()).toBe(-46);
    expect(lines).toEqual([
      { hours: 20_000, msg: 'the clock was set; jobs are kept as if it had not been' },
    ]);
  });

  it('is all of before the jump once that has had its whole time after it', () => {
    const { forgets, pass, set } = machine();
    set(20_000);
    forgets();
    pass(47.9);
    expect(forgets()).toBeCloseTo(-0.1);
    pass(0.1);
    expect(forgets()).toBe(20_000);
  });

  it('is as before when the clock is set back again', () => {
    const { forgets, pass, set } = machine();
    set(20_000);
    forgets();
    pass(2);
    set(-20_000);
    expect(forgets()).toBe(-46);
    pass(1);
    expect(forgets()).toBe(-45);
  });

  it('follows small corrections without a word', () => {
    const { forgets, set, lines } = machine();
    set(0.9);
    expect(forgets()).toBeCloseTo(-47.1);
    expect(lines).toEqual([]);
  });

  it('is less, never more, after the clock was set back', () => {
    const { forgets, set } = machine();
    set(-100);
    expect(forgets()).toBe(-148);
  });
});
