/** What the steps of the package's test share. */
import { spawnSync } from 'node:child_process';

/** Why a step, or a part of it, cannot be carried out here: no failure, but said aloud. */
export class Skipped extends Error {}

export interface Packages {
  /** The unpacked folder. */
  readonly folder: string;
  /** Its `resources`. */
  readonly resources: string;
  /** The package for Debian; null when none was made. */
  readonly deb: string | null;
  readonly say: (line: string) => void;
}

export interface Step {
  readonly name: string;
  /** @throws Skipped, or Error with what is wrong. */
  run(packages: Packages): Promise<void>;
}

/** Programs that a step starts get nothing of the caller's settings. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Runs a program of the machine. @throws Error with its last words when it fails. */
export function call(
  words: readonly string[],
  { mayFail = false, env = {} }: { mayFail?: boolean; env?: Record<string, string> } = {},
): string {
  const [program = '', ...args] = words;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0 && !mayFail) {
    throw new Error(`${words.slice(0, 6).join(' ')}: ${(stderr || stdout).trim().slice(-2000)}`);
  }
  return stdout;
}

/** @throws Skipped naming the program and Debian's package that brings it. */
export function need(program: string, debianPackage: string): void {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore', env: ENVIRONMENT });
  if (error !== undefined) throw new Skipped(`there is no ${program} (${debianPackage})`);
}
