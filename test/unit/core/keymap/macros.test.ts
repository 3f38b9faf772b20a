import { describe, expect, it } from 'vitest';
import { admitMacros } from '../../../../core/keymap/macros.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import { refusalOf } from './support.ts';

const against = (macros: unknown) => refusalOf(() => admitMacros(macros as JsonValue));
/** The refusal of one macro with these parts. */
const againstParts = (...parts: unknown[]) => against([parts]);

describe('a macro', () => {
  it('may type text, press keys, wait and beep', () => {
    const macros = [
      [
        'Hello, "World"!\t\\ ?? ~\r\n',
        { action: 'tap', keycodes: ['LCTL', 'C'] },
        { action: 'down', keycodes: ['A'] },
        { action: 'up', keycodes: ['1', 'KP_1'] },
        { action: 'delay', duration: 60_000 },
        { action: 'delay', duration: 0 },
        { action: 'beep' },
        '',
      ],
      [],
    ];
    expect(admitMacros(macros)).toEqual(macros);
  });

  it.each([
    ['é', 'macros.text-character'],
    ['\u0000', 'macros.text-character'],
    ['\u007f', 'macros.text-character'],
    ['\u001b', 'macros.text-character'],
    ['😀', 'macros.text-character'],
    ['say "hi"', 'macros.text-quote'],
    ['"', 'macros.text-quote'],
    ...[..."=/'()!<>-"].map((last) => [`a??${last}b`, 'macros.text-trigraph']),
    ['__INCLUDES__', 'macros.text-marker'],
    ['x__KEYMAP_GOES_HERE__', 'macros.text-marker'],
  ])('may not type %j', (text, rule) => {
    expect(againstParts('fine', text)).toMatchObject({ member: 'macros', index: [0, 1], rule });
  });

  it('may not bring a marker or a trigraph about by texts that the generator joins', () => {
    expect(againstParts('__INCL', 'UDES__')).toMatchObject({ rule: 'macros.text-marker' });
    expect(againstParts('a?', '', '?=')).toMatchObject({ rule: 'macros.text-trigraph' });
    const pause = { action: 'delay', duration: 1 };
    expect(admitMacros([['__INCL', pause, 'UDES__', '??', pause, '=']])).toHaveLength(1);
    expect(admitMacros([['??'], ['=']])).toHaveLength(2);
  });

  it.each([
    [null, 'macros.fragment'],
    [1, 'macros.fragment'],
    [['KC_A'], 'macros.fragment'],
    [{}, 'macros.fragment'],
    [{ action: 'exec' }, 'macros.fragment'],
    [{ action: 'toString' }, 'macros.fragment'],
    [{ action: 'beep', keycodes: ['A'] }, 'macros.fragment'],
    [{ action: 'tap', keycodes: ['A'], duration: 1 }, 'macros.fragment'],
    [{ action: 'delay', duration: 1, x: 1 }, 'macros.fragment'],
    [{ action: 'tap' }, 'macros.keycode'],
    [{ action: 'tap', keycodes: [] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: Array(9).fill('A') }, 'macros.keycode'],
    [{ action: 'tap', keycodes: 'A' }, 'macros.keycode'],
    [{ action: 'tap', keycodes: [1] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: ['A) … SS_TAP(X_B'] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: ['A\n'] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: ['a'] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: [''] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: ['A'.repeat(33)] }, 'macros.keycode'],
    [{ action: 'tap', keycodes: ['A__INCLUDES__'] }, 'macros.keycode'],
    [{ action: 'delay' }, 'macros.duration'],
    [{ action: 'delay', duration: 60_001 }, 'macros.duration'],
    [{ action: 'delay', duration: -1 }, 'macros.duration'],
    [{ action: 'delay', duration: 1.5 }, 'macros.duration'],
    [{ action: 'delay', duration: '1' }, 'macros.duration'],
  ])('may not have the part %j', (part, rule) => {
    expect(againstParts(part)).toMatchObject({ code: 'keymap.refused', rule });
  });

  it('has a place in its refusal', () => {
    const tap = { action: 'tap', keycodes: ['A', 'kc_b'] };
    expect(against([[], ['x', tap]])).toMatchObject({
      member: 'macros',
      index: [1, 1, 'keycodes', 1],
      message:
        'Keycode 1 `kc_b` of part 1 of macro 1 is not one that a macro can press: write its name without KC_, as in ENTER.',
    });
  });
});

describe('the macros of a keymap', () => {
  it('are at most 32 of at most 256 parts', () => {
    expect(admitMacros(Array(32).fill([]))).toHaveLength(32);
    expect(against(Array(33).fill([]))).toMatchObject({ rule: 'macros.count' });
    expect(admitMacros([Array(256).fill('a')])[0]).toHaveLength(256);
    expect(against([Array(257).fill('a')])).toMatchObject({ rule: 'macros.count' });
  });

  it('have at most 8192 characters of text in all', () => {
    expect(admitMacros([['a'.repeat(8000)], ['a'.repeat(192)]])).toHaveLength(2);
    expect(against([['a'.repeat(8000)], ['a'.repeat(193)]])).toMatchObject({
      rule: 'macros.text-length',
      index: [1],
    });
  });

  it.each([{}, 'x', null, [1], [{}], ['text']])('are lists in a list, not %j', (macros) => {
    expect(against(macros)).toMatchObject({ rule: 'macros.shape' });
  });
});
