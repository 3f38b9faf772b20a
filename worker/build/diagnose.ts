/** Reads a build's log for what people want to know: the first errors, the size, how far it is. Pure functions. */
import type { CompileError, FirmwareSize } from '../../core/compile/job.ts';

const TOOL_ERROR = /^(?<file>[^\s:][^:]*):(?<line>\d+):(?:\d+:)? (?:fatal )?error: (?<message>.+)$/;
const LINKER_ERROR =
  /(?:ld|collect2)(?:\.exe)?: (?<message>(?:.*overflowed by|undefined reference|error:).*)$/;
const UNDEFINED = /undefined reference to [`'](?<symbol>[^'`]+)'/;
/** The qmk command line's own refusals, and make's: last resort, they often only repeat that something failed. */
const QMK_ERROR = /^☒ (?<message>.+)$/;
const MAKE_ERROR = /^(?:g?make)(?:\[\d+\])?: (?<message>\*\*\* .+)$/;
const TOO_LARGE = /The firmware is too large!.*$/;

const MOST_ERRORS = 20;

function parse(line: string): { error: CompileError; weight: number } | null {
  const tool = TOOL_ERROR.exec(line)?.groups;
  if (tool !== undefined) {
    const { file = '', line: number = '0', message = '' } = tool;
    return { error: { message, file, line: Number(number) }, weight: 3 };
  }
  const large = TOO_LARGE.exec(line)?.[0];
  if (large !== undefined) return { error: { message: large }, weight: 3 };
  const symbol = UNDEFINED.exec(line)?.groups?.symbol;
  if (symbol !== undefined) {
    return { error: { message: `undefined reference to ${symbol}` }, weight: 2 };
  }
  const message = (LINKER_ERROR.exec(line) ?? QMK_ERROR.exec(line))?.groups?.message;
  if (message !== undefined) return { error: { message }, weight: 2 };
  const make = MAKE_ERROR.exec(line)?.groups?.message;
  return make === undefined ? null : { error: { message: make }, weight: 1 };
}

/**
 * The errors in a cleaned log, the relevant ones first: compilers before linkers before make, each in the order of
 * the log, none twice.
 */
export function findErrors(lines: Iterable<string>): CompileError[] {
  const found = new Map<string, { error: CompileError; weight: number }>();
  for (const line of lines) {
    // Compiler output under make is indented and prefixed with ` | ` by QMK's own message functions.
    const entry = parse(line.replace(/^[\s|]+/, ''));
    if (entry === null) continue;
    const { file = '', line: number = 0, message } = entry.error;
    found.set(`${file}:${number}:${message}`, entry);
  }
  const entries = [...found.values()].sort((a, b) => b.weight - a.weight);
  const best = entries[0]?.weight ?? 0;
  return entries
    .filter(({ weight }) => weight === best)
    .slice(0, MOST_ERRORS)
    .map(({ error }) => error);
}

const KEYCODE_IN_MESSAGE = /[`'‘"](?<identifier>[A-Za-z_][A-Za-z0-9_]*)['’"]/;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/g;

/** Names the key that an error is about, when its message quotes a word that stands in the keymap. */
export function pointAtKey(
  error: CompileError,
  layers: readonly (readonly string[])[],
): CompileError {
  const identifier = KEYCODE_IN_MESSAGE.exec(error.message)?.groups?.identifier;
  if (identifier === undefined) return error;
  for (const [layer, keycodes] of layers.entries()) {
    for (const [index, keycode] of keycodes.entries()) {
      if (keycode.match(IDENTIFIER)?.includes(identifier)) {
        return { ...error, layer, index, keycode };
      }
    }
  }
  return error;
}

const SIZE_LINE =
  /The firmware (?:is too large!|size is [a-z ]+ -) (?<used>\d+)(?:\/(?<limit>\d+))?/;

/** QMK's size check: `The firmware size is fine - 22172/28672 (77%, 6500 bytes free)`; null where it prints none. */
export function findSize(lines: Iterable<string>): FirmwareSize | null {
  for (const line of lines) {
    const groups = SIZE_LINE.exec(line)?.groups;
    if (groups === undefined) continue;
    return { used: Number(groups.used), limit: groups.limit ? Number(groups.limit) : null };
  }
  return null;
}
