/** Every rule of admission, with a keymap that breaks it and no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { admitKeymap } from '../../../../core/keymap/admit.ts';
import type { RuleId } from '../../../../core/keymap/refusal.ts';
import type { JsonRule } from '../../../../core/keymap/strict-json.ts';
import { admit, refusalOf } from './support.ts';

interface Broken {
  readonly members: Record<string, unknown>;
  readonly at: readonly [member: string, ...index: (string | number)[]];
}

const broken = (members: Record<string, unknown>, ...at: Broken['at']): Broken => ({ members, at });
const key = (keycode: unknown): Broken =>
  broken({ layers: [['KC_A', keycode, 'KC_B']] }, 'layers', 0, 1);
const macro = (...fragments: unknown[]) => ({ macros: [['fine'], fragments] });
const config = (settings: unknown, ...index: string[]): Broken =>
  broken({ config: settings }, 'config', ...index);
const declared = (...keycodes: unknown[]) => ({ keycodes });

/** A rule without a row here is an error of types; a row whose keymap is refused by another rule fails. */
const BROKEN: Readonly<Record<RuleId, Broken>> = {
  'keyboard.name': broken({ keyboard: '../pad' }, 'keyboard'),
  'keymap.name': broken({ keymap: 'a b' }, 'keymap'),
  'layout.name': broken({ layout: 'pad' }, 'layout'),
  'layout.unknown': broken({ layout: 'LAYOUT_other' }, 'layout'),
  'layers.shape': broken({ layers: ['KC_A'] }, 'layers', 0),
  'layers.count': broken({ layers: [] }, 'layers'),
  'layers.key-count': broken({ layers: [['KC_A']] }, 'layers', 0),
  'keycode.type': key(4),
  'keycode.length': key('K'.repeat(81)),
  'keycode.character': key('KC_A;'),
  'keycode.grammar': key('kc_a'),
  'keycode.call': key('system(1)'),
  'keycode.range': key('MO(32)'),
  'keycode.nesting': key('C(C(C(C(C(C(C(KC_A)))))))'),
  'keycode.marker': key('A__INCLUDES__'),
  'encoders.shape': broken({ encoders: [[{ cw: 'KC_A' }]] }, 'encoders', 0, 0),
  'encoders.count': broken(
    { encoders: [Array(2).fill({ cw: 'KC_A', ccw: 'KC_B' })] },
    'encoders',
    0,
  ),
  'macros.shape': broken({ macros: 'text' }, 'macros'),
  'macros.count': broken({ macros: Array(33).fill(['x']) }, 'macros'),
  'macros.fragment': broken(macro({ action: 'jump' }), 'macros', 1, 0),
  'macros.text-character': broken(macro('é'), 'macros', 1, 0),
  'macros.text-length': broken(macro('x'.repeat(8193)), 'macros', 1),
  'macros.text-quote': broken(macro('x"'), 'macros', 1, 0),
  'macros.text-trigraph': broken(macro('what??!'), 'macros', 1, 0),
  'macros.text-marker': broken(macro('__INCLUDES__'), 'macros', 1, 0),
  'macros.keycode': broken(
    macro({ action: 'tap', keycodes: ['a'] }),
    'macros',
    1,
    0,
    'keycodes',
    0,
  ),
  'macros.duration': broken(macro({ action: 'delay', duration: -1 }), 'macros', 1, 0, 'duration'),
  'host-language.name': broken({ host_language: 'US.h' }, 'host_language'),
  'host-language.unknown': broken({ host_language: 'klingon' }, 'host_language'),
  'config.shape': config([]),
  'config.unknown': config({ nothing: 1 }, 'nothing'),
  'config.device': config({ processor: 'RP2040' }, 'processor'),
  'config.text': config({ manufacturer: 'me' }, 'manufacturer'),
  'config.value': config({ tapping: { term: 'long' } }, 'tapping', 'term'),
  'config.count': config(
    { features: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`f${at}`, true])) },
    'features',
  ),
  'config.feature': config({ features: { teleport: true } }, 'features', 'teleport'),
  'modules.shape': broken({ modules: {} }, 'modules'),
  'modules.name': broken({ modules: ['../x'] }, 'modules', 0),
  'modules.unknown': broken({ modules: ['qmk/hello_world', 'a/b'] }, 'modules', 1),
  'converter.name': broken({ converter: 'a/b' }, 'converter'),
  'converter.unknown': broken({ converter: 'other' }, 'converter'),
  'hand.name': broken({ hand: 'both' }, 'hand'),
  'hand.unsupported': broken({ hand: 'left' }, 'hand'),
  'declared-keycode.shape': broken(declared('MINE'), 'keycodes', 0),
  'declared-keycode.name': broken(declared({ key: 'mine' }), 'keycodes', 0, 'key'),
  'declared-keycode.reserved': broken(declared({ key: 'KC_MINE' }), 'keycodes', 0, 'key'),
  'declared-keycode.known': broken(declared({ key: 'RESET' }), 'keycodes', 0, 'key'),
  'declared-keycode.twice': broken(
    declared({ key: 'MINE' }, { key: 'MINE' }),
    'keycodes',
    1,
    'key',
  ),
  'branch.name': broken({ branch: '--upload-pack' }, 'branch'),
  'text.length': broken({ notes: 'x'.repeat(65_537) }, 'notes'),
  'version.shape': broken({ version: [] }, 'version'),
};

/** What tells people how to go on: a change to make, or what would be right. */
const FIX =
  /\b(?:has to be|needs|accepted|has|types|use|write|names start|such as|called like|take \S+ out|leave it out|is a number from)\b|; /;

describe('admission', () => {
  it.each(Object.entries(BROKEN).map(([rule, row]) => ({ rule, ...row })))(
    'names member, index and rule, and the fix in a sentence: $rule',
    ({ rule, members, at }) => {
      const [member, ...index] = at;
      const refused = refusalOf(() => admit(members));
      expect(refused).toMatchObject({ code: 'keymap.refused', status: 422, member, index, rule });
      expect(refused.message).toMatch(/^[^\n]*\.$/);
      expect(refused.message).toMatch(FIX);
    },
  );
});

/** A rule without a row here is an error of types. */
const BROKEN_JSON: Readonly<Record<JsonRule, string>> = {
  'json.encoding': '\uFEFF{}',
  'json.syntax': '{} // comment',
  'json.nesting': '['.repeat(13),
  'json.duplicate-member': '{"a": 1, "\\u0061": 2}',
  'json.surrogate': '["\\ud800"]',
  'json.number': '[12345678901234567]',
  'json.root-members': `{"${'a'.repeat(65)}": 1}`,
};

describe('the rules of JSON', () => {
  it.each(Object.entries(BROKEN_JSON))('%s names line and column', (rule, text) => {
    const refused = refusalOf(() => admitKeymap(Buffer.from(text)));
    expect(refused).toMatchObject({ code: 'request.invalid-json', status: 400, rule });
    expect(refused.message).toMatch(/^Line 1, column \d+: /);
  });
});

it('docs/admission.md explains every rule, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/admission.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const explained = rows.flatMap((row) =>
    [...(row.split(' | ')[0] ?? '').matchAll(/`([a-z-]+\.[a-z-]+)`/g)].map(([, id]) => id),
  );
  const known = [...Object.keys(BROKEN_JSON), ...Object.keys(BROKEN)];
  expect(explained.sort()).toEqual(known.sort());
});
