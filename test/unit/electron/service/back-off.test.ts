import { expect, test } from 'vitest';
import { createBackOff } from '../../../../electron/service/back-off.ts';

test('each end in a row waits twice as long, up to half a minute', () => {
  const backOff = createBackOff();
  const delays = Array.from({ length: 10 }, () => backOff.ended(0).delayMs);
  expect(delays).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
});

test('a person is told from the third end on', () => {
  const backOff = createBackOff();
  expect([0, 0, 0, 0].map((lived) => backOff.ended(lived).tell)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test('a service that was healthy for a minute starts quickly again', () => {
  const backOff = createBackOff();
  for (let end = 0; end < 5; end += 1) backOff.ended(0);
  expect(backOff.ended(60_000)).toEqual({ delayMs: 200, tell: false });
  expect(backOff.ended(59_999)).toEqual({ delayMs: 400, tell: false });
});

test('a person’s wish starts it over', () => {
  const backOff = createBackOff();
  for (let end = 0; end < 5; end += 1) backOff.ended(0);
  backOff.reset();
  expect(backOff.ended(0)).toEqual({ delayMs: 200, tell: false });
});
