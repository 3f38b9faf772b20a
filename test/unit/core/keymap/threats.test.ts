/** One hostile keymap at least for each class of threat that a body can carry; T1, T2… number the classes. */
import { describe, expect, it } from 'vitest';
import { KilnError } from '../../../../core/errors.ts';
import { admitKeymap } from '../../../../core/keymap/admit.ts';
import { JSON_LIMITS } from '../../../../core/keymap/strict-json.ts';
import { admit, bytesOf, jsonWith, refusalOf } from './support.ts';

const layer = (keycode: string) => ({ layers: [['KC_A', keycode, 'KC_B']] });
const tap = (keycode: string) => ({ macros: [[{ action: 'tap', keycodes: [keycode] }]] });

const HOSTILE: [threat: string, members: Record<string, unknown>, rule: string][] = [
  ['T1 make in the keymap name', { keymap: '$(shell id>pwned)' }, 'keymap.name'],
  ['T1 make in the keyboard', { keyboard: '$(shell id)' }, 'keyboard.name'],
  ['T1 make in a module', { modules: ['$(shell id)'] }, 'modules.name'],
  ['T2 shell words in the keymap name', { keymap: 'x;id;' }, 'keymap.name'],
  ['T2 back-quotes in the converter', { converter: '`id`' }, 'converter.name'],
  [
    'T3 make lines in a driver',
    { config: { eeprom: { driver: 'x\n$(shell id)' } } },
    'config.device',
  ],
  ['T3 make in the platform', { config: { platform_key: '$(shell id)' } }, 'config.device'],
  [
    'T3 make in a feature',
    { config: { features: { 'a = $(shell id)\nb': true } } },
    'config.value',
  ],
  ['T4 traversal by the keymap name', { keymap: 'x/../../../../../tmp/t' }, 'keymap.name'],
  ['T4 traversal by the keyboard', { keyboard: '../../t' }, 'keyboard.name'],
  ['T4 traversal by a module', { modules: ['../../x'] }, 'modules.name'],
  ['T5 C in a keycode', layer('KC_A)};\n#include "/etc/passwd"\n'), 'keycode.character'],
  [
    'T5 C in an encoder',
    { encoders: [[{ cw: 'KC_A)}; int x[] = {', ccw: 'KC_A' }]] },
    'keycode.character',
  ],
  ['T5 C in the layout', { layout: 'LAYOUT_x)\n#include "y"\n' }, 'layout.name'],
  ['T6 a line directive', layer('KC_A\n#line 1 "/etc/passwd"\n#error x\n'), 'keycode.character'],
  ['T6 make that reads a file', { keymap: '$(info $(file </etc/passwd))' }, 'keymap.name'],
  ['T7 a file in the image', layer('__asm__(".incbin \\"/etc/passwd\\"")'), 'keycode.character'],
  ['T7 a call of the compiler', layer('__builtin_trap()'), 'keycode.call'],
  ['T8 C in a macro keycode', tap('A) SS_TAP(X_B'), 'macros.keycode'],
  ['T8 a quote that the generator loses', { macros: [['x"', 'y']] }, 'macros.text-quote'],
  [
    'T9 C in the host language',
    { host_language: 'us.h"\n#include "/etc/passwd"\n//' },
    'host-language.name',
  ],
  ['T9 C in a setting', { config: { mousekey: { delay: '1\n#include "x"' } } }, 'config.value'],
  [
    'T9 C in a declared keycode',
    { keycodes: [{ key: 'A1 }; int x = {' }] },
    'declared-keycode.name',
  ],
  ['T9 C in an alias', { keycodes: [{ key: 'EX', aliases: ['A\n#x'] }] }, 'declared-keycode.name'],
  ['T10 a template marker', layer('__MACRO_OUTPUT_GOES_HERE__'), 'keycode.grammar'],
  ['T10 a marker inside of a name', layer('A__MACRO_OUTPUT_GOES_HERE__'), 'keycode.marker'],
  ['T10 a marker in a macro keycode', tap('A__INCLUDES__'), 'macros.keycode'],
  ['T10 a marker in two texts', { macros: [['__INCLU', 'DES__']] }, 'macros.text-marker'],
  ['T11 an endless file', layer('KC_A\n#include "/dev/zero"'), 'keycode.character'],
  ['T11 a huge array', { config: { rgblight: { led_count: 1e9 } } }, 'config.value'],
  ['T12 many layers', { layers: Array(10_000).fill(['KC_A']) }, 'layers.count'],
  ['T12 many keys', { layers: [Array(20_000).fill('KC_A')] }, 'layers.key-count'],
  ['T14 an inherited name', { host_language: 'constructor' }, 'host-language.unknown'],
  ['T14 an inherited setting', { config: { toString: true } }, 'config.unknown'],
  ['T14 an inherited keyboard', { keyboard: 'toString' }, 'keyboard.name'],
  ['T16 another processor', { config: { processor: 'RP2040' } }, 'config.device'],
  ['T16 another bootloader', { config: { bootloader: 'caterina' } }, 'config.device'],
  ['T16 other USB ids', { config: { usb: { vid: '0x1234' } } }, 'config.device'],
  ['T16 other pins', { config: { matrix_pins: { rows: ['B0'] } } }, 'config.device'],
  ['T18 markup and escapes in a name', { keymap: '<img src=x>\u001b[2J\r\nX: y' }, 'keymap.name'],
];

describe('a hostile keymap', () => {
  it.each(HOSTILE)('is refused for %s', (_, members, rule) => {
    const refused = refusalOf(() => admit(members));
    expect(refused).toMatchObject({ code: 'keymap.refused', status: 422, rule });
    expect(refused.message).toMatch(/^[^\p{Cc}<>]+$/u);
  });

  it.each([
    ['a comment', '{"keyboard":"a" /* x */}'],
    ['HJSON', '{keyboard: a}'],
    ['a number that is none', '{"keyboard":NaN}'],
    ['a duplicate member', '{"keymap":"fine","keym\\u0061p":"$(shell id)"}'],
    ['a byte order mark', '\uFEFF{}'],
    ['half a surrogate pair', '{"keymap":"\\ud800"}'],
    ['a duplicate prototype', '{"__proto__":1,"__proto__":2}'],
  ])('is no JSON with %s (T13)', (_, text) => {
    expect(refusalOf(() => admitKeymap(bytesOf(text)))).toMatchObject({
      code: 'request.invalid-json',
      status: 400,
    });
  });
});

/** Bodies of the largest size that is read, each made to be slow at another place. */
const LARGEST: [string, () => Uint8Array][] = [
  ['open brackets', () => bytesOf('['.repeat(JSON_LIMITS.bytes))],
  ['open objects', () => bytesOf('{"a":'.repeat(52_000))],
  ['spaces', () => bytesOf(' '.repeat(JSON_LIMITS.bytes))],
  ['lines', () => bytesOf('\n'.repeat(JSON_LIMITS.bytes))],
  ['one string without end', () => bytesOf(`"${'a'.repeat(JSON_LIMITS.bytes - 1)}`)],
  ['escapes', () => bytesOf(`"${'\\u0041'.repeat(43_600)}"x`)],
  ['half pairs', () => bytesOf(`"${'\\ud800'.repeat(43_600)}"`)],
  ['digits', () => bytesOf('1'.repeat(JSON_LIMITS.bytes))],
  [
    'a fault in the encoding at the end',
    () => {
      const bytes = bytesOf('é'.repeat(JSON_LIMITS.bytes / 2));
      bytes[bytes.length - 1] = 0xff;
      return bytes;
    },
  ],
  ['empty texts', () => bytesOf(`{"a":[${'"",'.repeat(87_000)}`)],
  ['zeros', () => bytesOf(`{"a":[${'0,'.repeat(131_000)}`)],
  ['members', () => bytesOf(`{"a":{${numbered(20_000, (at) => `"m${at}":0`)}}}`)],
  ['distinct keycodes', () => jsonWith({ layers: [numbers(24_000).map((at) => `K${at}`)] })],
  ['short keycodes', () => jsonWith({ layers: [Array(64_000).fill('0')] })],
  [
    'cut keycodes',
    () => jsonWith({ layers: [Array(11_000).fill('LT(2'), Array(11_000).fill('LT(2')] }),
  ],
  [
    'nested calls',
    () => jsonWith({ layers: [numbers(6_000).map((at) => `C(C(C(C(C(C(K${at}))))))`)] }),
  ],
  ['a keycode of spaces', () => jsonWith({ layers: [[`LT(${' '.repeat(250_000)}`, 'A)']] })],
  ['a long name', () => jsonWith({ keyboard: 'a/'.repeat(120_000) })],
  ['features', () => jsonWith({ config: { features: switches(18_000) } })],
  ['settings', () => jsonWith({ config: switches(18_000) })],
  ['macro text', () => jsonWith({ macros: [Array(60_000).fill('?')] })],
  ['encoders', () => jsonWith({ encoders: Array(80_000).fill([]) })],
];

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
const numbered = (count: number, each: (at: number) => string) => numbers(count).map(each).join();
const switches = (count: number) =>
  Object.fromEntries(numbers(count).map((at) => [`f${at}`, true]));

describe('the largest body', () => {
  it.each(LARGEST)('is refused within 100 ms when it is full of %s', (_, make) => {
    const bytes = make();
    expect(bytes.length).toBeGreaterThan(JSON_LIMITS.bytes / 2);
    expect(bytes.length).toBeLessThanOrEqual(JSON_LIMITS.bytes);
    // The best of five: the machine may be busy with something else, admission is not.
    const times = numbers(5).map(() => {
      const start = performance.now();
      expect(() => admitShaped(bytes)).toThrow(KilnError);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

function admitShaped(bytes: Uint8Array): void {
  const shaped = admitKeymap(bytes);
  // What comes this far has too many keys for any keyboard.
  throw new KilnError('keymap.refused', `${shaped.layers.length} layers`);
}
