import { expect, it } from 'vitest';
import {
  type ChangeableSetting,
  changeable,
  isPending,
  NAMES,
  takenFrom,
  textOf,
} from '../../../renderer/settings/setting-values.ts';

const setting = (
  more: Partial<ChangeableSetting['change']>,
  value: ChangeableSetting['value'] = 1,
): ChangeableSetting => ({
  name: 'workers',
  variable: 'KILN_WORKERS',
  help: '',
  value,
  isSecret: false,
  change: {
    form: { kind: 'integer' },
    next: 1,
    standard: 1,
    isInFile: false,
    fixedBy: null,
    ...more,
  },
});

it('takes numbers as numbers, leaves what is none to the service, and an empty field to the default', () => {
  expect(takenFrom(' 12 ', { kind: 'integer' })).toBe(12);
  expect(takenFrom('1.5', { kind: 'number' })).toBe(1.5);
  expect(takenFrom('many', { kind: 'integer' })).toBe('many');
  expect(takenFrom('12', { kind: 'text' })).toBe('12');
  expect(takenFrom(' ', { kind: 'text' })).toBeNull();
  expect(textOf(['a', 'b'])).toBe('a, b');
  expect(textOf(null)).toBe('');
});

it('knows what waits for the next start', () => {
  expect(isPending(setting({ next: 2 }))).toBe(true);
  expect(isPending(setting({ next: 1 }))).toBe(false);
  expect(isPending(setting({ next: 2, fixedBy: 'environment' }))).toBe(false);
  expect(isPending(setting({ next: ['a'] }, ['a']))).toBe(false);
});

it('shows what can be changed in the order of the page, and nothing that it has no words for', () => {
  const port = { ...setting({}), name: 'port' };
  const unknown = { ...setting({}), name: 'unknown' };
  const fixed = { ...setting({}), name: 'logLevel', change: null };
  const shown = changeable([unknown, port, fixed, setting({})]).map(([name]) => name);
  expect(shown).toEqual(['workers', 'port']);
  expect(new Set(NAMES).size).toBe(NAMES.length);
});
