import { describe, expect, it } from 'vitest';
import { clientKey, jobsOf, type OperatorJob, sinceOf } from '../../../renderer/service/queue.ts';
import { isOff, rhythmOf } from '../../../renderer/service/schedule.ts';
import {
  allKeyboards,
  chosenKeyboards,
  type TestBuilds,
  withNews,
} from '../../../renderer/service/test-builds.ts';
import { verdictOf } from '../../../renderer/service/test-keyboard.tsx';
import { testPath } from '../../../renderer/service/test-list.tsx';

function job(changes: Partial<OperatorJob>): OperatorJob {
  return { state: 'queued', createdAt: 1000, startedAt: null, client: null, ...changes } as never;
}

describe('the queue', () => {
  it('is shown whole, or one client’s part of it: also of those whose address is unknown', () => {
    const jobs = [job({ client: 'a' }), job({ client: null }), job({ client: 'b' })];
    expect(jobsOf(jobs, null)).toHaveLength(3);
    expect(jobsOf(jobs, 'b')).toEqual([jobs[2]]);
    expect(jobsOf(jobs, clientKey(null))).toEqual([jobs[1]]);
  });

  it('says since when a job waits, and since when it runs', () => {
    expect(sinceOf(job({}))).toBe(1000);
    expect(sinceOf(job({ state: 'running', startedAt: 3000 }))).toBe(3000);
    // Back in the queue after its worker was lost: it waits since it came.
    expect(sinceOf(job({ state: 'queued', startedAt: 3000 }))).toBe(1000);
  });
});

describe('the verdict of a keyboard’s test', () => {
  const built = { firmwareFilename: 'a.hex' } as OperatorJob['result'];
  const errors = { firmwareFilename: null } as OperatorJob['result'];
  it.each([
    ['queued', null, null],
    ['running', null, null],
    // The end is known a moment before the result is.
    ['finished', null, null],
    ['finished', built, 'works'],
    ['finished', errors, 'fails'],
    // Neither tells anything of the keyboard.
    ['canceled', null, 'unknown'],
    ['failed', null, 'unknown'],
  ] as const)('of a job that is %s is %j → %s', (state, result, verdict) => {
    expect(verdictOf({ state, result })).toBe(verdict);
  });
});

describe('the schedule', () => {
  it.each([
    ['on demand', { kind: 'demand' }],
    ['every 10 min', { kind: 'minutes', count: 10 }],
    ['every 30 s', { kind: 'seconds', count: 30 }],
    ['30 3 * * *', { kind: 'daily', at: '03:30' }],
    ['5 14 * * *', { kind: 'daily', at: '14:05' }],
    ['0 4 * * 1', { kind: 'pattern', pattern: '0 4 * * 1' }],
    ['*/5 3 * * *', { kind: 'pattern', pattern: '*/5 3 * * *' }],
  ])('reads the times of a task: %s', (when, rhythm) => {
    expect(rhythmOf(when)).toEqual(rhythm);
  });

  it('calls off only what a setting could turn on', () => {
    expect(isOff({ nextRunAt: null, setting: 'KILN_TREE_UPDATES' })).toBe(true);
    expect(isOff({ nextRunAt: 5, setting: 'KILN_TREE_UPDATES' })).toBe(false);
    expect(isOff({ nextRunAt: null, setting: null })).toBe(false);
  });
});

describe('test builds', () => {
  const tested = (keyboard: string, verdict: 'failing' | 'warning' | 'passing') => ({
    keyboard,
    verdict,
    testedAt: 1,
    version: '1',
  });
  const view = {
    keyboards: [
      tested('a/one', 'passing'),
      tested('b/two', 'failing'),
      tested('c/one', 'warning'),
      tested('d/two', 'failing'),
    ],
    untested: ['a/three'],
  } as unknown as TestBuilds;
  const all = allKeyboards(view);
  const names = (keyboards: ReturnType<typeof chosenKeyboards>) =>
    keyboards.map(({ keyboard }) => keyboard);

  it('show first what fails, by name, and last what was not tested', () => {
    expect(names(all)).toEqual(['b/two', 'd/two', 'c/one', 'a/one', 'a/three']);
  });

  it('are filtered by verdict and by words', () => {
    expect(names(chosenKeyboards(all, 'failing', ''))).toEqual(['b/two', 'd/two']);
    expect(names(chosenKeyboards(all, 'untested', ''))).toEqual(['a/three']);
    expect(names(chosenKeyboards(all, null, ' ONE a '))).toEqual(['a/one']);
    expect(names(chosenKeyboards(all, 'passing', 'two'))).toEqual([]);
  });

  it('take in what was found since they were all asked for', () => {
    const found = [tested('a/three', 'passing'), tested('b/two', 'warning')];
    const news = { ...view, keyboards: found, untested: [], state: 'resting' } as TestBuilds;
    expect(withNews(view, undefined)).toBe(view);
    const both = withNews(view, news) as TestBuilds;
    expect(both).toMatchObject({ state: 'resting', untested: [] });
    expect(both.keyboards.map(({ keyboard, verdict }) => `${keyboard} ${verdict}`)).toEqual([
      'a/one passing',
      'a/three passing',
      'b/two warning',
      'c/one warning',
      'd/two failing',
    ]);
  });

  it('have an address a keyboard, with its slashes', () => {
    expect(testPath('acme/board 1/rev2')).toBe('/service/test-builds/acme/board%201/rev2');
  });
});
