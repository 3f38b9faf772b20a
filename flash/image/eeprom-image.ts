/**
 * EEPROM contents that reset a keyboard's settings, or tell a half of a split which one it is. Made here, since forks
 * and archives of QMK lack the files. Addresses: quantum/nvm/eeprom/nvm_eeprom_eeconfig_internal.h of QMK firmware.
 */

export type Hand = 'left' | 'right';

/** `EECONFIG_HANDEDNESS` */
const HAND_AT = 14;

/** One record; every byte sum is zero. */
function record(type: number, data: readonly number[]): string {
  const bytes = [data.length, 0, 0, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `:${Buffer.from([...bytes, -sum & 0xff])
    .toString('hex')
    .toUpperCase()}`;
}

/**
 * @param hand null: only break the number that says that there are settings, so that the firmware makes new ones at its
 *   next start. The hand's file does that too: everything else is forgotten with it.
 * @returns Intel HEX.
 */
export function eepromImage(hand: Hand | null): string {
  const data = hand === null ? [0] : [...Array(HAND_AT).fill(0), hand === 'left' ? 1 : 0];
  return `${record(0, data)}\n${record(1, [])}\n`;
}
