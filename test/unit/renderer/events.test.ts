import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventReader } from '../../../renderer/api/events.ts';

const STREAM =
  'retry: 2000\n\n' +
  'id: 1\nevent: state\ndata: {"state":"running"}\n\n' +
  ': still here\n\n' +
  'id: 2\nevent: log\ndata: {"lines":["a: b","  c"]}\n\n' +
  'event: end\ndata: {"state":"finished"}\n\n';

const EVENTS = [
  { id: '1', event: 'state', data: { state: 'running' } },
  { id: '2', event: 'log', data: { lines: ['a: b', '  c'] } },
  { id: null, event: 'end', data: { state: 'finished' } },
];

describe('the event reader', () => {
  it('passes over comments and retry hints', () => {
    expect(createEventReader()(STREAM)).toEqual(EVENTS);
  });

  it('reads the same events however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
        const read = createEventReader();
        const places = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
        const events = places.slice(1).flatMap((end, i) => read(STREAM.slice(places[i], end)));
        expect(events).toEqual(EVENTS);
      }),
    );
  });

  it('keeps an event back until it is whole', () => {
    const read = createEventReader();
    expect(read('event: end\ndata: {"state":"fin')).toEqual([]);
    expect(read('ished"}\n')).toEqual([]);
    expect(read('\n')).toEqual([EVENTS[2]]);
  });
});
