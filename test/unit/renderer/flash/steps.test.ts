import { describe, expect, it } from 'vitest';
import { sortDevices } from '../../../../renderer/flash/devices.ts';
import { needsImage } from '../../../../renderer/flash/flash-store.ts';
import { readinessOf, requestOf, type Wanted } from '../../../../renderer/flash/plan-request.ts';
import type { Preview, Run } from '../../../../renderer/flash/runs.ts';
import { placeOf, stepStates } from '../../../../renderer/flash/steps.ts';

const RUN: Run = {
  id: '1',
  action: 'flash',
  keyboard: null,
  image: null,
  job: null,
  device: null,
  bootloader: null,
  startedAt: 0,
  endedAt: null,
  holds: 'unchanged',
  holdsMeans: '',
  phase: 'wait',
  stage: null,
  fraction: null,
  instructions: [],
  problem: null,
  choices: [],
  cancelRefusal: null,
  end: null,
};

function ended(outcome: NonNullable<Run['end']>['outcome'], holds: Run['holds']): Run {
  const sentences = { message: '', holds: '', next: '', code: null, nextCode: null };
  const details = { stage: null, exitCode: null };
  const end = { outcome, ...sentences, details, failure: null, error: null };
  return { ...RUN, phase: 'ended', holds, end };
}

describe('the three steps', () => {
  it.each<[Partial<Run>, number]>([
    [{ phase: 'prepare' }, 1],
    [{ phase: 'choose' }, 1],
    [{ phase: 'work', stage: 'erase' }, 2],
    [{ phase: 'work', stage: 'write' }, 2],
    [{ phase: 'work', stage: 'verify' }, 3],
    [{ phase: 'work', stage: 'restart' }, 3],
    [{ phase: 'return' }, 3],
  ])('a run in %j is in step %i', (changes, place) => {
    const run = { ...RUN, ...changes };
    expect(placeOf(run)).toBe(place);
    expect(stepStates(run)[place - 1]).toBe('now');
  });

  it('end where the run ended, by what the keyboard holds', () => {
    expect(stepStates(ended('complete', 'new'))).toEqual(['done', 'done', 'done']);
    expect(stepStates(ended('unconfirmed', 'unknown'))).toEqual(['done', 'done', 'done']);
    expect(stepStates(ended('canceled', 'unchanged'))).toEqual(['failed', 'later', 'later']);
    expect(stepStates(ended('failed', 'partial'))).toEqual(['done', 'failed', 'later']);
    expect(stepStates(ended('failed', 'differs'))).toEqual(['done', 'done', 'failed']);
  });
});

const WANTED: Wanted = {
  action: 'flash',
  hand: 'left',
  source: { kind: 'job', id: 'j' },
  keyboard: null,
  device: null,
  eeprom: null,
};

describe('a request', () => {
  it('is none while the image is missing', () => {
    expect(requestOf({ ...WANTED, source: null })).toBeNull();
    expect(requestOf(WANTED)).toEqual({ action: 'flash', job: 'j', waitSeconds: 300 });
  });

  it('brings an image for settings only where clearing them costs the firmware', () => {
    const clear = { ...WANTED, action: 'clear-eeprom' } as const;
    expect(requestOf(clear)).not.toHaveProperty('job');
    expect(requestOf({ ...clear, eeprom: 'tool-erases-firmware' })).toHaveProperty('job', 'j');
    expect(needsImage('exit', 'tool-erases-firmware')).toBe(false);
  });

  it('names the hand only where one is set', () => {
    expect(requestOf(WANTED)).not.toHaveProperty('hand');
    expect(requestOf({ ...WANTED, action: 'set-hand' })).toHaveProperty('hand', 'left');
  });
});

const PREVIEW: Preview = {
  device: null,
  bootloader: null,
  mcu: null,
  room: null,
  findings: [],
  confirm: null,
};

describe('readiness', () => {
  it('asks for the very name, also one that only an earlier run asked for', () => {
    const asks = { ...PREVIEW, confirm: 'a/b' };
    expect(readinessOf(PREVIEW, null, '')).toEqual({ state: 'ready' });
    expect(readinessOf(asks, null, 'a/')).toEqual({ state: 'mismatch', name: 'a/b' });
    expect(readinessOf(asks, null, ' a/b ')).toEqual({ state: 'ready' });
    expect(readinessOf(PREVIEW, 'c', '')).toEqual({ state: 'mismatch', name: 'c' });
  });

  it('is not bought by any name where something stops', () => {
    const findings = [{ rule: 'size', severity: 'stop', message: '' } as const];
    expect(readinessOf({ ...PREVIEW, findings, confirm: 'a/b' }, null, 'a/b')).toEqual({
      state: 'stop',
    });
  });
});

describe('devices', () => {
  it('that can be flashed come first, and what is no keyboard is folded away', () => {
    const device = (kind: 'keyboard' | 'bootloader' | 'other') =>
      ({ id: kind, kind }) as Parameters<typeof sortDevices>[0][number];
    const { concerned, others } = sortDevices([
      device('other'),
      device('keyboard'),
      device('bootloader'),
    ]);
    expect(concerned.map(({ id }) => id)).toEqual(['bootloader', 'keyboard']);
    expect(others.map(({ id }) => id)).toEqual(['other']);
  });
});
