/** Reads a build's log for what people want to know: the first errors and the size. Pure functions. */
import type { CompileError, FirmwareSize } from '../../core/compile/job.ts';

/** How near to the cause a kind of message is; those of the nearest kind are shown. */
type Weight = 1 | 2 | 3;

interface Finding {
  readonly error: CompileError;
  readonly weight: Weight;
}

interface Pattern {
  readonly weight: Weight;
  /** Its groups are members of the error. */
  readonly line: RegExp;
  /** Of a sentence of ours in place of the tool's words. */
  readonly say?: (groups: Readonly<Record<string, string | undefined>>) => string;
}

/** The first match counts. */
const PATTERNS: readonly Pattern[] = [
  // Compilers and assemblers: `quantum/a.c:9:1: error: …`, `a.S:2: Error: …`.
  {
    weight: 3,
    line: /^(?<file>[^\s:][^:]*):(?<line>\d+):(?:\d+:)? (?:fatal )?[Ee]rror: (?<message>.+)$/,
  },
  // Without a line of a source: `cc.s: Fatal error: can't close a.o: …`, `avr-gcc: fatal error: …`.
  { weight: 3, line: /^\S+: [Ff]atal error: (?<message>.+)$/ },
  {
    weight: 3,
    line: /The firmware is too large! (?<used>\d+)\/(?<limit>\d+)/,
    say: ({ used, limit }) => sayTooLarge(Number(used), Number(limit)),
  },
  {
    weight: 3,
    line: /ld(?:\.exe)?: region [`'](?<region>[^'`]+)' overflowed by (?<over>\d+) bytes/,
    say: ({ region, over }) =>
      `The firmware is too large: ${region} overflows by ${inWords(Number(over))} bytes. ${SMALLER}`,
  },
  {
    weight: 2,
    line: /undefined reference to [`'](?<symbol>[^'`]+)'/,
    say: ({ symbol }) => `undefined reference to ${symbol}`,
  },
  // The linker's other words but for `in function …:`, which only begins an undefined reference.
  { weight: 2, line: /(?:^|\/)(?:[a-z-]+-)?ld(?:\.exe)?: (?<message>(?!.*: in function ).+)$/ },
  { weight: 2, line: /^\S+: (?<message>multiple definition of .+)$/ },
  // QMK's makefiles, its command line, and make itself where a makefile gives up.
  { weight: 2, line: /^\* (?<message>.*\S) +\[ERRORS\]$/ },
  { weight: 2, line: /^☒ (?<message>.+)$/ },
  {
    weight: 2,
    line: /^(?<file>[^\s:][^:]*):(?<line>\d+): \*\*\* (?<message>.*[^\s.])\.? +Stop\.$/,
  },
  // These only repeat that something failed.
  { weight: 1, line: /^(?:g?make)(?:\[\d+\])?: (?<message>\*\*\* .+)$/ },
];

const MOST_ERRORS = 20;
const SMALLER = 'Turn features off, or remove layers or macros.';

function inWords(bytes: number): string {
  return bytes.toLocaleString('en');
}

function sayTooLarge(used: number, limit: number): string {
  const over = inWords(used - limit);
  return `The firmware is too large: ${inWords(used)} bytes of ${inWords(limit)}, ${over} too many. ${SMALLER}`;
}

function parse(line: string): Finding | null {
  for (const { weight, line: pattern, say } of PATTERNS) {
    const groups = pattern.exec(line)?.groups;
    if (groups === undefined) continue;
    const { file, line: number } = groups;
    const message = say?.(groups) ?? groups.message ?? '';
    const place =
      file === undefined ? {} : { file: file.replace(/^\.\//, ''), line: Number(number) };
    return { error: { message, ...place }, weight };
  }
  return null;
}

/**
 * The errors in a cleaned log that are nearest to the cause: those of compilers, else of linkers and of QMK's own
 * checks, else of make; in the order of the log, none twice, at most 20.
 */
export function findErrors(lines: Iterable<string>): CompileError[] {
  const found = new Map<string, Finding>();
  for (const line of lines) {
    // QMK's message functions indent what they pass on, some with ` | `.
    const finding = parse(line.replace(/^[\s|]+/, ''));
    if (finding === null) continue;
    const { file, line: number, message } = finding.error;
    const key = JSON.stringify([file, number, message]);
    found.set(key, finding);
  }
  const best = Math.max(0, ...[...found.values()].map(({ weight }) => weight));
  return [...found.values()]
    .filter(({ weight }) => weight === best)
    .slice(0, MOST_ERRORS)
    .map(({ error }) => error);
}

/** Words in quotes, as the compilers of all ages set them: `'a'`, `‘a’`, `"a"`. */
const QUOTED_WORD = /[`'‘"](?<word>[A-Za-z_][A-Za-z0-9_]*)['’"]/;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/g;
const UNKNOWN_WORD = /undeclared|implicit declaration|was not declared/;

/** Names the first key that holds the word that the error quotes, if any does. */
export function pointAtKey(
  error: CompileError,
  layers: readonly (readonly string[])[],
): CompileError {
  const word = QUOTED_WORD.exec(error.message)?.groups?.word;
  if (word === undefined) return error;
  for (const [layer, keycodes] of layers.entries()) {
    const index = keycodes.findIndex((keycode) => keycode.match(WORD)?.includes(word));
    const keycode = keycodes[index];
    if (keycode === undefined) continue;
    const key = `Key ${index} on layer ${layer} (\`${keycode}\`)`;
    const isUnknown = UNKNOWN_WORD.test(error.message);
    const what = keycode === word ? 'is' : `holds \`${word}\`, which is`;
    const message = isUnknown
      ? `${key} ${what} not a keycode that this keyboard knows.`
      : `${key}: ${error.message}`;
    return { ...error, message, layer, index, keycode };
  }
  return error;
}

const SIZE_LINE = /The firmware (?:is too large!|size is [a-z ]+ -) (?<used>\d+)\/(?<limit>\d+)/;

/** QMK's size check: `The firmware size is fine - 22172/28672 (77%, 6500 bytes free)`; null where it prints none. */
export function findSize(lines: Iterable<string>): FirmwareSize | null {
  for (const line of lines) {
    const groups = SIZE_LINE.exec(line)?.groups;
    if (groups === undefined) continue;
    return { used: Number(groups.used), limit: Number(groups.limit) };
  }
  return null;
}
