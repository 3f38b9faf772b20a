import { describe, expect, it } from 'vitest';
import { admitEncoders, admitLayers, checkDipSwitches } from '../../../../core/keymap/layers.ts';
import type { JsonValue } from '../../../../core/keymap/strict-json.ts';
import { refusalOf } from './support.ts';

const admit = (layers: unknown) => admitLayers(layers as JsonValue);
const against = (layers: unknown) => refusalOf(() => admit(layers));

describe('layers', () => {
  it('are lists of keycodes, which come out in canonical form', () => {
    expect(admit([['KC_A', ' LT( 1 , KC_B )'], []])).toEqual([
      { keycodes: ['KC_A', 'LT(1,KC_B)'], joined: null },
      { keycodes: [], joined: null },
    ]);
  });

  it('are 1 to 32', () => {
    expect(admit(Array(32).fill(['KC_A']))).toHaveLength(32);
    expect(against(Array(33).fill(['KC_A']))).toMatchObject({ rule: 'layers.count' });
    expect(against([])).toMatchObject({ member: 'layers', index: [], rule: 'layers.count' });
  });

  it.each([null, {}, 'KC_A', 1])('may not be %j', (layers) => {
    expect(against(layers)).toMatchObject({ index: [], rule: 'layers.shape' });
    expect(against([['KC_A'], layers])).toMatchObject({ index: [1], rule: 'layers.shape' });
  });

  it.each([null, 1, ['KC_A'], {}, true])('may not have the keycode %j', (keycode) => {
    expect(against([['KC_A', keycode]])).toMatchObject({ index: [0, 1], rule: 'keycode.type' });
  });

  it('are refused with the key, its text and a way out', () => {
    expect(against([['KC_A'], ['KC_B', 'KC_A);x']])).toMatchObject({
      code: 'keymap.refused',
      member: 'layers',
      index: [1, 1],
      rule: 'keycode.character',
      message:
        'Key 1 on layer 1 (`KC_A);x`) is not a keycode: a keycode has letters, digits and calls such as LT(1, KC_A).',
    });
  });
});

describe('a keycode that was cut at its comma', () => {
  it.each([
    [['LT(2', 'KC_MUTE)'], 'LT(2,KC_MUTE)'],
    [[' LT( 2', ' KC_MUTE ) '], 'LT(2,KC_MUTE)'],
    [['MT(MOD_LCTL | MOD_LSFT', 'KC_A)'], 'MT(MOD_LCTL|MOD_LSFT,KC_A)'],
    [['ANY(LT(2', 'KC_MUTE))'], 'ANY(LT(2,KC_MUTE))'],
    [['UP(1', '2)'], 'UP(1,2)'],
    [['LM(1', 'MOD_LALT)'], 'LM(1,MOD_LALT)'],
  ])('is joined again: %j', (halves, whole) => {
    const [layer] = admit([['KC_A', ...halves, 'KC_B']]);
    expect(layer?.keycodes).toEqual(['KC_A', whole, 'KC_B']);
    expect(layer?.joined).toMatchObject({
      at: 1,
      text: halves[0],
      problem: { rule: 'keycode.grammar' },
    });
  });

  it('is joined once in a layer, and once in each layer', () => {
    const halves = ['LT(2', 'KC_MUTE)'];
    expect(admit([halves, halves]).map((layer) => layer.joined?.at)).toEqual([0, 0]);
    expect(against([[...halves, ...halves]])).toMatchObject({ index: [0, 2] });
  });

  it.each([
    [['LT(2', 'KC_MUTE']],
    [['LT(2', 'KC_MUTE));x(']],
    [['LT(2,', 'KC_MUTE)']],
    [['LT(', '2, KC_MUTE)']],
    [['LSFT(', 'KC_A)']],
    [['FOO(2', 'KC_A)']],
    [['LT(2', 'KC_A', ')']],
    [['LT(2']],
    [['LT(2', 1]],
    [[`LT(2${' '.repeat(200_000)}`, 'KC_A)']],
  ])('is not made of anything else: %j', (layer) => {
    expect(against([layer])).toMatchObject({ index: [0, 0] });
  });
});

describe('encoders', () => {
  const encoders = (value: unknown) => admitEncoders(value as JsonValue, 'encoders');
  const refused = (value: unknown) => refusalOf(() => encoders(value));
  const turn = { cw: 'KC_VOLU', ccw: 'LSFT( KC_VOLD )' };

  it('have two keycodes each, per layer', () => {
    expect(encoders([[turn], [], [turn, turn]])[0]).toEqual([
      { ccw: 'LSFT(KC_VOLD)', cw: 'KC_VOLU' },
    ]);
  });

  it('are at most 16 on each of at most 32 layers', () => {
    expect(encoders(Array(32).fill(Array(16).fill(turn)))).toHaveLength(32);
    expect(refused(Array(33).fill([turn]))).toMatchObject({ rule: 'encoders.count' });
    expect(refused([Array(17).fill(turn)])).toMatchObject({ rule: 'encoders.count', index: [0] });
  });

  it.each([
    [{}, []],
    [[turn], [0]],
    [[['KC_A']], [0, 0]],
    [[[{ cw: 'KC_A' }]], [0, 0]],
    [[[{ ...turn, press: 'KC_A' }]], [0, 0]],
    [[[{ cw: 'KC_A', press: 'KC_A' }]], [0, 0]],
    [[[null]], [0, 0]],
  ])('may not be %j', (value, index) => {
    expect(refused(value)).toMatchObject({ member: 'encoders', index, rule: 'encoders.shape' });
  });

  it('are refused with the direction that is wrong', () => {
    expect(refused([[turn, { cw: 'KC_A', ccw: '}; x' }]])).toMatchObject({
      index: [0, 1, 'ccw'],
      rule: 'keycode.character',
    });
    expect(refused([[{ cw: 1, ccw: 'KC_A' }]])).toMatchObject({ rule: 'keycode.type' });
  });

  it('have a sibling for switches with off and on', () => {
    expect(() => checkDipSwitches([[{ off: 'KC_A', on: 'KC_B' }]])).not.toThrow();
    expect(refusalOf(() => checkDipSwitches([[turn]]))).toMatchObject({
      member: 'dip_switch_map',
      rule: 'encoders.shape',
    });
    expect(refusalOf(() => checkDipSwitches([[{ off: 'KC_A', on: '#' }]]))).toMatchObject({
      member: 'dip_switch_map',
      index: [0, 0, 'on'],
    });
  });
});
