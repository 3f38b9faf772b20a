import { describe, expect, it } from 'vitest';
import { createProgressReader } from '../../../../../worker/build/qmk/progress.ts';

const OK = '                                   [OK]';

describe('the progress of a QMK build', () => {
  it('moves with each step that make prints, and with nothing else', () => {
    const read = createProgressReader();
    expect(read('Ψ Compiling keymap with gmake --jobs=2')).toBeNull();
    expect(read(`Generating: .build/obj_a/src/config.h${OK}`)).toEqual({
      stage: 'generate',
      fraction: 0.009,
    });
    expect(read('avr-gcc (GCC) 5.4.0')).toBeNull();
    expect(read(`Compiling: quantum/a.c${OK}`)).toMatchObject({ stage: 'compile' });
    expect(read(`Assembling: lib/a.S${OK}`)).toMatchObject({ stage: 'compile' });
    expect(read(`Archiving: .build/a.a${OK}`)).toMatchObject({ stage: 'compile' });
    expect(read(' | Compiling: quoted by an error')).toBeNull();
    expect(read('')).toBeNull();
  });

  it.each([
    'Linking: .build/a.elf',
    'Creating load file for flashing: .build/a.hex',
    'Creating binary load file for flashing: .build/a.bin',
    'Creating UF2 file for deployment: .build/a.uf2',
  ])('is at the linking with: %s', (line) => {
    expect(createProgressReader()(line)).toMatchObject({ stage: 'link' });
  });

  it('nears the end with the check of the size', () => {
    const read = createProgressReader();
    expect(read('Checking file size of a.hex')).toEqual({ stage: 'check', fraction: 0.98 });
  });

  it('never goes back and never reaches the end, however many steps there are', () => {
    const read = createProgressReader();
    let last = 0;
    for (let step = 0; step < 2000; step += 1) {
      const fraction = read(`Compiling: quantum/${step}.c`)?.fraction ?? Number.NaN;
      expect(fraction).toBeGreaterThanOrEqual(last);
      last = fraction;
    }
    expect(last).toBe(0.95);
  });
});
