import { expect, it } from 'vitest';
import { withoutRoot, withRoot } from '../../../../../worker/build/plan/any-root.ts';
import { NoPlan } from '../../../../../worker/build/plan/select-steps.ts';

const ROOT = '/builds/1.a/root';

it.each([
  ['-I/builds/1.a/root/modules/m', '-I/builds/2.b/root/modules/m'],
  ['.build/obj_x//builds/1.a/root/m/m.o', '.build/obj_x//builds/2.b/root/m/m.o'],
  ['/builds/1.a/root', '/builds/2.b/root'],
  ['-I/builds/1.a/other', '-I/builds/1.a/other'],
  ['#include "/builds/1.a/root/m.c"\n', '#include "/builds/2.b/root/m.c"\n'],
])('Moves %j to another build', (text, moved) => {
  expect(withRoot(withoutRoot(text, ROOT), '/builds/2.b/root')).toBe(moved);
});

it('Takes a name that holds what a replacement would expand as it is', () => {
  expect(withRoot(withoutRoot(`-I${ROOT}/m`, ROOT), "/b$&$'/root")).toBe("-I/b$&$'/root/m");
});

it.each([`${ROOT}.old/m.c`, '-DTEXT="{root}"'])('Does not know how to move %j', (text) => {
  expect(() => withoutRoot(text, ROOT)).toThrow(NoPlan);
});
