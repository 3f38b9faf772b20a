import { describe, expect, it, vi } from 'vitest';
import { type CheckRun, createCheckDesk } from '../../../../cli/service/check-desk.ts';
import type { CheckAnswer } from '../../../../core/compile/check.ts';
import type { CompilePayload } from '../../../../core/compile/job.ts';

const ANSWER: CheckAnswer = {
  ok: true,
  size: 1234,
  limit: 28_672,
  path: 'plan',
  errors: [],
  durationMs: 5,
};
const NOBODY_LEFT = new AbortController().signal;

function payloadOf(keyboard: string, keymapJson = '{}'): CompilePayload {
  return { tree: 'qmk', keyboard, keymap: 'k', layout: 'LAYOUT', platform: 'avr', keymapJson };
}

interface Started extends CheckRun {
  readonly end: () => void;
}

/** A desk whose builds end when the test says so, or when they are aborted. */
function openDesk({ quiet = true } = {}) {
  const state = { quiet };
  const runner = () => {
    const started: Started[] = [];
    const run = (check: CheckRun) =>
      new Promise<CheckAnswer>((resolve, reject) => {
        check.signal.addEventListener('abort', () => reject(new Error('aborted')));
        started.push({ ...check, end: () => resolve(ANSWER) });
      });
    return { started, run };
  };
  const checks = runner();
  const idle = runner();
  const desk = createCheckDesk({
    runCheck: checks.run,
    runIdle: idle.run,
    isQuiet: async () => state.quiet,
    lookEveryMs: 5,
  });
  return { desk, checks: checks.started, idle: idle.started, state };
}

const keyboards = (started: readonly Started[]) => started.map(({ payload }) => payload.keyboard);
const superseded = { code: 'check.superseded' };

describe('checks', () => {
  it('one runs at a time, and clients take turns in the order in which they came', async () => {
    const { desk, checks } = openDesk();
    const answers = ['a', 'b', 'c'].map((name) =>
      desk.check(payloadOf(name), `client ${name}`, NOBODY_LEFT),
    );
    expect(keyboards(checks)).toEqual(['a']);
    checks[0]?.end();
    await vi.waitFor(() => expect(keyboards(checks)).toEqual(['a', 'b']));
    checks[1]?.end();
    await vi.waitFor(() => expect(checks).toHaveLength(3));
    checks[2]?.end();
    expect(await Promise.all(answers)).toEqual([ANSWER, ANSWER, ANSWER]);
  });

  it('a newer check takes the place of one of the same client that still waits', async () => {
    const { desk, checks } = openDesk();
    void desk.check(payloadOf('other'), 'other', NOBODY_LEFT);
    const older = desk.check(payloadOf('mine', '1'), 'me', NOBODY_LEFT);
    void desk.check(payloadOf('third'), 'third', NOBODY_LEFT);
    const newer = desk.check(payloadOf('mine', '2'), 'me', NOBODY_LEFT);
    await expect(older).rejects.toMatchObject(superseded);
    checks[0]?.end();
    await vi.waitFor(() => expect(checks).toHaveLength(2));
    expect(checks[1]?.payload.keymapJson).toBe('2');
    checks[1]?.end();
    expect(await newer).toEqual(ANSWER);
  });

  it('a newer check ends a quick build of the same client, whose answer nobody wants any more', async () => {
    const { desk, checks } = openDesk();
    const older = desk.check(payloadOf('mine', '1'), 'me', NOBODY_LEFT);
    checks[0]?.onPlan();
    void desk.check(payloadOf('mine', '2'), 'me', NOBODY_LEFT);
    await expect(older).rejects.toMatchObject(superseded);
    expect(checks[0]?.signal.aborted).toBe(true);
    await vi.waitFor(() => expect(checks[1]?.payload.keymapJson).toBe('2'));
  });

  it('a quick build is ended too when it turns out to be one only after the newer check came', async () => {
    const { desk, checks } = openDesk();
    const older = desk.check(payloadOf('mine', '1'), 'me', NOBODY_LEFT);
    void desk.check(payloadOf('mine', '2'), 'me', NOBODY_LEFT);
    await expect(older).rejects.toMatchObject(superseded);
    expect(checks[0]?.signal.aborted).toBe(false);
    checks[0]?.onPlan();
    expect(checks[0]?.signal.aborted).toBe(true);
  });

  it('a full build of the same keyboard goes on for the newer check, which needs what it leaves', async () => {
    const { desk, checks } = openDesk();
    const older = desk.check(payloadOf('mine', '1'), 'me', NOBODY_LEFT);
    const newer = desk.check(payloadOf('mine', '2'), 'me', NOBODY_LEFT);
    await expect(older).rejects.toMatchObject(superseded);
    expect(checks[0]?.signal.aborted).toBe(false);
    checks[0]?.end();
    await vi.waitFor(() => expect(checks).toHaveLength(2));
    checks[1]?.end();
    expect(await newer).toEqual(ANSWER);
  });

  it('a full build of another keyboard is ended', async () => {
    const { desk, checks } = openDesk();
    const older = desk.check(payloadOf('mine'), 'me', NOBODY_LEFT);
    void desk.check(payloadOf('next'), 'me', NOBODY_LEFT);
    await expect(older).rejects.toMatchObject(superseded);
    expect(checks[0]?.signal.aborted).toBe(true);
    await vi.waitFor(() => expect(keyboards(checks)).toEqual(['mine', 'next']));
  });

  it('a client that leaves takes its check along, waiting or running', async () => {
    const { desk, checks } = openDesk();
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = desk.check(payloadOf('a'), 'first', running.signal);
    const second = desk.check(payloadOf('b'), 'second', waiting.signal);
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: 'job.canceled' });
    running.abort();
    await expect(first).rejects.toMatchObject({ code: 'job.canceled' });
    expect(checks[0]?.signal.aborted).toBe(true);
    const third = desk.check(payloadOf('c'), 'third', NOBODY_LEFT);
    await vi.waitFor(() => expect(keyboards(checks)).toEqual(['a', 'c']));
    checks[1]?.end();
    expect(await third).toEqual(ANSWER);
  });

  it('a build that fails tells its own client, and the next one gets its turn', async () => {
    const { desk, checks } = openDesk();
    const first = desk.check(payloadOf('a'), 'first', NOBODY_LEFT);
    const second = desk.check(payloadOf('b'), 'second', NOBODY_LEFT);
    checks[0]?.signal.dispatchEvent(new Event('abort'));
    await expect(first).rejects.toThrow('aborted');
    await vi.waitFor(() => expect(checks).toHaveLength(2));
    checks[1]?.end();
    expect(await second).toEqual(ANSWER);
  });

  it('nobody is left waiting when the service stops', async () => {
    const { desk, checks } = openDesk();
    const first = desk.check(payloadOf('a'), 'first', NOBODY_LEFT);
    const second = desk.check(payloadOf('b'), 'second', NOBODY_LEFT);
    desk.stop();
    await expect(first).rejects.toThrow('aborted');
    await expect(second).rejects.toMatchObject({ code: 'job.canceled' });
    expect(checks).toHaveLength(1);
  });
});

describe('prewarming', () => {
  it('waits until no job waits or runs', async () => {
    const { desk, idle, state } = openDesk({ quiet: false });
    desk.prewarm(payloadOf('a'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(idle).toEqual([]);
    state.quiet = true;
    await vi.waitFor(() => expect(keyboards(idle)).toEqual(['a']));
    desk.stop();
  });

  it('only the newest wish is kept, and a keyboard under way is not begun again', async () => {
    const { desk, idle } = openDesk();
    desk.prewarm(payloadOf('a'));
    await vi.waitFor(() => expect(idle).toHaveLength(1));
    for (const name of ['a', 'b', 'c']) desk.prewarm(payloadOf(name));
    idle[0]?.end();
    await vi.waitFor(() => expect(keyboards(idle)).toEqual(['a', 'c']));
    desk.stop();
  });

  it('gives way to a check of the same keyboard, not to one of another', async () => {
    const { desk, idle } = openDesk();
    desk.prewarm(payloadOf('a'));
    await vi.waitFor(() => expect(idle).toHaveLength(1));
    const other = new AbortController();
    desk.check(payloadOf('b'), 'me', other.signal).catch(() => undefined);
    expect(idle[0]?.signal.aborted).toBe(false);
    other.abort();
    desk.check(payloadOf('a'), 'me', new AbortController().signal).catch(() => undefined);
    await vi.waitFor(() => expect(idle[0]?.signal.aborted).toBe(true));
    desk.stop();
  });

  it('a build of nobody that fails is no reason to stop', async () => {
    const { desk, idle } = openDesk();
    desk.prewarm(payloadOf('a'));
    await vi.waitFor(() => expect(idle).toHaveLength(1));
    idle[0]?.signal.dispatchEvent(new Event('abort'));
    desk.prewarm(payloadOf('b'));
    await vi.waitFor(() => expect(keyboards(idle)).toEqual(['a', 'b']));
    desk.stop();
  });
});
