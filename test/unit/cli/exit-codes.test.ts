import { expect, it } from 'vitest';
import { EXIT, exitCodeOf } from '../../../cli/exit-codes.ts';
import { KilnError } from '../../../core/errors.ts';

it.each([
  ['keymap.refused', 2],
  ['storage.full', 3],
  ['job.canceled', 130],
  ['internal.defect', 1],
] as const)('A command that fails with %s ends with %i', (code, exitCode) => {
  expect(exitCodeOf(new KilnError(code, 'x'))).toBe(exitCode);
});

it('Every end has an exit code of its own that shells can tell', () => {
  const codes: number[] = Object.values(EXIT);
  expect(new Set(codes).size).toBe(codes.length);
  expect(EXIT.ok).toBe(0);
  for (const code of codes) expect(code).toBeLessThan(256);
});
