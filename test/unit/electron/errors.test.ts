import { expect, test } from 'vitest';
import { ERRORS } from '../../../core/errors.ts';
import { describe as describeError, REMEDIES, ShellError } from '../../../electron/errors.ts';

test('the shell’s remedies are those of the registry', () => {
  const registered = Object.fromEntries(
    Object.keys(REMEDIES).map((code) => [code, ERRORS[code as keyof typeof REMEDIES].remedy]),
  );
  expect(REMEDIES).toEqual(registered);
});

test('an error is described by what happened, what to do, and its code', () => {
  const error = new ShellError('shell.file-unreadable', 'a.json cannot be opened.');
  expect(describeError(error)).toBe(
    `a.json cannot be opened. ${REMEDIES['shell.file-unreadable']} [shell.file-unreadable]`,
  );
  expect(describeError(new Error('plain'))).toBe('plain');
  expect(describeError('text')).toBe('text');
});
