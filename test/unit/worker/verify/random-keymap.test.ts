import { describe, expect, it } from 'vitest';
import type { KeyboardInfo, TreeFacts } from '../../../../core/catalogue/contract.ts';
import { admitForKeyboard, admitKeymap } from '../../../../core/keymap/admit.ts';
import { createRandom } from '../../../../worker/verify/random.ts';
import {
  createKeycodes,
  randomFrame,
  randomKeymap,
} from '../../../../worker/verify/random-keymap.ts';

const key = { x: 0, y: 0 };
const INFO: KeyboardInfo = {
  keyboard_folder: 'a/b',
  layouts: { LAYOUT: { layout: [key, key, key] }, LAYOUT_all: { layout: [key, key, key, key] } },
  features: { encoder: true },
  encoder: { rotary: [{ pin_a: 'A1' }, { pin_a: 'A2' }] },
  split: { enabled: true },
};
const FACTS: TreeFacts = {
  hostLanguages: new Set(['german', 'french']),
  converters: new Set(),
  modules: new Set(['qmk/hello_world']),
  features: new Set(),
  keycodes: new Set(['KC_A', 'KC_AUDIO_MUTE', 'MS_UP', 'QK_MACRO', 'KC_RANGE', 'QK_BOOT']),
};

function draw(seed: string, simple = false) {
  const random = createRandom(seed);
  const frame = randomFrame(random, 'qmk', 'a/b', INFO, FACTS, simple);
  const keycodes = createKeycodes(FACTS, simple);
  return Array.from({ length: 3 }, () => randomKeymap(random, frame, INFO, keycodes));
}

describe('a random keymap', () => {
  const seeds = Array.from({ length: 200 }, (_, index) => `seed ${index}`);

  it('is admitted like everybody’s, whatever was drawn', () => {
    for (const text of seeds.flatMap((seed) => draw(seed))) {
      const shaped = admitKeymap(Buffer.from(text));
      expect(() => admitForKeyboard(shaped, 'a/b', INFO, FACTS), text).not.toThrow();
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
  });

  it('shares all but the keys with the other keymaps of its keyboard, so that they share a plan', () => {
    for (const seed of seeds.slice(0, 50)) {
      const frames = draw(seed).map((text) => {
        const { layout, layers, encoders, macros, ...rest } = JSON.parse(text);
        return { ...rest, encoders: encoders !== undefined, macros: macros !== undefined };
      });
      expect(frames[1]).toEqual(frames[0]);
      expect(frames[2]).toEqual(frames[0]);
    }
  });

  it('has, over many, all that a keymap can hold', () => {
    const all = seeds.flatMap((seed) => draw(seed)).join('\n');
    for (const part of [
      'encoders',
      'macros',
      'modules',
      'host_language',
      'LAYOUT_all',
      'LT(',
      'ANY(',
    ]) {
      expect(all).toContain(part);
    }
    expect(all).not.toContain('RANGE');
  });

  it('of the starter firmware has what that firmware can do', () => {
    const all = seeds.flatMap((seed) => draw(seed, true)).join('\n');
    expect(all).not.toMatch(/encoders|macros|modules|host_language|MT\(|ANY\(/);
  });
});

it('A random number is spread over its whole range', () => {
  const random = createRandom('x');
  const counts = new Map<number, number>();
  for (let index = 0; index < 3000; index += 1) {
    const number = random.below(6);
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  for (const count of counts.values()) expect(count).toBeGreaterThan(350);
  expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
});
