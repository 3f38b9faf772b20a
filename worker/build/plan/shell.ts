/** Commands as a POSIX shell takes them. */

/** One command; each word stays one word, whatever is in it. */
export function shellLine(program: string, args: readonly string[]): string {
  return [program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
}
