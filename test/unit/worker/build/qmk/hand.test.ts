import { describe, expect, it } from 'vitest';
import { handDefinition, handUnused, saysHandTaken } from '../../../../../worker/build/qmk/hand.ts';

describe('firmware for one half', () => {
  it('is asked for by the definitions of make uf2-split-left and uf2-split-right', () => {
    expect(handDefinition('left')).toEqual({ OPT_DEFS: '-DINIT_EE_HANDS_LEFT' });
    expect(handDefinition('right')).toEqual({ OPT_DEFS: '-DINIT_EE_HANDS_RIGHT' });
    expect(handDefinition(undefined)).toEqual({});
  });

  it.each([
    // avr-gcc 7, arm-none-eabi-gcc 12 and one that quotes by typography.
    'quantum/split_common/split_util.c:164:21: note: #pragma message: Faking EE_HANDS for left hand',
    "quantum/split_common/split_util.c:167:21: note: '#pragma message: Faking EE_HANDS for right hand'",
    'quantum/eeconfig.c:68:9: note: ‘#pragma message: Faking EE_HANDS for left hand’',
  ])('was given its hand when the compiler says so: %s', (line) => {
    expect(saysHandTaken(line)).toBe(true);
  });

  it.each([
    '  164 | #pragma message "Faking EE_HANDS for left hand"',
    'Compiling: split_util.c [OK]',
  ])('was not given it by a line like %s', (line) => {
    expect(saysHandTaken(line)).toBe(false);
  });

  it('says whose firmware takes none', () => {
    const error = handUnused({
      tree: 'qmk',
      keyboard: 'a/split',
      keymap: 'k',
      layout: 'LAYOUT',
      platform: 'chibios',
      hand: 'right',
      keymapJson: '{}',
    });
    expect(error).toMatchObject({ code: 'build.hand-unused' });
    expect(error.message).toContain('a/split');
    expect(error.message).toContain('right half');
  });
});
