import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createIndexRun,
  type IndexRunOptions,
  type RunProgress,
  type Task,
} from '../../../../core/catalogue/index-run.ts';
import { KilnError } from '../../../../core/errors.ts';
import { createLogger } from '../../../../core/log.ts';

const tasksOf = (names: string): Task[] =>
  [...names].map((name) => ({ name, signature: `${name}1` }));

let reports: RunProgress[];
let readNames: string[];
let given: string[];
let finish: ReturnType<typeof vi.fn<() => Promise<void>>>;

beforeEach(() => {
  reports = [];
  readNames = [];
  given = [];
  finish = vi.fn(async () => undefined);
});

function begin(names: string, changes: Partial<IndexRunOptions> = {}) {
  return createIndexRun({
    tree: 'qmk',
    parallel: 1,
    log: createLogger({ level: 'silent', name: 'test' }),
    now: Date.now,
    prepare: async () => tasksOf(names),
    read: async ({ name }) => void readNames.push(name),
    giveUp: ({ name }) => void given.push(name),
    finish,
    report: (progress) => void reports.push(progress),
    ...changes,
  });
}

const crash = () => new KilnError('tree.broken', 'Its Python ended.');

describe('a run', () => {
  it('reads one after the other, does what is left, and reports its end', async () => {
    await begin('abc').finished;
    expect(readNames).toEqual(['a', 'b', 'c']);
    expect(finish).toHaveBeenCalledOnce();
    expect(reports[0]).toEqual({ state: 'indexing', left: null, rate: null, message: null });
    expect(reports.at(-1)).toMatchObject({ state: 'complete', left: 0, message: null });
  });

  it('with nothing to read does the rest all the same', async () => {
    await begin('').finished;
    expect(finish).toHaveBeenCalledOnce();
    expect(reports.at(-1)).toMatchObject({ state: 'complete', left: 0, rate: null });
  });

  it('reads as many at the same time as it is told', async () => {
    let running = 0;
    let most = 0;
    const read = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    };
    await begin('abcdefgh', { parallel: 3, read }).finished;
    expect(most).toBe(3);
  });

  it('reports by the clock how far it is and how fast, however long one keyboard takes', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const slow = Promise.withResolvers<void>();
    const read = async ({ name }: Task) => {
      if (name === 'd') return slow.promise;
      await new Promise((resolve) => setTimeout(resolve, 250));
    };
    const run = begin('abcd', { read });
    await vi.advanceTimersByTimeAsync(3000);
    expect(reports.slice(1)).toEqual([
      { state: 'indexing', left: 1, rate: 3, message: null },
      { state: 'indexing', left: 1, rate: 1.5, message: null },
      { state: 'indexing', left: 1, rate: 1, message: null },
    ]);
    slow.resolve();
    await run.finished;
    const ended = reports.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(reports.length).toBe(ended);
  });

  it('counts its rate from the first keyboard on, not from the search for changes', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const prepare = async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return tasksOf('ab');
    };
    const read = () => new Promise<void>((resolve) => setTimeout(resolve, 500));
    const run = begin('', { prepare, read });
    await vi.advanceTimersByTimeAsync(61_000);
    await run.finished;
    expect(reports.at(-1)).toMatchObject({ state: 'complete', rate: 2 });
  });

  it('is not stopped by a progress that cannot be kept', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let calls = 0;
    const report = () => {
      calls += 1;
      if (calls > 1) throw new Error('the disk is full');
    };
    const read = ({ name }: Task) =>
      new Promise<void>((resolve) => setTimeout(resolve, 2000)).then(
        () => void readNames.push(name),
      );
    const run = begin('ab', { report, read });
    await vi.advanceTimersByTimeAsync(5000);
    await run.finished;
    expect(readNames).toEqual(['a', 'b']);
  });
});

describe('a keyboard that cannot be read', () => {
  it('is given up, and the others are read', async () => {
    const read = async ({ name }: Task) => {
      if (name === 'b') throw crash();
      readNames.push(name);
    };
    await begin('abc', { read }).finished;
    expect(readNames).toEqual(['a', 'c']);
    expect(given).toEqual(['b']);
    expect(reports.at(-1)).toMatchObject({ state: 'complete', left: 0 });
  });

  it.each([
    ['vanished meanwhile', new KilnError('keyboard.unknown', 'There is no keyboard b.')],
    ['met a defect', new TypeError('undefined is not a function')],
  ])('is given up as well when it %s', async (_, error) => {
    const read = async ({ name }: Task) => {
      if (name === 'b') throw error;
    };
    await begin('abc', { read }).finished;
    expect(given).toEqual(['b']);
    expect(reports.at(-1)).toMatchObject({ state: 'complete' });
  });

  it('ends the run when five in a row are like that', async () => {
    const read = async () => {
      throw crash();
    };
    await begin('abcdefgh', { read }).finished;
    expect(given).toEqual(['a', 'b', 'c', 'd']);
    expect(finish).not.toHaveBeenCalled();
    expect(reports.at(-1)).toMatchObject({
      state: 'stopped',
      left: 4,
      message: 'Its Python ended.',
    });
  });

  it('does not count towards that once another one was read', async () => {
    const read = async ({ name }: Task) => {
      if (name !== 'e') throw crash();
    };
    await begin('abcdefgh', { read }).finished;
    expect(given).toEqual([...'abcdfgh']);
    expect(reports.at(-1)).toMatchObject({ state: 'complete' });
  });
});

describe('a run stops', () => {
  it.each(['toolchain.missing', 'tree.missing', 'storage.full'] as const)(
    'at %s, for which no keyboard can do anything',
    async (code) => {
      const read = async ({ name }: Task) => {
        if (name === 'b') throw new KilnError(code, 'In words.');
        readNames.push(name);
      };
      await begin('abcd', { read }).finished;
      expect(readNames).toEqual(['a']);
      expect(given).toEqual([]);
      expect(reports.at(-1)).toMatchObject({ state: 'stopped', left: 3, message: 'In words.' });
    },
  );

  it('when what changed cannot be found out', async () => {
    const prepare = async () => {
      throw new KilnError('tree.missing', 'It is gone.');
    };
    await begin('', { prepare }).finished;
    expect(reports.at(-1)).toEqual({
      state: 'stopped',
      left: null,
      rate: null,
      message: 'It is gone.',
    });
  });

  it('when what is to be done at last fails', async () => {
    finish.mockRejectedValue(new KilnError('tree.broken', 'No documents.'));
    await begin('ab').finished;
    expect(reports.at(-1)).toMatchObject({ state: 'stopped', left: 0, message: 'No documents.' });
  });

  it('when it is told to, after the keyboards in hand', async () => {
    const hold = Promise.withResolvers<void>();
    const read = async ({ name }: Task) => {
      await hold.promise;
      readNames.push(name);
    };
    const run = begin('abcdef', { parallel: 2, read });
    await new Promise(setImmediate);
    run.stop();
    hold.resolve();
    await run.finished;
    expect(readNames).toEqual(['a', 'b']);
    expect(finish).not.toHaveBeenCalled();
    expect(reports.at(-1)).toMatchObject({ state: 'stopped', message: 'The run was stopped.' });
  });

  it('when it is told to, and blames no keyboard for a reader that was closed under it', async () => {
    const hold = Promise.withResolvers<void>();
    const run = begin('abc', { read: () => hold.promise });
    await new Promise(setImmediate);
    run.stop();
    hold.reject(crash());
    await run.finished;
    expect(given).toEqual([]);
    expect(reports.at(-1)).toMatchObject({ state: 'stopped', message: 'The run was stopped.' });
  });

  it('before its end, and waits for all that read at the same time', async () => {
    const hold = Promise.withResolvers<void>();
    const read = async ({ name }: Task) => {
      if (name === 'a') throw new KilnError('storage.full', 'Full.');
      await hold.promise;
      readNames.push(name);
    };
    const run = begin('abc', { parallel: 2, read });
    await new Promise(setImmediate);
    expect(reports.at(-1)).toMatchObject({ state: 'indexing' });
    hold.resolve();
    await run.finished;
    expect(readNames).toEqual(['b']);
    expect(reports.at(-1)).toMatchObject({ state: 'stopped', message: 'Full.' });
  });
});
