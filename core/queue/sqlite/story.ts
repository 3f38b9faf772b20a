/** Writes the steps of a job's story. Only called inside the transaction that makes the step. */
import type { JobEventBody } from '../contract.ts';
import type { Engine } from './engine.ts';
import type { JobRow } from './rows.ts';

export interface Story {
  /** Adds one event under a number that the caller took from the row's `last_seq`. */
  append(place: number, seq: number, at: number, event: JobEventBody): void;
  /** Adds the event of a transition, whose UPDATE raised `last_seq` by one and returned the row. */
  appendState(row: JobRow, at: number): void;
}

/** What an event's `body` column holds; `toEventBody` in read.ts is the way back. */
function bodyOf(event: JobEventBody): unknown {
  if (event.type === 'state') return event.state;
  return event.type === 'progress' ? event.progress : event.lines;
}

export function prepareStory({ database }: Engine): Story {
  const insert = database.prepare<[number, number, number, string, string]>(
    'INSERT INTO job_events (place, seq, at, type, body) VALUES (?, ?, ?, ?, ?)',
  );
  const append: Story['append'] = (place, seq, at, event) => {
    insert.run(place, seq, at, event.type, JSON.stringify(bodyOf(event)));
  };
  return {
    append,
    appendState: (row, at) =>
      append(row.place, row.last_seq, at, { type: 'state', state: row.state }),
  };
}
