import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../../core/db/database.ts';
import { KilnError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/log.ts';
import type { JobEvent, JobQueue, JobState, JsonValue } from '../../../core/queue/contract.ts';
import { createSqliteQueue } from '../../../core/queue/sqlite/sqlite-queue.ts';
import { type Handler, LEASE_MS, runSlot, type SlotOptions } from '../../../worker/slot.ts';

/** No time passes but what a test lets pass: nothing here may depend on a poll or a beat. */
let queue: JobQueue;
let drain: AbortController;
let clock: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  clock = 1_000_000;
  const database = openDatabase(':memory:');
  queue = createSqliteQueue({ database, queueLimit: 10, now: () => clock });
  drain = new AbortController();
  onTestFinished(async () => {
    await queue.close();
    database.close();
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function submit(payload: JsonValue = null, kind = 'compile') {
  return queue.submit({ kind, payload, timeLimitMs: 1000 });
}

/** Starts a slot that ends with the test. */
function run(handler: Handler, changes: Partial<SlotOptions> = {}): Promise<void> {
  const slot = runSlot({
    queue,
    workerId: 'worker-1',
    handlers: { compile: handler },
    log: createLogger({ level: 'silent', name: 'worker' }),
    signal: drain.signal,
    ...changes,
  });
  onTestFinished(() => drain.abort());
  return slot;
}

/** Repeats the check until it passes, without any time passing. */
async function eventually<Value>(check: () => Value): Promise<Awaited<Value>> {
  for (let turn = 0; ; turn += 1) {
    try {
      return await check();
    } catch (error) {
      if (turn === 1000) throw error;
      await new Promise(setImmediate);
    }
  }
}

function reaches(id: string, state: JobState) {
  return eventually(async () => {
    const job = await queue.get(id);
    expect(job?.state).toBe(state);
    return job;
  });
}

/** A handler that works until it is told to stop, and then fails as a build does. */
function stoppable() {
  const started = Promise.withResolvers<AbortSignal>();
  const handler: Handler = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      started.resolve(signal);
      signal.addEventListener('abort', () => reject(new KilnError('job.canceled', 'Stopped.')));
    });
  return { handler, started: started.promise };
}

/** The queue with some of its methods replaced. */
function withFaults(faults: Partial<JobQueue>): JobQueue {
  return { ...queue, ...faults };
}

const lines = (events: readonly JobEvent[]) =>
  events.flatMap((event) => (event.type === 'log' ? [event.lines] : []));

describe('a job', () => {
  it('that the handler carries out is finished with its result', async () => {
    const { id } = await submit({ keyboard: 'a' });
    const seen: JsonValue[] = [];
    run(async ({ job }) => {
      seen.push(job.payload);
      return { returncode: 0 };
    });
    const job = await reaches(id, 'finished');
    expect(job).toMatchObject({ result: { returncode: 0 }, workerId: 'worker-1', tries: 1 });
    expect(seen).toEqual([{ keyboard: 'a' }]);
  });

  it('is one of many that are carried out one after the other, in order', async () => {
    const jobs = [await submit(1), await submit(2), await submit(3)];
    const steps: string[] = [];
    run(async ({ job }) => {
      steps.push(`begin ${job.payload}`);
      await new Promise(setImmediate);
      steps.push(`end ${job.payload}`);
      return null;
    });
    await reaches(jobs[2]?.id ?? '', 'finished');
    expect(steps).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('of a kind that nobody here knows is left to others', async () => {
    const foreign = await submit(null, 'knit');
    const { id } = await submit();
    run(async () => null);
    await reaches(id, 'finished');
    await expect(queue.get(foreign.id)).resolves.toMatchObject({ state: 'queued', tries: 0 });
  });

  it('fails with what the handler threw', async () => {
    const { id } = await submit();
    run(async () => {
      throw new KilnError('toolchain.missing', 'No make.', { details: { tool: 'make' } });
    });
    const error = (await reaches(id, 'failed'))?.error;
    expect(error).toMatchObject({ code: 'toolchain.missing', details: { tool: 'make' } });
  });

  it.each([
    ['a text'],
    [undefined],
    [{ code: 'ENOSPC', message: 'full' }],
    [new TypeError('oops')],
  ])('fails in our terms when the handler threw %j, and the worker goes on', async (thrown) => {
    const [first, second] = [await submit(1), await submit(2)];
    run(async ({ job }) => {
      if (job.payload === 1) throw thrown;
      return null;
    });
    const error = (await reaches(first.id, 'failed'))?.error;
    expect(error?.code).toMatch(/^(?:internal\.defect|storage\.full)$/);
    await reaches(second.id, 'finished');
  });

  it('goes back when its tree was changed after it was taken, the try not counted', async () => {
    const { id } = await submit();
    const offers = vi.fn(async () => []);
    let tries = 0;
    const handler: Handler = async () => {
      tries += 1;
      if (tries === 1) throw new KilnError('tree.not-here', 'It was updated.');
      return 'built';
    };
    void run(handler, { offers });
    const job = await reaches(id, 'finished');
    expect(job).toMatchObject({ result: 'built', tries: 1 });
    // Asked anew what there is, before anything is taken again.
    expect(offers.mock.calls.length).toBeGreaterThan(1);
  });

  it('is told to whoever asks what the worker does', async () => {
    const { id } = await submit();
    const busy: (string | null)[] = [];
    run(async () => null, { onBusy: (job) => busy.push(job) });
    await reaches(id, 'finished');
    await eventually(() => expect(busy).toEqual([id, null]));
  });

  it('that comes while the worker has none is taken at once', async () => {
    const asked = vi.fn(queue.claim);
    run(async () => null, { queue: withFaults({ claim: asked }) });
    await eventually(() => expect(asked).toHaveBeenCalled());
    const { id } = await submit();
    await reaches(id, 'finished');
  });

  it('that comes between the claim and the wait is not overlooked', async () => {
    let id = '';
    const claim: JobQueue['claim'] = async (...args) => {
      const answer = await queue.claim(...args);
      if (answer === null && id === '') id = (await submit()).id;
      return answer;
    };
    run(async () => null, { queue: withFaults({ claim }) });
    await eventually(() => expect(id).not.toBe(''));
    await reaches(id, 'finished');
  });

  it('that nobody told of is found by asking now and then', async () => {
    const deaf = withFaults({ watch: () => () => undefined });
    run(async () => null, { queue: deaf });
    const { id } = await submit();
    await vi.advanceTimersByTimeAsync(1000);
    await reaches(id, 'finished');
  });
});

describe('the story of a job', () => {
  it('has the lines in order, in batches, and the newest progress', async () => {
    const { id } = await submit();
    const go = Promise.withResolvers<void>();
    run(async (_, { onLine, onProgress }) => {
      onLine('1');
      onProgress({ stage: 'prepare' });
      onLine('2');
      onProgress({ stage: 'compile', fraction: 0.5 });
      await go.promise;
      onLine('3');
      return null;
    });
    await eventually(async () => expect((await queue.get(id))?.state).toBe('running'));
    await vi.advanceTimersByTimeAsync(100);
    await eventually(async () => expect(lines(await queue.events(id, 0))).toEqual([['1', '2']]));
    await expect(queue.get(id)).resolves.toMatchObject({
      progress: { stage: 'compile', fraction: 0.5 },
    });
    go.resolve();
    await reaches(id, 'finished');
    const events = await queue.events(id, 0);
    expect(lines(events)).toEqual([['1', '2'], ['3']]);
    expect(events.at(-1)).toMatchObject({ type: 'state', state: 'finished' });
    expect(events.filter(({ type }) => type === 'progress')).toHaveLength(1);
  });

  it('holds what was said before a failure', async () => {
    const { id } = await submit();
    run(async (_, { onLine }) => {
      onLine('last words');
      throw new Error('dead');
    });
    await reaches(id, 'failed');
    expect(lines(await queue.events(id, 0))).toEqual([['last words']]);
  });

  it('waits with what cannot be written, and has it in order afterwards', async () => {
    const { id } = await submit();
    let refusals = 2;
    const record = vi.fn(async (...[claim, events]: Parameters<typeof queue.record>) => {
      if (refusals > 0) {
        refusals -= 1;
        throw new KilnError('storage.unwritable', 'Another program keeps the database locked.');
      }
      await queue.record(claim, events);
    });
    const go = Promise.withResolvers<void>();
    run(
      async (_, { onLine, onProgress }) => {
        onLine('1');
        onProgress({ stage: 'compile', fraction: 0.5 });
        await go.promise;
        onLine('2');
        return null;
      },
      { queue: withFaults({ record }) },
    );
    await eventually(async () => expect((await queue.get(id))?.state).toBe('running'));
    await vi.advanceTimersByTimeAsync(100);
    await eventually(async () => expect(refusals).toBe(1));
    go.resolve();
    await vi.advanceTimersByTimeAsync(2000);
    await reaches(id, 'finished');
    expect(lines(await queue.events(id, 0)).flat()).toEqual(['1', '2']);
    await expect(queue.get(id)).resolves.toMatchObject({ progress: { fraction: 0.5 } });
  });

  it('may be lost without the job', async () => {
    const { id } = await submit();
    const record = vi.fn(async () => {
      throw new KilnError('storage.full', 'Full.');
    });
    run(
      async (_, { onLine }) => {
        onLine('nobody hears');
        return null;
      },
      { queue: withFaults({ record }) },
    );
    await eventually(() => expect(record).toHaveBeenCalled());
    await vi.advanceTimersByTimeAsync(5000);
    await reaches(id, 'finished');
  });
});

describe('a cancel', () => {
  it('stops the handler at once and ends the job as canceled', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    run(handler);
    const signal = await started;
    await queue.cancel(id);
    await reaches(id, 'canceled');
    expect(signal.aborted).toBe(true);
  });

  it('of another job stops nothing', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    run(handler);
    const signal = await started;
    await queue.cancel((await submit()).id);
    await new Promise(setImmediate);
    expect(signal.aborted).toBe(false);
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'running' });
  });

  it('that nobody told of is learned with the next beat', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    run(handler, { queue: withFaults({ watch: () => () => undefined }) });
    await started;
    await queue.cancel(id);
    await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
    await reaches(id, 'canceled');
  });

  it('comes too late for work that ends all the same', async () => {
    const { id } = await submit();
    run(async () => {
      await queue.cancel(id);
      return 'done';
    });
    await expect(reaches(id, 'finished')).resolves.toMatchObject({ result: 'done' });
  });
});

describe('the lease', () => {
  it('is prolonged while the handler works, and not written at every line', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    const heartbeat = vi.fn(queue.heartbeat);
    run(
      (claim, context) => {
        context.onLine('working');
        return handler(claim, context);
      },
      { queue: withFaults({ heartbeat }) },
    );
    await started;
    await vi.advanceTimersByTimeAsync(1000);
    expect(heartbeat).not.toHaveBeenCalled();
    for (let minute = 0; minute < 3; minute += 1) {
      clock += LEASE_MS / 2;
      await vi.advanceTimersByTimeAsync(LEASE_MS / 2);
    }
    await expect(queue.recover()).resolves.toEqual([]);
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'running' });
  });

  it('that is lost stops the handler, and whoever has the job now is not disturbed', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    run(handler, { queue: withFaults({ claim: claimOnce() }) });
    const signal = await started;
    clock += LEASE_MS + 1;
    await queue.recover();
    const other = await queue.claim('worker-2', ['compile'], LEASE_MS);
    expect(other?.job.id).toBe(id);
    await vi.advanceTimersByTimeAsync(LEASE_MS / 6);
    expect(signal.aborted).toBe(true);
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'running', workerId: 'worker-2' });
  });

  it('that was lost unnoticed keeps the result from being written', async () => {
    const { id } = await submit();
    const busy: (string | null)[] = [];
    run(
      async () => {
        clock += LEASE_MS + 1;
        await queue.recover();
        await queue.claim('worker-2', ['compile'], LEASE_MS);
        return 'of the wrong worker';
      },
      { queue: withFaults({ claim: claimOnce() }), onBusy: (job) => busy.push(job) },
    );
    await eventually(() => expect(busy).toEqual([id, null]));
    await expect(queue.get(id)).resolves.toMatchObject({
      state: 'running',
      workerId: 'worker-2',
      result: null,
    });
  });

  it('that cannot be prolonged for a while does not end the work', async () => {
    const { id } = await submit();
    const go = Promise.withResolvers<void>();
    const heartbeat = vi.fn(async () => {
      throw new KilnError('storage.full', 'Full.');
    });
    const looks = async () => {
      throw new KilnError('storage.full', 'Full.');
    };
    run(
      async (_, { onLine }) => {
        onLine('working');
        await go.promise;
        return 'done';
      },
      { queue: withFaults({ heartbeat, get: looks }) },
    );
    await vi.advanceTimersByTimeAsync(LEASE_MS / 3);
    expect(heartbeat).toHaveBeenCalledTimes(2);
    go.resolve();
    await expect(reaches(id, 'finished')).resolves.toMatchObject({ result: 'done' });
  });

  function claimOnce(): JobQueue['claim'] {
    let claimed = false;
    return async (...args) => {
      if (claimed) return null;
      claimed = true;
      return queue.claim(...args);
    };
  }
});

describe('draining', () => {
  it('hands the job in hand back, its try not counted, and ends', async () => {
    const { id } = await submit();
    const { handler, started } = stoppable();
    const slot = run(handler);
    await started;
    drain.abort();
    await slot;
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'queued', tries: 0 });
  });

  it('ends an idle worker at once', async () => {
    const claim = vi.fn(queue.claim);
    const slot = run(async () => null, { queue: withFaults({ claim }) });
    await eventually(() => expect(claim).toHaveBeenCalled());
    drain.abort();
    await slot;
  });

  it('before the start takes no job', async () => {
    const { id } = await submit();
    drain.abort();
    await run(async () => null);
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'queued', tries: 0 });
  });

  it('during a claim gives the job back before any work', async () => {
    const { id } = await submit();
    const handler = vi.fn(async () => null);
    const claim: JobQueue['claim'] = async (...args) => {
      const answer = await queue.claim(...args);
      drain.abort();
      return answer;
    };
    await run(handler, { queue: withFaults({ claim }) });
    expect(handler).not.toHaveBeenCalled();
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'queued', tries: 0 });
  });

  it('keeps the result of work that was done by then', async () => {
    const { id } = await submit();
    const slot = run(async () => {
      drain.abort();
      return 'done';
    });
    await slot;
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'finished', result: 'done' });
  });

  it('leaves no timer and no listener behind, neither of the slot nor of a job', async () => {
    const listeners = () => getEventListeners(drain.signal, 'abort').length;
    const first = await submit();
    const { handler, started } = stoppable();
    const slot = run((claim, context) =>
      claim.job.id === first.id ? Promise.resolve(null) : handler(claim, context),
    );
    await reaches(first.id, 'finished');
    await eventually(() => expect(listeners()).toBe(1));
    await submit();
    await started;
    drain.abort();
    await slot;
    expect(listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a queue that fails', () => {
  const full = () => Promise.reject(new KilnError('storage.full', 'Full.'));

  it('to claim ends the worker, for its supervisor to start it anew', async () => {
    await expect(run(async () => null, { queue: withFaults({ claim: full }) })).rejects.toThrow(
      'Full.',
    );
    expect(vi.getTimerCount()).toBe(0);
  });

  it('to take a result fails the job with the reason', async () => {
    const { id } = await submit();
    run(async () => null, { queue: withFaults({ finish: full }) });
    const error = (await reaches(id, 'failed'))?.error;
    expect(error?.code).toBe('storage.full');
  });

  it('to take a failure ends the worker, whose jobs are taken back then', async () => {
    const { id } = await submit();
    const slot = run(
      async () => {
        throw new Error('dead');
      },
      { queue: withFaults({ fail: full }) },
    );
    await expect(slot).rejects.toThrow('Full.');
    await queue.recover('worker-1');
    await expect(queue.get(id)).resolves.toMatchObject({ state: 'queued' });
  });
});
