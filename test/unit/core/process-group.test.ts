import { describe, expect, it } from 'vitest';
import {
  endGroup,
  macHost,
  membersIn,
  type ProcessEntry,
  type ProcessHost,
  parseLinuxStat,
  parsePsTable,
  windowsHost,
} from '../../../core/process-group.ts';

const entry = (pid: number, group: number, more: Partial<ProcessEntry> = {}): ProcessEntry => ({
  pid,
  group,
  session: group,
  started: 100,
  running: true,
  ...more,
});
const leader = { pid: 50, startTime: '100@boot', mark: 'm' };
const noMark = () => undefined;

describe('parseLinuxStat', () => {
  it('finds its fields behind a program name that looks like fields', () => {
    const line = `77 (a) R 9 (x) S 1 70 60 0 -1 4194560 ${'0 '.repeat(12)}98765 0`;
    expect(parseLinuxStat(line)).toEqual({
      pid: 77,
      group: 70,
      session: 60,
      started: 98765,
      running: true,
    });
  });

  it('tells a zombie from a running process', () => {
    const line = `77 (gone) Z 1 70 60 0 -1 4194560 ${'0 '.repeat(12)}98765 0`;
    expect(parseLinuxStat(line)).toMatchObject({ pid: 77, running: false });
  });

  it('makes nothing of what is no such line', () => {
    expect(parseLinuxStat('')).toBeUndefined();
    expect(parseLinuxStat('kernel panic')).toBeUndefined();
  });
});

describe('parsePsTable', () => {
  it('reads the columns and leaves out what is no process', () => {
    const text = [
      '    1     1 Ss   Fri Nov 20 19:12:00 2026    ',
      '  812   800 Z    Fri Nov 20 19:12:07 2026    ',
      'ps: illegal option',
      '',
    ].join('\n');
    const boot = Date.UTC(2026, 10, 20, 19, 12) / 1000;
    expect(parsePsTable(text)).toEqual([
      { pid: 1, group: 1, session: 0, started: boot, running: true },
      { pid: 812, group: 800, session: 0, started: boot + 7, running: false },
    ]);
  });
});

describe('membersIn', () => {
  it('takes the group, the session and who carries the mark, each in its way', () => {
    const table = [
      entry(50, 50),
      entry(51, 50, { started: 101 }),
      entry(52, 52, { session: 50, started: 102 }),
      entry(53, 53, { started: 103 }),
      entry(54, 54, { started: 104 }),
      entry(1, 1, { started: 0 }),
    ];
    const markOf = (pid: number) => ({ 53: 'm', 54: 'm/inner' })[pid];
    expect(membersIn(table, leader, 'boot', markOf)).toEqual({
      pids: [50, 51, 52, 53, 54],
      ownsGroup: true,
      outside: [52, 53, 54],
    });
  });

  it('does not take a mark that only begins alike', () => {
    const table = [entry(60, 60, { started: 101 })];
    expect(membersIn(table, leader, 'boot', () => 'mm/inner').pids).toEqual([]);
  });

  it('leaves a group alone whose number belongs to a later process', () => {
    const table = [entry(50, 50, { started: 900 }), entry(51, 50, { started: 901 })];
    expect(membersIn(table, { pid: 50, startTime: '100@boot' }, 'boot', noMark)).toEqual({
      pids: [],
      ownsGroup: false,
      outside: [],
    });
  });

  it('takes the children of a dead leader, if one of them carries the mark', () => {
    const table = [entry(51, 50, { started: 101 }), entry(52, 50, { started: 102 })];
    expect(membersIn(table, leader, 'boot', (pid) => (pid === 52 ? 'm' : '')).pids).toEqual([
      51, 52,
    ]);
    expect(membersIn(table, leader, 'boot', noMark).pids).toEqual([]);
    expect(membersIn(table, { pid: 50, startTime: '100@boot' }, 'boot', noMark).pids).toEqual([
      51, 52,
    ]);
  });

  it('counts nobody who is dead, older, of another boot, or this very process', () => {
    const identity = { pid: 50, startTime: '100@boot' };
    const table = [
      entry(50, 50, { running: false }),
      entry(51, 50, { started: 99 }),
      entry(process.pid, 50),
    ];
    expect(membersIn(table, identity, 'boot', noMark).pids).toEqual([]);
    expect(membersIn([entry(50, 50)], identity, 'later boot', noMark).pids).toEqual([]);
  });
});

describe('endGroup', () => {
  /** A group whose members die by the given signal. */
  function pretend(diesBy: string) {
    const signals: string[] = [];
    const host: ProcessHost = {
      ownMark: noMark,
      marks: false,
      startTimeOf: async () => '100@boot',
      members: async () =>
        signals.includes(diesBy)
          ? { pids: [], ownsGroup: false, outside: [] }
          : { pids: [50], ownsGroup: true, outside: [] },
      signal: async (_identity, _members, signal) => {
        signals.push(signal);
      },
    };
    return { host, signals };
  }

  it('asks once, and does not force who hears', async () => {
    const { host, signals } = pretend('SIGTERM');
    expect(await endGroup(host, leader, { graceMs: 1000, forceMs: 1000, pollMs: 1 })).toBe(true);
    expect(signals).toEqual(['SIGTERM']);
  });

  it('forces after the grace', async () => {
    const { host, signals } = pretend('SIGKILL');
    await endGroup(host, leader, { graceMs: 5, forceMs: 1000, pollMs: 1 });
    expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  it('gives up on what no signal ends', async () => {
    const { host } = pretend('nothing');
    expect(await endGroup(host, leader, { graceMs: 5, forceMs: 5, pollMs: 1 })).toBe(true);
  });

  it('says so when there is nobody', async () => {
    const { host, signals } = pretend('SIGTERM');
    signals.push('SIGTERM');
    expect(await endGroup(host, leader, { graceMs: 5, forceMs: 5, pollMs: 1 })).toBe(false);
  });
});

describe('macHost', () => {
  it('asks ps, in columns of its own', async () => {
    const asked: string[] = [];
    const host = macHost(async (file, args) => {
      asked.push([file, ...args].join(' '));
      return '   50    50 S    Fri Nov 20 19:12:00 2026\n   51    50 S    Fri Nov 20 19:12:01 2026\n';
    });
    const startTime = await host.startTimeOf(50);
    expect(startTime).toBe(`${Date.UTC(2026, 10, 20, 19, 12) / 1000}@`);
    const members = await host.members({ pid: 50, startTime: startTime ?? '' });
    expect(members.pids).toEqual([50, 51]);
    expect(asked).toEqual([
      '/bin/ps -p 50 -o pid=,pgid=,stat=,lstart=',
      '/bin/ps -ax -o pid=,pgid=,stat=,lstart=',
    ]);
  });
});

describe('windowsHost', () => {
  const SYSTEM = 'C:\\Windows\\System32';

  it('ends a process and its descendants by force', async () => {
    const asked: (readonly string[])[] = [];
    const host = windowsHost(async (file, args) => {
      asked.push([file, ...args]);
      return '';
    });
    await host.signal(leader, { pids: [50], ownsGroup: true, outside: [] }, 'SIGTERM');
    expect(asked).toEqual([[`${SYSTEM}\\taskkill.exe`, '/PID', '50', '/T', '/F']]);
  });

  it('knows a process by its start time, and nobody when PowerShell fails', async () => {
    const host = windowsHost(async () => '134085211200000000\r\n');
    const startTime = (await host.startTimeOf(50)) ?? '';
    expect(startTime).toBe('134085211200000000');
    expect((await host.members({ pid: 50, startTime })).pids).toEqual([50]);
    expect((await host.members({ pid: 50, startTime: '1' })).pids).toEqual([]);
    const broken = windowsHost(async () => undefined);
    expect(await broken.startTimeOf(50)).toBeUndefined();
  });
});
