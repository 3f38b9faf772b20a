import { describe, expect, it } from 'vitest';
import {
  admitBranch,
  admitConverter,
  admitHostLanguage,
  admitKeyboardName,
  admitKeymapName,
  admitLayoutName,
  admitModules,
  checkDescriptions,
} from '../../../../core/keymap/members.ts';
import type { JsonObject, JsonValue } from '../../../../core/keymap/strict-json.ts';
import { refusalOf } from './support.ts';

/** Refused as a name by every rule for names. */
const HOSTILE = [
  '',
  ' ',
  'a b',
  'a\n',
  '\na',
  'a\u0000',
  '../x',
  'a/../b',
  '/etc',
  'a//b',
  'a/',
  '$(shell id>pwned)',
  'x;id;',
  '`id`',
  'a"b',
  "a'b",
  'a\\b',
  'é',
  'a.',
  '-a',
  'us.h"\n#include "/etc/passwd"\n//',
  '<script>',
];

describe.each([
  {
    member: 'keyboard',
    admit: admitKeyboardName,
    rule: 'keyboard.name',
    good: ['planck/rev6', '0xcb/1337', 'a', 'a/b/c/d/e/f', 'a_b', 'k'.repeat(128)],
    bad: ['a/b/c/d/e/f/g', 'Planck', '_a', 'a-b', 'a.b', 'toString', 'k'.repeat(129)],
  },
  {
    member: 'keymap',
    admit: admitKeymapName,
    rule: 'keymap.name',
    good: ['default', 'My-keymap_2', '_', '1', 'console', 'com', 'com10', 'k'.repeat(128)],
    bad: ['a/b', 'a.b', 'con', 'NUL', 'Aux', 'prn', 'COM1', 'lpt9', 'k'.repeat(129)],
  },
  {
    member: 'layout',
    admit: admitLayoutName,
    rule: 'layout.name',
    good: ['LAYOUT', 'LAYOUT_60_ansi', 'LAYOUT_ortho_4x12_1x2uC', `LAYOUT_${'x'.repeat(63)}`],
    bad: ['layout', 'LAYOUT_', 'LAYOUTS', 'KEYMAP', 'LAYOUT_a(b)', `LAYOUT_${'x'.repeat(64)}`],
  },
  {
    member: 'host_language',
    admit: admitHostLanguage,
    rule: 'host-language.name',
    good: ['german', 'canadian_french', 'hungarian_102'],
    bad: ['German', 'a-b', '__proto__', 'x'.repeat(65)],
  },
  {
    member: 'converter',
    admit: admitConverter,
    rule: 'converter.name',
    good: ['elite_pi', 'kb2040'],
    bad: ['Elite', '2040', 'x'.repeat(65)],
  },
  {
    member: 'branch',
    admit: admitBranch,
    rule: 'branch.name',
    good: ['master', '0.29.1', 'my-tree_2', 'x'.repeat(64)],
    bad: ['--upload-pack=x', 'a/b', 'x'.repeat(65)],
  },
])('$member', ({ member, admit, rule, good, bad }) => {
  it.each(good)('may be %j', (name) => {
    expect(admit(name)).toBe(name);
  });

  it.each([
    ...HOSTILE.filter((name) => !(member === 'branch' && (name === '' || name === 'a.'))),
    ...bad,
  ])('may not be %j', (name) => {
    const refused = refusalOf(() => admit(name));
    expect(refused).toMatchObject({ status: 422, member, index: [], rule });
    expect(refused.message).toMatch(/^[ -~…]+$/);
  });

  it.each([null, 1, true, [], ['a'], {}])('is a text, not %j', (value) => {
    expect(refusalOf(() => admit(value as JsonValue))).toMatchObject({ member, rule });
  });
});

describe('a branch', () => {
  it('is none when it is absent or empty', () => {
    expect(admitBranch(undefined)).toBeNull();
    expect(admitBranch('')).toBeNull();
  });
});

describe('modules', () => {
  const against = (modules: unknown) => refusalOf(() => admitModules(modules as JsonValue));

  it('are at most 16 names, each kept once', () => {
    const names = Array.from({ length: 16 }, (_, at) => `qmk/module_${at}`);
    expect(admitModules(names)).toEqual(names);
    expect(admitModules(['a/b', 'c', 'a/b'])).toEqual(['a/b', 'c']);
    expect(against([...names, 'x'])).toMatchObject({ rule: 'modules.shape' });
    expect(against('qmk/x')).toMatchObject({ rule: 'modules.shape' });
  });

  it.each([...HOSTILE, 1, null])('may not be %j', (name) => {
    expect(against(['qmk/fine', name])).toMatchObject({ index: [1], rule: 'modules.name' });
  });
});

describe('what is written about a keymap', () => {
  const against = (members: unknown) => refusalOf(() => checkDescriptions(members as JsonObject));

  it.each([
    ['author', 256],
    ['commit', 64],
    ['notes', 65_536],
    ['documentation', 65_536],
  ])('has a limit: %s of %i characters', (member, most) => {
    expect(() => checkDescriptions({ [member]: 'é'.repeat(most) })).not.toThrow();
    expect(against({ [member]: 'x'.repeat(most + 1) })).toMatchObject({
      member,
      rule: 'text.length',
    });
    expect(against({ [member]: ['x'] })).toMatchObject({ member, rule: 'text.length' });
    expect(against({ [member]: null })).toMatchObject({ member, rule: 'text.length' });
  });

  it('has a version that is an integer or a short text', () => {
    for (const version of [1, 0, '1', '', 'x'.repeat(16)]) {
      expect(() => checkDescriptions({ version })).not.toThrow();
    }
    for (const version of [1.5, 'x'.repeat(17), null, true, []]) {
      expect(against({ version })).toMatchObject({ member: 'version', rule: 'version.shape' });
    }
  });
});
