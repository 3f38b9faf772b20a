/** Asks a person before what cannot be taken back. */
import { createInterface } from 'node:readline/promises';

/** @returns false without a terminal to ask at: what is to happen unasked is said with an option. */
export async function confirm(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
