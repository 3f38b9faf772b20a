import { describe, expect, it } from 'vitest';
import { admitDeclaredKeycodes, namesOf } from '../../../../core/keymap/declared-keycodes.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import { refusalOf } from './support.ts';

const admit = (keycodes: unknown) => admitDeclaredKeycodes(keycodes as JsonValue);
const against = (keycodes: unknown) => refusalOf(() => admit(keycodes));

describe('the keycodes that a keymap declares', () => {
  it('have a key, perhaps a label and aliases; the label is not kept', () => {
    const declared = [
      { key: 'EXAMPLE_1', label: 'é <b>', aliases: ['EX_1', 'EX'] },
      { key: `E${'X'.repeat(49)}` },
      { key: 'E2', aliases: [] },
    ];
    expect(admit(declared)).toEqual([
      { key: 'EXAMPLE_1', aliases: ['EX_1', 'EX'] },
      { key: `E${'X'.repeat(49)}`, aliases: [] },
      { key: 'E2', aliases: [] },
    ]);
    expect(namesOf(admit(declared)).map(({ name, place }) => [name, place.index])).toEqual([
      ['EXAMPLE_1', [0, 'key']],
      ['EX_1', [0, 'aliases', 0]],
      ['EX', [0, 'aliases', 1]],
      [`E${'X'.repeat(49)}`, [1, 'key']],
      ['E2', [2, 'key']],
    ]);
  });

  it.each([
    undefined,
    null,
    1,
    '',
    'E',
    'ex',
    '1E',
    '_E',
    'EX\n',
    'EX = 1',
    'É1',
    `E${'X'.repeat(50)}`,
  ])('may not be called %j', (key) => {
    expect(against([{ key }])).toMatchObject({
      member: 'keycodes',
      index: [0, 'key'],
      rule: 'declared-keycode.name',
    });
  });

  it.each([null, '', 'E', 'EX 1', 'ex', 'EXAMPLE8'])('may not have the alias %j', (alias) => {
    expect(against([{ key: 'EXAMPLE', aliases: ['EX', alias] }])).toMatchObject({
      index: [0, 'aliases', 1],
      rule: 'declared-keycode.name',
    });
  });

  it.each([
    'KC_MINE',
    'QK_MINE',
    'MOD_MINE',
    'LAYOUT',
    'LAYOUT_MINE',
    'X_MINE',
    'SS_MINE',
    'MATRIX_ROWS',
    'ENCODER_X',
    'LT',
    'MO',
    'LSFT_T',
    'A__INCLUDES__',
    'A__KEYMAP_GOES_HERE__',
  ])('may not take the firmware’s own name %s', (key) => {
    expect(against([{ key }])).toMatchObject({ rule: 'declared-keycode.reserved' });
  });

  it.each([
    [[{ key: 'EX_1' }, { key: 'EX_1' }]],
    [[{ key: 'EX_1', aliases: ['EX_1'] }]],
    [
      [
        { key: 'EX_1', aliases: ['EX'] },
        { key: 'EX_2', aliases: ['EX'] },
      ],
    ],
  ])('may not share a name: %j', (keycodes) => {
    expect(against(keycodes)).toMatchObject({ rule: 'declared-keycode.twice' });
  });

  it('are at most 32, with at most 8 aliases', () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ key: `EX_${at}` }));
    const aliased = (count: number) => [
      { key: 'EXAMPLE', aliases: Array.from({ length: count }, (_, at) => `E_${at}`) },
    ];
    expect(admit(many(32))).toHaveLength(32);
    expect(against(many(33))).toMatchObject({ rule: 'declared-keycode.shape' });
    expect(admit(aliased(8))[0]?.aliases).toHaveLength(8);
    expect(against(aliased(9))).toMatchObject({ rule: 'declared-keycode.shape' });
  });

  it.each([
    [{}],
    ['EX'],
    [[1]],
    [['EX']],
    [[null]],
    [[{ key: 'EX', value: 1 }]],
    [[{ key: 'EX', label: 1 }]],
    [[{ key: 'EX', label: 'x'.repeat(251) }]],
    [[{ key: 'EX', aliases: 'EY' }]],
  ])('are objects of key, label and aliases, not %j', (keycodes) => {
    expect(against(keycodes)).toMatchObject({ rule: 'declared-keycode.shape' });
  });
});
