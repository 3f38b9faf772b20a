import { describe, expect, it } from 'vitest';
import { createTerminal } from '../../../cli/terminal.ts';
import { KilnError } from '../../../core/errors.ts';

const CLEAR = '\r\u001b[2K';

function terminal({ json = false, isTTY = false, columns = undefined as number | undefined } = {}) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    ({
      isTTY,
      columns,
      write: (text: string) => {
        written[name] += text;
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  const options = { json, stdout: stream('stdout'), stderr: stream('stderr') };
  return { written, ...createTerminal(options) };
}

const error = new KilnError('queue.full', 'All places are taken.');

describe('in a pipe', () => {
  it('results go to stdout, and what happens meanwhile to stderr', () => {
    const { line, status, result, written } = terminal();
    status('Adding qmk');
    line('Added qmk');
    result({ ignored: true });
    expect(written).toEqual({ stdout: 'Added qmk\n', stderr: 'Adding qmk\n' });
  });

  it('a stage is told once, without numbers that change', () => {
    const { progress, written } = terminal();
    for (const fraction of [0.1, 0.2, 0.3]) progress('Building a', { stage: 'compile', fraction });
    progress('Building a', { stage: 'link', fraction: 0.9 });
    progress('Building a', { stage: 'something-new' });
    expect(written.stderr).toBe(
      'Building a: compiling\nBuilding a: linking\nBuilding a: something-new\n',
    );
  });

  it('no terminal sequence is ever written', () => {
    const { line, status, clearStatus, error: fail, written } = terminal();
    status('\u001b[31mred\u001b[0m');
    clearStatus();
    line('x');
    fail(error);
    expect(written.stdout + written.stderr).not.toContain('\u001b');
    expect(written.stderr).toContain('red\n');
  });

  it('an error has its remedy and code on the second line', () => {
    const { error: fail, written } = terminal();
    fail(error);
    expect(written).toEqual({
      stdout: '',
      stderr:
        'All places are taken.\n' +
        'Wait for a build to end, or raise KILN_QUEUE_LIMIT. [queue.full]\n',
    });
  });
});

describe('on a terminal', () => {
  it('one line rewrites itself, and goes before other output', () => {
    const { status, line, written } = terminal({ isTTY: true });
    status('one');
    status('two');
    line('result');
    line('more');
    expect(written.stderr).toBe(`one${CLEAR}two${CLEAR}`);
    expect(written.stdout).toBe('result\nmore\n');
  });

  it('progress has a bar where the end is known', () => {
    const { progress, written } = terminal({ isTTY: true });
    progress('Building a', { stage: 'prepare' });
    progress('Building a', { stage: 'compile', fraction: 0.5 });
    progress('Building a', { stage: 'compile', fraction: 1 });
    expect(written.stderr.split(CLEAR)).toEqual([
      'Building a: preparing',
      `Building a: compiling ${'▓'.repeat(10)}${'░'.repeat(10)}  50 %`,
      `Building a: compiling ${'▓'.repeat(20)} 100 %`,
    ]);
  });

  it.each([
    [40, 39],
    [1, 20],
    [undefined, 79],
  ])('of %s columns the status keeps to one line', (columns, length) => {
    const { status, written } = terminal({ isTTY: true, columns });
    status('x'.repeat(500));
    expect(written.stderr).toHaveLength(length);
  });

  it('the status is cleared once', () => {
    const { status, clearStatus, written } = terminal({ isTTY: true });
    clearStatus();
    status('one');
    clearStatus();
    clearStatus();
    expect(written.stderr).toBe(`one${CLEAR}`);
  });

  it('an error does not stand in the status line', () => {
    const { status, error: fail, written } = terminal({ isTTY: true });
    status('working');
    fail(error);
    expect(written.stderr.startsWith(`working${CLEAR}All places are taken.\n`)).toBe(true);
  });
});

describe('for a program', () => {
  it('stdout has one JSON object and stderr nothing', () => {
    const { line, status, progress, result, clearStatus, json, written } = terminal({
      json: true,
      isTTY: true,
    });
    expect(json).toBe(true);
    status('Adding');
    progress('Building', { stage: 'compile', fraction: 0.5 });
    line('Added');
    clearStatus();
    result({ tree: 'qmk', text: 'a\nb' });
    expect(written).toEqual({ stdout: '{"tree":"qmk","text":"a\\nb"}\n', stderr: '' });
  });

  it('an error is that object, with all its facts', () => {
    const { error: fail, written } = terminal({ json: true });
    fail(error);
    expect(JSON.parse(written.stdout)).toEqual({ error: error.toReport() });
    expect(written.stderr).toBe('');
  });
});
