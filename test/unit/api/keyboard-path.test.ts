import { describe, expect, it } from 'vitest';
import { parseKeyboardPath } from '../../../api/keyboard-path.ts';

const infos = (...keyboards: string[]) => ({ part: 'infos', keyboards });

describe('parseKeyboardPath', () => {
  it.each([
    ['planck', infos('planck')],
    ['a/b/c/d/e/f', infos('a/b/c/d/e/f')],
    ['a/b/c/d/e/f/info.json', { part: 'info', keyboard: 'a/b/c/d/e/f' }],
    ['Some-Maker/k_b/readme', { part: 'readme', keyboard: 'Some-Maker/k_b' }],
    ['a/readme.md', { part: 'readme', keyboard: 'a' }],
    ['a/b/build_log', { part: 'build-log', keyboard: 'a/b' }],
    ['readme', infos('readme')],
    ['build_log', infos('build_log')],
    ['a,b/c,a', infos('a', 'b/c')],
    ['a/keymaps/x', { part: 'keymap', keyboard: 'a', keymap: 'x' }],
    ['a/keymaps/readme', { part: 'keymap', keyboard: 'a', keymap: 'readme' }],
    ['a/keymaps/..', { part: 'keymap', keyboard: 'a', keymap: '..' }],
    ['a/keymaps/x/readme', { part: 'keymap-readme', keyboard: 'a', keymap: 'x' }],
    ['a/keymaps/x/keymap.json', { part: 'keymap-file', path: 'keyboards/a/keymaps/x/keymap.json' }],
    ['a/keymaps/../keymap.json', null],
    ['a/keymaps/.x/keymap.json', null],
    ['a/keymaps/x/keymap.c', null],
    ['a/keymaps/x/y', infos('a/keymaps/x/y')],
    ['../keymaps/x', null],
    ['a,b/keymaps/x', null],
    ['a,b/readme', null],
    ['a,', null],
    ['', null],
    ['info.json', null],
    ['a//b', null],
    ['/a', null],
    ['a/b/c/d/e/f/g', null],
    ['a.b', null],
    ['../zoo', null],
    ['zoo/../zoo/info.json', null],
    ['%2e%2e/zoo', null],
    ['a\n', null],
    ['a\n/keymaps/x', null],
    ['a'.repeat(128), infos('a'.repeat(128))],
    ['a'.repeat(129), null],
  ])('reads %j', (path, expected) => {
    expect(parseKeyboardPath(path)).toEqual(expected);
  });

  it.each(['/keymaps/', 'a/keymaps/', 'a,', '/'])('costs little however long: %j', (piece) => {
    const before = performance.now();
    parseKeyboardPath(piece.repeat(16 * 1024));
    expect(performance.now() - before).toBeLessThan(1_000);
  });
});
