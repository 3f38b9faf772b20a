import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bubblewrapArguments } from '../../../../worker/sandbox/bubblewrap.ts';
import { isWithin } from '../../../../worker/sandbox/places.ts';

let root: string;
const at = (...names: string[]) => join(root, ...names);

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'kiln-bubblewrap-')));
  for (const folder of ['tree/.git', 'data/builds/job/tmp', 'data/tools']) {
    mkdirSync(at(folder), { recursive: true });
  }
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The arguments as text, so that a mount can be looked for. */
function argumentsFor(readable: string[], hidden: string[]): string {
  const folder = at('data/builds/job');
  const places = { folder, temporary: join(folder, 'tmp'), readable, hidden };
  return bubblewrapArguments(places, folder, true).join(' ');
}

describe('the command line of bubblewrap', () => {
  it('shows the readable folders and hides what is inside them, outer folders first', () => {
    const text = argumentsFor([at('tree'), at('data/tools')], [at('tree/.git'), at('data')]);
    const order = [
      `--ro-bind ${at('tree')} ${at('tree')}`,
      `--tmpfs ${at('tree/.git')}`,
      `--remount-ro ${at('tree/.git')}`,
      '--remount-ro /proc --remount-ro /dev --remount-ro / --chdir',
    ].map((part) => text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    // Nothing shows it, so nothing has to hide it.
    expect(text).not.toContain(`--tmpfs ${at('data')} `);
  });

  it('hides a data folder inside of a tree, but not the job’s own folder in it', () => {
    const text = argumentsFor([root], [at('data')]);
    const hidden = text.indexOf(`--tmpfs ${at('data')} `);
    const job = text.indexOf(`--bind ${at('data/builds/job')} `);
    expect(hidden).toBeGreaterThan(text.indexOf(`--ro-bind ${root} `));
    expect(job).toBeGreaterThan(hidden);
  });

  it('hides a file as well, as the .git of a work tree is one', () => {
    rmSync(at('tree/.git'), { recursive: true });
    writeFileSync(at('tree/.git'), 'gitdir: /elsewhere\n');
    expect(argumentsFor([at('tree')], [at('tree/.git')])).toContain(
      `--ro-bind /dev/null ${at('tree/.git')}`,
    );
  });

  it('leaves out what is not there', () => {
    expect(argumentsFor([at('gone')], [at('tree/gone')])).not.toContain('gone');
  });
});

describe('being within a folder', () => {
  it.each([
    ['/a', '/a', true],
    ['/a/b', '/a', true],
    ['/a/..b', '/a', true],
    ['/ab', '/a', false],
    ['/', '/a', false],
  ])('%s in %s is %s', (path, folder, expected) => {
    expect(isWithin(path, folder)).toBe(expected);
  });
});
