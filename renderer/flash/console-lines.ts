/** Lines of keyboards' debug consoles: kept, filtered, written out. */
export interface ConsoleLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly device: string;
  readonly title: string;
  readonly text: string;
}

/** A keyboard with a chatty matrix prints hundreds a second. */
export const MOST_LINES = 5000;

/** @returns the newest lines, at most `MOST_LINES` */
export function appendLines(
  lines: readonly ConsoleLine[],
  more: readonly ConsoleLine[],
): readonly ConsoleLine[] {
  const all = [...lines, ...more];
  return all.length > MOST_LINES ? all.slice(-MOST_LINES) : all;
}

export interface ConsoleFilter {
  /** Anywhere in the line, in any case. */
  readonly text: string;
  /** A device's id; empty for all. */
  readonly device: string;
}

export function filterLines(
  lines: readonly ConsoleLine[],
  { text, device }: ConsoleFilter,
): readonly ConsoleLine[] {
  const word = text.trim().toLowerCase();
  return lines.filter(
    (line) =>
      (device === '' || line.device === device) &&
      (word === '' || line.text.toLowerCase().includes(word)),
  );
}

/** `14:03:07.042` of the person's own clock. */
export function clockTime(at: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

/** @param several whether lines have to say which keyboard they are of */
export function writeLines(lines: readonly ConsoleLine[], several: boolean): string {
  return lines
    .map(({ at, title, text }) => `${clockTime(at)}  ${several ? `${title}: ` : ''}${text}\n`)
    .join('');
}
