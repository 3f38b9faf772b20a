/** Pairing codes: short enough to be read out, long enough not to be guessed at a few tries a second. */
import { randomInt } from 'node:crypto';

/** Without what is taken for something else when read or heard: 0 O, 1 I L, U V. 39 bits in eight of them. */
export const CODE_CHARACTERS = '23456789ABCDEFGHJKMNPQRSTWXYZ';
export const CODE_LENGTH = 8;

const CODE = new RegExp(`^[${CODE_CHARACTERS}]{${CODE_LENGTH}}$`);

export function createCode(): string {
  const pick = () => CODE_CHARACTERS[randomInt(CODE_CHARACTERS.length)];
  return Array.from({ length: CODE_LENGTH }, pick).join('');
}

/** `K7XQ-2M9D`: as people read it out. */
export function spellCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code that a person typed, in whatever case and with whatever between the letters; null for anything else. */
export function readCode(text: string): string | null {
  if (text.length > 40) return null;
  const code = text.toUpperCase().replaceAll(/[\s-]/g, '');
  return CODE.test(code) ? code : null;
}
