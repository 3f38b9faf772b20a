import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CODE_CHARACTERS,
  createCode,
  readCode,
  spellCode,
} from '../../../../core/access/pairing-code.ts';

describe('pairing codes', () => {
  it('are eight characters that nobody takes for others', () => {
    expect(CODE_CHARACTERS).not.toMatch(/[01OILUV]/);
    expect(new Set(CODE_CHARACTERS).size).toBe(CODE_CHARACTERS.length);
    for (let index = 0; index < 200; index += 1) {
      expect(createCode()).toMatch(new RegExp(`^[${CODE_CHARACTERS}]{8}$`));
    }
  });

  it('are all different, and use every character', () => {
    const codes = Array.from({ length: 2000 }, createCode);
    expect(new Set(codes).size).toBe(2000);
    expect(new Set(codes.join('')).size).toBe(CODE_CHARACTERS.length);
  });

  it.each(['K7XQ2M9D', 'k7xq-2m9d', ' K7XQ 2M9D ', 'k7 xq-2m 9d', 'K7XQ\t2M9D\n'])(
    'are read however they are typed: %j',
    (text) => expect(readCode(text)).toBe('K7XQ2M9D'),
  );

  it.each(['', 'K7XQ2M9', 'K7XQ2M9DD', 'K7XQ2M9O', 'K7XQ2M9É', 'K7XQ.2M9D', ' '.repeat(100)])(
    'are nothing else: %j',
    (text) => expect(readCode(text)).toBeNull(),
  );

  it('survive being spelled out', () => {
    fc.assert(
      fc.property(fc.constant(null), () => {
        const code = createCode();
        expect(spellCode(code)).toMatch(/^.{4}-.{4}$/);
        expect(readCode(spellCode(code))).toBe(code);
      }),
    );
  });

  it('take any text without complaint', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const code = readCode(text);
        expect(code === null || readCode(code) === code).toBe(true);
      }),
    );
  });
});
