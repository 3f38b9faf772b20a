import { describe, expect, it } from 'vitest';
import { lastBeat, TASKS } from '../../../../../cli/service/schedule/tasks.ts';
import type { TaskState } from '../../../../../core/schedule/contract.ts';

const scheduleWith = (startedAt: number | null) => ({
  list: () => [
    { name: TASKS.storage, startedAt: 7 } as TaskState,
    { name: TASKS.heartbeat, startedAt } as TaskState,
  ],
});

describe('the last sign of life of the schedule', () => {
  it('is that of its heartbeat', () => {
    expect(lastBeat(scheduleWith(2000), 1000)).toBe(2000);
    expect(lastBeat(scheduleWith(null), 1000)).toBeNull();
  });

  it('is no older than the service: one that was started after a night is not degraded', () => {
    expect(lastBeat(scheduleWith(1), 1000)).toBe(1000);
  });
});
