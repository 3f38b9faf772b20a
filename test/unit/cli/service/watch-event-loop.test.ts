import { expect, it, onTestFinished, vi } from 'vitest';
import { watchEventLoop } from '../../../../cli/service/watch-event-loop.ts';

const EVERY_MS = 30;

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

it('says so when something held the thread for longer than is allowed', async () => {
  const warn = vi.fn();
  onTestFinished(watchEventLoop(150, { warn }, EVERY_MS));
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  block(300);
  await vi.waitFor(() =>
    expect(warn).toHaveBeenCalledWith({ ms: expect.any(Number) }, 'the service stood still'),
  );
  expect(warn.mock.calls.at(-1)?.[0].ms).toBeGreaterThanOrEqual(150);
});

it('says nothing where nothing is asked for', async () => {
  const warn = vi.fn();
  onTestFinished(watchEventLoop(0, { warn }, EVERY_MS));
  block(100);
  await new Promise((resolve) => setTimeout(resolve, 3 * EVERY_MS));
  expect(warn).not.toHaveBeenCalled();
});
