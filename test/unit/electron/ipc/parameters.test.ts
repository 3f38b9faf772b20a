import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ShellError } from '../../../../electron/errors.ts';
import type { Requests } from '../../../../electron/ipc/messages.ts';
import { checkParameters } from '../../../../electron/ipc/parameters.ts';

const NAMES: readonly (keyof Requests)[] = [
  'session-token',
  'app-info',
  'open-keymap',
  'save-file',
  'choose-folder',
  'show-logs',
  'open-configurator',
  'open-external',
  'restart-service',
  'title',
  'progress',
  'build-ended',
  'flash-image',
  'flash-file',
];

describe('well-formed parameters come through', () => {
  test('a file to save', () => {
    const file = { name: 'a.json', mediaType: 'application/json', content: '{}' };
    expect(checkParameters('save-file', [{ ...file, extra: 1 }])).toEqual([file]);
    const bytes = { ...file, content: new Uint8Array([1, 2]) };
    expect(checkParameters('save-file', [bytes])).toEqual([bytes]);
  });

  test('progress', () => {
    expect(checkParameters('progress', [null])).toEqual([null]);
    expect(checkParameters('progress', [{ fraction: null }])).toEqual([{ fraction: null }]);
    expect(checkParameters('progress', [{ fraction: 0.5 }])).toEqual([{ fraction: 0.5 }]);
  });

  test('the others', () => {
    expect(checkParameters('session-token', [])).toEqual([]);
    expect(checkParameters('title', ['Planck'])).toEqual(['Planck']);
    const end = { jobId: '1', title: 'Built', body: 'pad4x4' };
    expect(checkParameters('build-ended', [end])).toEqual([end]);
  });
});

test.each([
  ['../../.bashrc', '_.._.bashrc'],
  ['/etc/passwd', '_etc_passwd'],
  ['C:\\Windows\\x.json', 'C__Windows_x.json'],
  ['..', 'keymap.json'],
  ['', 'keymap.json'],
  ['a\u0000b.json', 'a_b.json'],
  ['Tastatur ä.json', 'Tastatur ä.json'],
])('the name %j is offered as %j', (given, expected) => {
  const [file] = checkParameters('save-file', [{ name: given, mediaType: 'x', content: '' }]);
  expect(file.name).toBe(expected);
});

test.each([
  ['session-token', [1]],
  ['open-external', [{}]],
  ['open-external', ['x'.repeat(5000)]],
  ['save-file', [null]],
  ['save-file', [{ name: 'a', mediaType: 'b', content: 5 }]],
  ['save-file', [{ name: 'a', mediaType: 'b', content: [1, 2] }]],
  ['progress', [{ fraction: 2 }]],
  ['progress', [{ fraction: Number.NaN }]],
  ['progress', [undefined]],
  ['build-ended', [{ jobId: 1, title: '', body: '' }]],
  ['flash-image', [['x']]],
] as const)('%s with %j is refused', (name, given) => {
  expect(() => checkParameters(name, given)).toThrow(
    expect.objectContaining({ code: 'shell.message-invalid' }),
  );
});

test('whatever a page sends, it is taken whole or refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.array(fc.anything()), (name, given) => {
      try {
        checkParameters(name, given);
      } catch (error) {
        expect(error).toBeInstanceOf(ShellError);
      }
    }),
  );
});
