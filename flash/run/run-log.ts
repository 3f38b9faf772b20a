/** What a flash run says, line by line, kept within bounds. */

const MOST_LINES = 2000;
const LONGEST_LINE = 500;

/** Control characters of tools must not reach a terminal or a page. */
function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to take out
  return line.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '').slice(0, LONGEST_LINE);
}

export interface RunLog {
  add(line: string): void;
  /** Beginning and end of what was said; a line tells what was left out between. */
  lines(): readonly string[];
}

export function createRunLog(onLine: (line: string) => void): RunLog {
  const head: string[] = [];
  const tail: string[] = [];
  let dropped = 0;
  return {
    add(line) {
      const text = plain(line);
      if (head.length < MOST_LINES / 2) {
        head.push(text);
        onLine(text);
        return;
      }
      // A tool that prints without end is not followed live any more.
      if (tail.length === 0 && dropped === 0) onLine('… more is kept in the log …');
      tail.push(text);
      if (tail.length > MOST_LINES / 2) {
        tail.splice(0, MOST_LINES / 4);
        dropped += MOST_LINES / 4;
      }
    },
    lines: () => [...head, ...(dropped > 0 ? [`… ${dropped} lines left out …`] : []), ...tail],
  };
}
