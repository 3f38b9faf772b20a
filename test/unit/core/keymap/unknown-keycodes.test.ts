import { expect, it } from 'vitest';
import { findUnknownKeycodes } from '../../../../core/keymap/unknown-keycodes.ts';
import { admit, FACTS } from './support.ts';

const find = (layer: string[], members: Record<string, unknown> = {}) =>
  findUnknownKeycodes(admit({ layers: [['KC_A', 'KC_A', 'KC_A'], layer], ...members }), FACTS);

it('a keycode of a family of the tree that the tree does not have is found, with its key', () => {
  expect(find(['KC_FOOO', 'LT(1, LSFT(KC_BAR))', 'DE_NOPE'])).toEqual([
    { layer: 1, index: 0, keycode: 'KC_FOOO' },
    { layer: 1, index: 1, keycode: 'KC_BAR' },
    { layer: 1, index: 2, keycode: 'DE_NOPE' },
  ]);
});

it('known keycodes, numbers, layers and modifiers are not', () => {
  expect(find(['KC_A', 'MT(KC_LSFT, KC_B)', 'MO(1)'])).toEqual([]);
  expect(find(['0x7E00', '_______', 'ANY(DE_UDIA)'])).toEqual([]);
});

it('names that may well be the keyboard’s own are not', () => {
  expect(find(['LOWER', 'MY_KEY', 'VRSN'])).toEqual([]);
});

it('names that the keymap declares are not', () => {
  const keycodes = [{ key: 'DE_MINE', aliases: ['DE_MN'] }];
  expect(find(['DE_MINE', 'DE_MN', 'KC_A'], { keycodes })).toEqual([]);
});

it('nothing is, in a tree that publishes no keycodes', () => {
  const admitted = admit({ layers: [['KC_FOOO', 'KC_A', 'KC_A']] });
  expect(findUnknownKeycodes(admitted, { keycodes: new Set() })).toEqual([]);
});
