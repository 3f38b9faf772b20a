import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Place } from '../fixtures/service/place.ts';

let place: Place;

beforeEach(() => {
  place = new Place();
});

afterEach(() => place.close());

it('A command whose output nobody reads any more ends well, without a word', async () => {
  const { child, ended } = place.start(['keyboards']);
  // As `kiln keyboards | head` does, long before the first line.
  child.stdout?.destroy();
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  expect((await ended).stderr).toBe('');
});
