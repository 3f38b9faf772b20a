/** What a data folder is called among others: made once, so that a machine finds its own jobs again after a crash. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** @param file where it is kept. @returns 12 hexadecimal digits. */
export function readHostId(file: string): string {
  if (existsSync(file)) {
    const known = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f]{12}$/.test(known)) return known;
  }
  const made = randomBytes(6).toString('hex');
  writeFileSync(file, `${made}\n`, { mode: 0o600 });
  return made;
}
