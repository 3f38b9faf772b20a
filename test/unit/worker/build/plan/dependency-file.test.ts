import { expect, it } from 'vitest';
import { parseDependencies } from '../../../../../worker/build/plan/dependency-file.ts';

it('Reads the first rule over continued lines, and none of the empty rules after it', () => {
  const text = 'a.o: \\\n a.c b.h \\\n  c/d.h\n\nb.h:\n\nc/d.h:\n';
  expect(parseDependencies(text)).toEqual(['a.c', 'b.h', 'c/d.h']);
});

it('Undoes the escapes of make', () => {
  expect(parseDependencies('a.o: my\\ file.h we\\#ird.h do$$llar.h\n')).toEqual([
    'my file.h',
    'we#ird.h',
    'do$llar.h',
  ]);
});

it('Takes a drive’s colon for a part of the name', () => {
  expect(parseDependencies('c:/a.o: c:/a.c\r\n')).toEqual(['c:/a.c']);
});

it.each(['', 'no rule', '\n'])('Finds nothing in %j', (text) => {
  expect(parseDependencies(text)).toEqual([]);
});

it('Takes no expression of make for a file, for what it names need not be there', () => {
  const text = 'generated-files: $(wildcard keyboards/dz60/info.json) a.h $$(b).h\n';
  expect(parseDependencies(text)).toEqual(['a.h', '$(b).h']);
});
