import { expect, it } from 'vitest';
import { createTurns } from '../../../renderer/api/turns.ts';

/** Work that begins when it is its turn and ends when the test says so. */
function piece() {
  const end = Promise.withResolvers<string>();
  const state = { begun: false };
  const work = () => {
    state.begun = true;
    return end.promise;
  };
  return { state, work, end };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const never = new AbortController().signal;

it('lets so many work at once, and the others in their order', async () => {
  const turns = createTurns(2);
  const pieces = [piece(), piece(), piece(), piece()];
  const done = pieces.map(({ work }) => turns.take(work, never));
  const begun = () => pieces.map(({ state }) => state.begun);
  await settled();
  expect(begun()).toEqual([true, true, false, false]);
  pieces[1]?.end.resolve('b');
  await settled();
  expect(begun()).toEqual([true, true, true, false]);
  pieces[0]?.end.reject(new Error('refused'));
  await expect(done[0]).rejects.toThrow('refused');
  await settled();
  expect(begun()).toEqual([true, true, true, true]);
  pieces[2]?.end.resolve('c');
  pieces[3]?.end.resolve('d');
  expect(await Promise.all(done.slice(1))).toEqual(['b', 'c', 'd']);
  // All places are free again.
  expect(await turns.take(async () => 'e', never)).toBe('e');
});

it('forgets who gives up while it waits', async () => {
  const turns = createTurns(1);
  const first = piece();
  const second = piece();
  const gone = new AbortController();
  const one = turns.take(first.work, never);
  const two = turns.take(second.work, gone.signal);
  const three = turns.take(async () => 'c', never);
  gone.abort(new Error('scrolled away'));
  await expect(two).rejects.toThrow('scrolled away');
  first.end.resolve('a');
  expect(await Promise.all([one, three])).toEqual(['a', 'c']);
  expect(second.state.begun).toBe(false);
});
