/**
 * A compiler that sleeps before it compiles a keymap: builds of a known time that need hardly any processor, so that more
 * of them than there are cores can run side by side.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SlowCompiler {
  /** Value of `KILN_TOOLCHAIN_DIR`. */
  readonly folder: string;
  /** From the next build on; 0 at first. */
  sleep(seconds: number): void;
}

export function createSlowCompiler(folder: string): SlowCompiler {
  const real = execFileSync('sh', ['-c', 'command -v avr-gcc'], { encoding: 'utf8' }).trim();
  const bin = join(folder, 'bin');
  const seconds = join(bin, 'seconds');
  mkdirSync(bin, { recursive: true });
  const sleep = (value: number): void => writeFileSync(seconds, `${value}\n`);
  sleep(0);
  const script = [
    '#!/bin/sh',
    `case "$*" in *keymap.c*) read -r time < '${seconds}'; [ "$time" = 0 ] || sleep "$time" ;; esac`,
    `exec '${real}' "$@"`,
  ];
  writeFileSync(join(bin, 'avr-gcc'), `${script.join('\n')}\n`, { mode: 0o755 });
  return { folder, sleep };
}
