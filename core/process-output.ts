/**
 * What a program printed: bytes to lines, and lines kept within a limit.
 */
import { StringDecoder } from 'node:string_decoder';

export type OutputStream = 'stdout' | 'stderr';

/**
 * Turns chunks of bytes into lines of text. A line ends with `\n`, `\r\n` or a lone `\r` (how programs
 * rewrite a progress line), and comes without its end. A character split between chunks comes whole; bytes
 * that are no UTF-8 come as U+FFFD.
 */
export class LineDecoder {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  readonly #longest: number;
  #rest = '';
  /** A `\r` ends its line at once, lest progress lags a line behind; the `\n` that may follow is skipped. */
  #skipNewline = false;

  /**
   * @param onLine gets each line, in order.
   * @param longest characters after which a line that does not end is cut, so that memory stays bounded.
   */
  constructor(onLine: (line: string) => void, longest: number) {
    this.#onLine = onLine;
    this.#longest = Math.max(2, longest);
  }

  write(chunk: Uint8Array): void {
    this.#accept(
      this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)),
    );
  }

  /** After the last byte: gives the line that has no end. */
  end(): void {
    this.#accept(this.#decoder.end());
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }

  #accept(text: string): void {
    if (text === '') return;
    let start = this.#skipNewline && text.startsWith('\n') ? 1 : 0;
    this.#skipNewline = false;
    const ends = /[\r\n]/g;
    ends.lastIndex = start;
    for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
      this.#emit(this.#rest + text.slice(start, match.index));
      this.#rest = '';
      start = match.index + 1;
      if (match[0] === '\r') {
        if (start === text.length) this.#skipNewline = true;
        else if (text[start] === '\n') start += 1;
      }
      ends.lastIndex = start;
    }
    this.#rest += text.slice(start);
    if (this.#rest.length > this.#longest) {
      const all = this.#rest;
      this.#rest = '';
      this.#emit(all);
    }
  }

  #emit(line: string): void {
    let rest = line;
    while (rest.length > this.#longest) {
      // Half of a surrogate pair is not a character: cut before it.
      const cut = isHighSurrogate(rest, this.#longest - 1) ? this.#longest - 1 : this.#longest;
      this.#onLine(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    this.#onLine(rest);
  }
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdbff;
}

interface Kept {
  readonly stream: OutputStream;
  readonly line: string;
  readonly bytes: number;
}

const LEFT_OUT: Kept = { stream: 'stdout', line: '', bytes: 0 };

/**
 * Keeps the lines of both streams in the order of their arrival. All of them while they fit into `maxBytes`;
 * of more, the beginning (about half) and the end, for the first error of a build is near the one and its
 * verdict at the other.
 */
export class OutputRecorder {
  readonly #maxBytes: number;
  readonly #head: Kept[] = [];
  #headBytes = 0;
  #headOpen = true;
  readonly #tail: Kept[] = [];
  #tailStart = 0;
  #tailBytes = 0;
  readonly #dropped = { stdout: 0, stderr: 0 };

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get truncated(): boolean {
    return this.#dropped.stdout + this.#dropped.stderr > 0;
  }

  add(stream: OutputStream, line: string): void {
    // One more for the line's end.
    const kept = { stream, line, bytes: Buffer.byteLength(line) + 1 };
    if (this.#headOpen && this.#headBytes + kept.bytes <= this.#maxBytes / 2) {
      this.#head.push(kept);
      this.#headBytes += kept.bytes;
      return;
    }
    this.#headOpen = false;
    this.#tail.push(kept);
    this.#tailBytes += kept.bytes;
    while (this.#headBytes + this.#tailBytes > this.#maxBytes) this.#dropOldestOfTail();
  }

  /** The lines of one stream, or of both in order of arrival; a line in `… …` stands for what was left out. */
  text(only?: OutputStream): string {
    const pick = (kept: readonly Kept[]) =>
      kept.filter(({ stream }) => only === undefined || stream === only).map(({ line }) => line);
    const dropped =
      only === undefined ? this.#dropped.stdout + this.#dropped.stderr : this.#dropped[only];
    const gap = dropped > 0 ? [`… ${dropped} bytes left out …`] : [];
    return [...pick(this.#head), ...gap, ...pick(this.#tail.slice(this.#tailStart))].join('\n');
  }

  #dropOldestOfTail(): void {
    const oldest = this.#tail[this.#tailStart];
    if (oldest === undefined) return;
    // Lines may be long: what is left out is not to stay in memory until the array is moved.
    this.#tail[this.#tailStart] = LEFT_OUT;
    this.#tailStart += 1;
    this.#tailBytes -= oldest.bytes;
    this.#dropped[oldest.stream] += oldest.bytes;
    // Forget the dropped ones now and then; doing so each time would move the whole array for every line.
    if (this.#tailStart > 1024 && this.#tailStart > this.#tail.length / 2) {
      this.#tail.splice(0, this.#tailStart);
      this.#tailStart = 0;
    }
  }
}
