import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import {
  cleanLine,
  createBuildLog,
  type Replacements,
} from '../../../../worker/build/build-log.ts';
import { temporaryFolder } from '../../../fixtures/toolchain/tools.ts';

const KIB = 1024;

function open({
  file = join(temporaryFolder(), 'build.log'),
  replacements = [] as Replacements,
} = {}) {
  const live: string[] = [];
  const log = createBuildLog({ file, replacements, onLine: (line) => live.push(line) });
  onTestFinished(() => log.close());
  return { file, live, log };
}

describe('a line, cleaned', () => {
  it.each([
    ['plain text', 'plain text'],
    ['\u001b[32;01mOK\u001b[0m', 'OK'],
    ['\u001b]8;;http://evil\u0007link\u001b]8;;\u0007', 'link'],
    ['\u009b31mred', 'red'],
    ['a\u0000b\u0007c\u001bd\u007fe\u0085f', 'abcdef'],
    ['left\ttab', 'left\ttab'],
    ['two\nlines\r', 'twolines'],
    ['trailing   \t ', 'trailing'],
    ['‘ü’ 键', '‘ü’ 键'],
    ['', ''],
  ])('%j reads %j', (line, clean) => {
    expect(cleanLine(line, [])).toBe(clean);
  });

  it('has no path of the machine, wherever it stands', () => {
    const replacements: Replacements = [
      ['/home/me/build/qmk/', ''],
      ['/home/me/build', '<build>'],
      ['/home/me', '~'],
    ];
    expect(cleanLine('/home/me/build/qmk/a.c:1: in /home/me/build:/home/me', replacements)).toBe(
      'a.c:1: in <build>:~',
    );
    expect(cleanLine('\u001b[1m/home/me/x\u001b[0m.', replacements)).toBe('~/x.');
    expect(cleanLine('see /home/me.', replacements)).toBe('see ~.');
  });

  it('keeps a path that only begins alike', () => {
    expect(cleanLine('/home/menu /home/me-too /home/me', [['/home/me', '~']])).toBe(
      '/home/menu /home/me-too ~',
    );
  });

  it('is cut after 4096 characters, not through a path nor through a character', () => {
    const path = '/secret/folder';
    const line = `${'x'.repeat(4090)}${path}/a.c`;
    expect(cleanLine(line, [[path, '']])).toBe(`${'x'.repeat(4090)}/a.c`);
    expect(cleanLine('x'.repeat(100_000), [])).toHaveLength(4096);
    expect(cleanLine(`${'x'.repeat(4095)}🎹`, []).isWellFormed()).toBe(true);
  });

  it('never holds a control character, and is clean when cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (line) => {
        const clean = cleanLine(line, []);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
        expect(clean).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
        expect(clean.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a build log', () => {
  it('gives each line cleaned to the caller, the live view, the result and the file', async () => {
    const { log, live, file } = open({ replacements: [['/secret', '<kiln>']] });
    expect(log.add('\u001b[1mCompiling: /secret/a.c')).toBe('Compiling: <kiln>/a.c');
    log.add('');
    log.add('done');
    const lines = ['Compiling: <kiln>/a.c', '', 'done'];
    expect(live).toEqual(lines);
    expect(log.output()).toBe(lines.join('\n'));
    await expect(log.lines()).resolves.toEqual(lines);
    expect(readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`);
  });

  it('is empty before the first line', async () => {
    const { log } = open();
    expect(log.output()).toBe('');
    await expect(log.lines()).resolves.toEqual([]);
  });

  it('keeps head and tail within 256 KiB for the result, and everything in the file', async () => {
    const { log } = open();
    const all = Array.from({ length: 20_000 }, (_, index) => `line ${index} of a log`);
    for (const line of all) log.add(line);
    const output = log.output();
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(256 * KIB);
    expect(Buffer.byteLength(output)).toBeGreaterThan(250 * KIB);
    expect(output.startsWith('line 0 of a log\n')).toBe(true);
    expect(output.endsWith('\nline 19999 of a log')).toBe(true);
    expect(output.split('\n').filter((line) => /^… \d+ bytes left out …$/.test(line))).toHaveLength(
      1,
    );
    await expect(log.lines()).resolves.toEqual(all);
  });

  it('counts bytes, not characters', () => {
    const { log } = open();
    for (let line = 0; line < 200; line += 1) log.add('键'.repeat(1000));
    expect(Buffer.byteLength(log.output())).toBeLessThanOrEqual(256 * KIB);
  });

  it('cuts the file at 8 MiB, once and with a word, and lives on', async () => {
    const { log, live, file } = open();
    const line = 'x'.repeat(4096);
    for (let count = 0; count < 2100; count += 1) log.add(line);
    const lines = await log.lines();
    expect(lines.at(-1)).toBe('… the log is cut here, at 8 MiB');
    expect(new Set(lines.slice(0, -1))).toEqual(new Set([line]));
    expect(statSync(file).size).toBeLessThan(8 * KIB * KIB + 100);
    expect(live).toHaveLength(2100);
    log.add('the end');
    expect(log.output().endsWith('\nthe end')).toBe(true);
    await expect(log.lines()).resolves.toEqual(lines);
  });

  it('can be read after it was closed', async () => {
    const file = join(temporaryFolder(), 'build.log');
    const log = createBuildLog({ file, replacements: [], onLine: () => undefined });
    log.add('a');
    log.close();
    await expect(log.lines()).resolves.toEqual(['a']);
    expect(log.output()).toBe('a');
  });

  it('says with a KilnError that its file takes no more, after the line was shown', () => {
    const live: string[] = [];
    const file = join(temporaryFolder(), 'build.log');
    const log = createBuildLog({ file, replacements: [], onLine: (line) => live.push(line) });
    log.close();
    expect(() => log.add('a')).toThrow(KilnError);
    expect(live).toEqual(['a']);
    expect(log.output()).toBe('a');
  });

  it('never takes over a file that is there', () => {
    const file = join(temporaryFolder(), 'build.log');
    writeFileSync(file, 'of another build');
    expect(() => createBuildLog({ file, replacements: [], onLine: () => undefined })).toThrow();
    expect(readFileSync(file, 'utf8')).toBe('of another build');
  });

  it.skipIf(process.platform === 'win32')('is read by its owner only', () => {
    const { file } = open();
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});
