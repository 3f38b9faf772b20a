import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../core/db/database.ts';
import { createFlashHistory } from '../../../../flash/history/flash-history.ts';
import type { RunEnd } from '../../../../flash/run/state.ts';

const END: RunEnd = {
  outcome: 'complete',
  message: 'Done.',
  holds: 'It holds the new firmware.',
  next: 'Nothing.',
  code: 'compared',
  nextCode: 'nothing',
  details: { stage: null, exitCode: null },
  failure: null,
  error: null,
};
const id = (number: number) => String(number).padStart(32, '0');

function history() {
  const made = createFlashHistory(openDatabase(':memory:'));
  const begin = (number: number) =>
    made.begin({
      id: id(number),
      action: 'flash',
      keyboard: 'kiln/pad4x4',
      image: { name: 'a.hex', sha256: 'ab', size: 7 },
      jobId: null,
      startedAt: 1000 + number,
    });
  return { ...made, begin };
}

describe('a flash run', () => {
  it('is kept with what it was, how it ended, and its log', () => {
    const { begin, note, finish, get, list, log } = history();
    begin(1);
    expect(get(id(1))).toMatchObject({ end: null, holds: 'unchanged', endedAt: null });
    note(id(1), { holds: 'new', device: 'Caterina', bootloader: 'caterina' });
    finish(id(1), END, ['one', 'two'], 5000);
    begin(2);
    expect(get(id(1))).toEqual({
      id: id(1),
      action: 'flash',
      keyboard: 'kiln/pad4x4',
      image: { name: 'a.hex', sha256: 'ab', size: 7 },
      jobId: null,
      device: 'Caterina',
      bootloader: 'caterina',
      startedAt: 1001,
      endedAt: 5000,
      holds: 'new',
      end: END,
    });
    expect(log(id(1))).toEqual(['one', 'two']);
    expect(list(10).map((record) => record.id)).toEqual([id(2), id(1)]);
    expect(get(id(3))).toBeNull();
    expect(log(id(3))).toBeNull();
  });

  it('that has ended does not change any more', () => {
    const { begin, note, finish, get } = history();
    begin(1);
    finish(id(1), END, [], 5000);
    note(id(1), { holds: 'unknown', device: null, bootloader: null });
    finish(id(1), { ...END, outcome: 'failed' }, [], 6000);
    expect(get(id(1))).toMatchObject({ holds: 'unchanged', end: END, endedAt: 5000 });
  });

  it('that Kiln’s own end cut off says what the keyboard may hold', () => {
    const { begin, note, repair, get } = history();
    begin(1);
    begin(2);
    note(id(2), { holds: 'partial', device: 'x', bootloader: 'caterina' });
    expect(repair(9000)).toBe(2);
    expect(get(id(1))?.end).toMatchObject({ outcome: 'failed' });
    expect(get(id(2))?.end).toMatchObject({ outcome: 'unconfirmed' });
    expect(get(id(2))?.end?.holds).toContain('part of the new firmware');
    expect(repair(9001)).toBe(0);
  });

  it('is forgotten when 500 newer ones were', () => {
    const { begin, list, get } = history();
    for (let number = 1; number <= 502; number += 1) begin(number);
    expect(list(1000)).toHaveLength(500);
    expect(get(id(2))).toBeNull();
    expect(get(id(3))).not.toBeNull();
  });
});
