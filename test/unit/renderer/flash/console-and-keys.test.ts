import { describe, expect, it } from 'vitest';
import {
  appendLines,
  type ConsoleLine,
  clockTime,
  filterLines,
  MOST_LINES,
  writeLines,
} from '../../../../renderer/flash/console-lines.ts';
import {
  keysOf,
  NOTHING_TESTED,
  pressed,
  released,
} from '../../../../renderer/flash/tested-keys.ts';

const line = (text: string, device = 'usb-1-1'): ConsoleLine => ({
  at: new Date(2026, 0, 2, 14, 3, 7, 42).getTime(),
  device,
  title: device === 'usb-1-1' ? 'Pad' : 'Board',
  text,
});

describe('console lines', () => {
  it('are kept up to a number, the newest', () => {
    const many = Array.from({ length: MOST_LINES }, (_, number) => line(String(number)));
    const kept = appendLines(many, [line('last')]);
    expect(kept).toHaveLength(MOST_LINES);
    expect([kept[0]?.text, kept.at(-1)?.text]).toEqual(['1', 'last']);
  });

  it('are filtered by word, in any case, and by keyboard', () => {
    const lines = [line('KL: kc 4'), line('matrix scan'), line('kl: kc 5', 'usb-1-2')];
    expect(filterLines(lines, { text: ' kl ', device: '' })).toHaveLength(2);
    expect(filterLines(lines, { text: 'kl', device: 'usb-1-2' })).toEqual([lines[2]]);
    expect(filterLines(lines, { text: '', device: '' })).toEqual(lines);
  });

  it('are written with their time, and with their keyboard where there are several', () => {
    expect(clockTime(line('').at)).toBe('14:03:07.042');
    expect(writeLines([line('a')], false)).toBe('14:03:07.042  a\n');
    expect(writeLines([line('a')], true)).toBe('14:03:07.042  Pad: a\n');
  });
});

describe('tested keys', () => {
  const canonical = (name: string) => ({ KC_ENTER: 'KC_ENT' })[name] ?? name;

  it('are found by what they send, on the base layer first', () => {
    const layers = [
      ['KC_A', 'LT(1, KC_ENTER)', 'KC_B'],
      ['KC_C', 'KC_TRNS', 'KC_A'],
    ];
    expect(keysOf('KeyA', layers, canonical)).toEqual([0]);
    expect(keysOf('Enter', layers, canonical)).toEqual([1]);
    expect(keysOf('KeyC', layers, canonical)).toEqual([0]);
    expect(keysOf('KeyZ', layers, canonical)).toEqual([]);
    expect(keysOf('LaunchMail', layers, canonical)).toEqual([]);
  });

  it('are seen once and held as long as they are', () => {
    const once = pressed(NOTHING_TESTED, 'KeyA');
    const twice = pressed(released(once, 'KeyA'), 'KeyA');
    expect(twice).toMatchObject({ seen: ['KeyA'], last: 'KeyA' });
    expect([...twice.down]).toEqual(['KeyA']);
    expect([...released(twice, 'KeyA').down]).toEqual([]);
  });
});
