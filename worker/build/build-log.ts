/**
 * A build's output on its way to people: cleaned line by line, kept whole in a file (up to a bound), and as head
 * and tail in memory for the job's result.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { stripVTControlCharacters } from 'node:util';

/** threats.md §5.6: what a result carries. */
const KEPT_BYTES = 256 * 1024;
const HEAD_BYTES = KEPT_BYTES / 4;

/** The whole log's bound; a normal build prints 10 to 40 KiB. */
const FILE_BYTES = 8 * 1024 * 1024;

const LONGEST_LINE = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose.
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text to hide or shorten, longest first: paths of this machine. */
export type Replacements = readonly (readonly [from: string, to: string])[];

/** One line as people see it: no terminal sequences, no control characters, no paths of the machine. */
export function cleanLine(line: string, replacements: Replacements): string {
  let text = stripVTControlCharacters(line.slice(0, LONGEST_LINE)).replace(CONTROL_CHARACTERS, '');
  for (const [from, to] of replacements) text = text.replaceAll(from, to);
  return text.trimEnd();
}

export interface BuildLog {
  /** Takes a raw line of a tool. @returns it, cleaned. */
  add(line: string): string;
  /** Head and tail of what came so far, with a line that says how much is left out between them. */
  output(): string;
  /** All lines so far, from the file: what `output` leaves out may hold the first error. */
  lines(): Promise<readonly string[]>;
  /** Flushes the file. */
  close(): Promise<void>;
}

export interface BuildLogOptions {
  readonly file: string;
  readonly replacements: Replacements;
  readonly onLine: (line: string) => void;
}

export function createBuildLog({ file, replacements, onLine }: BuildLogOptions): BuildLog {
  const stream: WriteStream = createWriteStream(file, { flags: 'wx' });
  let streamError: unknown = null;
  stream.on('error', (error) => (streamError ??= error));
  const head: string[] = [];
  const tail: string[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let fileBytes = 0;
  let dropped = 0;

  const keep = (line: string): void => {
    const bytes = Buffer.byteLength(line) + 1;
    if (headBytes + bytes <= HEAD_BYTES && tail.length === 0) {
      head.push(line);
      headBytes += bytes;
      return;
    }
    tail.push(line);
    tailBytes += bytes;
    while (tailBytes > KEPT_BYTES - HEAD_BYTES) {
      const gone = tail.shift();
      tailBytes -= Buffer.byteLength(gone ?? '') + 1;
      dropped += 1;
    }
  };

  const write = (line: string): void => {
    if (fileBytes > FILE_BYTES) return;
    fileBytes += Buffer.byteLength(line) + 1;
    stream.write(fileBytes > FILE_BYTES ? '… the log is cut here, at 8 MiB\n' : `${line}\n`);
  };

  return {
    add(line) {
      const clean = cleanLine(line, replacements);
      keep(clean);
      write(clean);
      onLine(clean);
      return clean;
    },
    output() {
      const gap = dropped === 0 ? [] : [`… ${dropped} lines left out …`];
      return [...head, ...gap, ...tail].join('\n');
    },
    async lines() {
      if (!stream.writableEnded) {
        await new Promise<void>((resolve) => stream.write('', () => resolve()));
      }
      if (streamError !== null) throw streamError;
      return (await readFile(file, 'utf8')).split('\n');
    },
    async close() {
      stream.end();
      await finished(stream);
      if (streamError !== null) throw streamError;
    },
  };
}
