import { describe, expect, it } from 'vitest';
import {
  ERRORS,
  type ErrorCode,
  errnoOf,
  errorFromReport,
  KilnError,
  toKilnError,
} from '../../../core/errors.ts';

const codes = Object.keys(ERRORS) as ErrorCode[];

function withCode(code: string): Error {
  return Object.assign(new Error('the system’s words'), { code });
}

describe('the table', () => {
  it.each(codes)('%s has a form, a remedy in a sentence and a fitting status', (code) => {
    const { kind, status, remedy } = ERRORS[code];
    expect(code).toMatch(/^[a-z]+(?:\.[a-z]+(?:-[a-z]+)*)$/);
    expect(remedy).toMatch(/^\p{Lu}.*\.$/u);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    if (kind === 'defect') expect(status).toBe(500);
  });

  it('asks for a report of defects only', () => {
    for (const code of codes) {
      if (ERRORS[code].kind !== 'defect') expect(ERRORS[code].remedy).not.toMatch(/report it/);
    }
  });
});

describe('a KilnError', () => {
  it('has kind, status and remedy of its code', () => {
    const error = new KilnError('queue.full', 'All 3 places are taken.');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'KilnError', kind: 'environment', status: 503 });
    expect(error.remedy).toBe(ERRORS['queue.full'].remedy);
    expect(error).not.toHaveProperty('cause');
  });

  it('keeps its cause, details and a remedy of its own', () => {
    const cause = new Error('why');
    const options = { cause, remedy: 'Do this.', details: { path: '/x' } };
    const error = new KilnError('tree.missing', 'It is gone.', options);
    expect(error).toMatchObject(options);
    expect(error.toReport()).toEqual({
      code: 'tree.missing',
      kind: 'environment',
      message: 'It is gone.',
      remedy: 'Do this.',
      details: { path: '/x' },
    });
  });

  it('has no word of its cause in its report', () => {
    const error = new KilnError('internal.defect', 'A.', { cause: new Error('secret') });
    expect(JSON.stringify(error.toReport())).not.toContain('secret');
    expect(error.toReport()).not.toHaveProperty('details');
  });

  it('comes back from its report as it was', () => {
    const error = new KilnError('tree.missing', 'It is gone.', { details: { path: '/x' } });
    expect(errorFromReport(error.toReport()).toReport()).toEqual(error.toReport());
  });
});

describe('a report from elsewhere', () => {
  it.each(['tree.eaten', 'toString', '__proto__', ''])(
    'with the unknown code %j is a defect with the sender’s words',
    (code) => {
      const error = errorFromReport({ code, message: 'It was.', remedy: 'Do that.' });
      expect(error).toMatchObject({
        code: 'internal.defect',
        message: 'It was.',
        remedy: 'Do that.',
      });
    },
  );
});

describe('whatever was thrown', () => {
  it('stays the same when it is ours', () => {
    const error = new KilnError('queue.full', 'Full.');
    expect(toKilnError(error)).toBe(error);
  });

  it.each([
    ['ENOSPC', 'storage.full'],
    ['EDQUOT', 'storage.full'],
    ['SQLITE_FULL', 'storage.full'],
    ['EACCES', 'storage.unwritable'],
    ['EPERM', 'storage.unwritable'],
    ['EROFS', 'storage.unwritable'],
    ['SQLITE_READONLY', 'storage.unwritable'],
    ['ENOENT', 'internal.defect'],
  ])('of the system’s code %s becomes %s, its cause and words kept', (errno, code) => {
    const cause = withCode(errno);
    expect(toKilnError(cause)).toMatchObject({
      code,
      cause,
      message: expect.stringContaining('the system’s words'),
    });
  });

  it.each([['a text'], [undefined], [null], [42], [{ code: 7 }]])(
    'is a defect when it is no error at all: %j',
    (thrown) => {
      const error = toKilnError(thrown);
      expect(error).toMatchObject({ code: 'internal.defect', kind: 'defect' });
      expect(error.message).toContain(String(thrown));
    },
  );
});

it('The system’s name of an error is read from anything', () => {
  expect(errnoOf(withCode('ENOENT'))).toBe('ENOENT');
  expect(errnoOf({ code: 5 })).toBeUndefined();
  expect(errnoOf(new Error('x'))).toBeUndefined();
  expect(errnoOf(null)).toBeUndefined();
  expect(errnoOf('ENOENT')).toBeUndefined();
});
