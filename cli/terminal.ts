/**
 * How commands speak: results on stdout, what happens meanwhile and errors on stderr; one line that rewrites itself
 * on a terminal, plain lines in a pipe; with `--json` one JSON object on stdout and no progress.
 */
import { stripVTControlCharacters } from 'node:util';
import type { KilnError } from '../core/errors.ts';
import type { JobProgress } from '../core/queue/contract.ts';

export interface Terminal {
  readonly json: boolean;
  /** A result: a line, or with `--json` nothing. */
  line(text: string): void;
  /** The result for programs; printed with `--json` only. */
  result(value: unknown): void;
  /** What happens right now. */
  status(text: string): void;
  progress(label: string, progress: JobProgress): void;
  /** Removes the status line before other output. */
  clearStatus(): void;
  error(error: KilnError): void;
}

const BAR_CELLS = 20;
const STAGE_WORDS: Readonly<Record<string, string>> = {
  prepare: 'preparing',
  generate: 'generating sources',
  compile: 'compiling',
  link: 'linking',
  check: 'checking the size',
  store: 'storing',
};

function bar(fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  return `${'▓'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${String(Math.round(fraction * 100)).padStart(3)} %`;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
}

export function createTerminal({
  json,
  stdout = process.stdout,
  stderr = process.stderr,
}: TerminalOptions): Terminal {
  const live = stderr.isTTY === true && !json;
  let shown = false;
  let lastPlain = '';

  const clearStatus = (): void => {
    if (shown) stderr.write('\r\u001b[2K');
    shown = false;
  };
  const status = (text: string): void => {
    if (json) return;
    const plain = stripVTControlCharacters(text);
    if (live) {
      clearStatus();
      stderr.write(plain.slice(0, Math.max(20, (stderr.columns || 80) - 1)));
      shown = true;
    } else if (plain !== lastPlain) {
      stderr.write(`${plain}\n`);
    }
    lastPlain = plain;
  };

  return {
    json,
    status,
    clearStatus,
    line(text) {
      if (json) return;
      clearStatus();
      stdout.write(`${text}\n`);
    },
    result(value) {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress(label, { stage, fraction }) {
      const words = STAGE_WORDS[stage] ?? stage;
      // A pipe gets a line a stage; numbers that change a hundred times would only fill the log.
      const amount = live && fraction !== undefined ? ` ${bar(fraction)}` : '';
      status(`${label}: ${words}${amount}`);
    },
    error(error) {
      clearStatus();
      if (json) stdout.write(`${JSON.stringify({ error: error.toReport() })}\n`);
      else stderr.write(`${error.message}\n${error.remedy} [${error.code}]\n`);
    },
  };
}
