/**
 * A build's output on its way to people: cleaned line by line, kept whole in a file (up to a bound), and as head
 * and tail in memory for the job's result.
 */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { toKilnError } from '../../core/errors.ts';
import { OutputRecorder } from '../../core/process-output.ts';

/** threats.md §5.6: what a result carries; the rest of 256 KiB is for the line that tells what is left out. */
const KEPT_BYTES = 256 * 1024 - 64;

/** The whole log's bound; a normal build prints 10 to 40 KiB. */
const FILE_BYTES = 8 * 1024 * 1024;
const CUT_LINE = '… the log is cut here, at 8 MiB\n';

/** Characters. */
const LONGEST_LINE = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose.
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

/** Text to hide or shorten, longest first: paths of this machine. */
export type Replacements = readonly (readonly [from: string, to: string])[];

/** `/home/me` is no part of `/home/menu`, but of `/home/me/x` and `/home/me:`. */
function replacePath(text: string, from: string, to: string): string {
  const [start = '', ...rests] = text.split(from);
  const goesOn = (rest: string): boolean => !from.endsWith('/') && /^[\w-]/.test(rest);
  return rests.reduce((done, rest) => done + (goesOn(rest) ? from : to) + rest, start);
}

/** One line as people see it: no terminal sequences, no control characters but tabs, no paths of the machine. */
export function cleanLine(line: string, replacements: Replacements): string {
  // Before the cut, which might leave half of a path.
  const text = replacements.reduce((done, [from, to]) => replacePath(done, from, to), line);
  const cut = text.slice(0, LONGEST_LINE).toWellFormed();
  return stripVTControlCharacters(cut).replace(CONTROL_CHARACTERS, '').trimEnd();
}

export interface BuildLog {
  /**
   * Takes a raw line of a tool.
   * @returns it, cleaned.
   * @throws KilnError `storage.full`, `storage.unwritable` when the file takes no more
   */
  add(line: string): string;
  /** Head and tail of what came so far, with a line that says how much is left out between them. */
  output(): string;
  /** All lines so far, from the file: what `output` leaves out may hold the first error. */
  lines(): Promise<readonly string[]>;
  close(): void;
}

export interface BuildLogOptions {
  /** Must not exist. */
  readonly file: string;
  readonly replacements: Replacements;
  readonly onLine: (line: string) => void;
}

export function createBuildLog({ file, replacements, onLine }: BuildLogOptions): BuildLog {
  const kept = new OutputRecorder(KEPT_BYTES);
  const handle = openSync(file, 'wx', 0o600);
  let fileBytes = 0;

  const write = (line: string): void => {
    if (fileBytes > FILE_BYTES) return;
    fileBytes += Buffer.byteLength(line) + 1;
    try {
      appendFileSync(handle, fileBytes > FILE_BYTES ? CUT_LINE : `${line}\n`);
    } catch (error) {
      throw toKilnError(error);
    }
  };

  return {
    add(line) {
      const clean = cleanLine(line, replacements);
      kept.add('stdout', clean);
      onLine(clean);
      write(clean);
      return clean;
    },
    output: () => kept.text(),
    async lines() {
      const text = await readFile(file, 'utf8');
      return text === '' ? [] : text.slice(0, -1).split('\n');
    },
    close: () => closeSync(handle),
  };
}
