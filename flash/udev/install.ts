/** Installs the udev rules: the one step of Kiln that needs root, taken through polkit when a person asked for it. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserEnvironment, systemPath } from '../../core/environment.ts';
import { KilnError } from '../../core/errors.ts';
import { run } from '../../core/subprocess.ts';
import { findOnPath } from '../../core/toolchain/toolchain.ts';
import { idsGranted, idsNeeded, RULES_FILE, RULES_FOLDERS, udevRules } from './rules.ts';

export interface UdevStatus {
  /** Ids (`vid:pid`) of bootloaders that no rules file gives to the person at the machine. */
  readonly missing: readonly string[];
  /** Files that give some of them. */
  readonly files: readonly string[];
  readonly target: string;
}

/** What the rules that are installed leave out, in whatever words they are written. */
export async function udevStatus(folders: readonly string[] = RULES_FOLDERS): Promise<UdevStatus> {
  const needed = idsNeeded();
  const granted = new Set<string>();
  const files: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!name.endsWith('.rules')) continue;
      const text = await readFile(join(folder, name), 'utf8').catch(() => '');
      const ids = needed.filter((id) => idsGranted(text).has(id));
      if (ids.length > 0) files.push(join(folder, name));
      for (const id of ids) granted.add(id);
    }
  }
  return { missing: needed.filter((id) => !granted.has(id)), files, target: RULES_FILE };
}

/**
 * The one command that needs root. One call, so that there is one question.
 * @param program finds a program's file; the question comes only where this process is not root already.
 */
export function installCommand(
  file: string,
  target: string,
  isRoot: boolean,
  program: (name: string) => string,
): readonly [file: string, ...args: string[]] {
  // -D: also the folder.
  const rest = ['-D', '-m', '644', file, target];
  const install = program('install');
  return isRoot ? [install, ...rest] : [program('pkexec'), install, ...rest];
}

/**
 * Asks for the administrator's password, unless this process is root already, and writes the rules file. udev takes
 * notice of it by itself; devices that are attached have to be plugged in again.
 * @param target for tests.
 * @throws KilnError `udev.install-failed`
 */
export async function installUdevRules(
  onLine: (line: string) => void,
  target: string = RULES_FILE,
): Promise<void> {
  if (process.platform !== 'linux') {
    throw new KilnError('udev.install-failed', 'Only Linux has udev rules.', {
      remedy: 'Nothing is to be done here.',
    });
  }
  const folders = [...systemPath(), '/usr/bin', '/bin'];
  const program = (name: string): string => {
    const found = findOnPath(name, folders);
    if (found !== null) return found;
    throw new KilnError(
      'udev.install-failed',
      `This machine has no ${name}, which is needed for it.`,
    );
  };
  const file = join(tmpdir(), `kiln-udev-${randomBytes(8).toString('hex')}.rules`);
  await writeFile(file, udevRules(), { mode: 0o600, flag: 'wx' });
  try {
    const isRoot = process.getuid?.() === 0;
    const [first, ...rest] = installCommand(file, target, isRoot, program);
    onLine([first, ...rest].join(' '));
    const result = await run(first, rest, {
      cwd: '/',
      // polkit asks on the person's own desktop.
      env: browserEnvironment(),
      timeoutMs: 5 * 60_000,
      maxOutputBytes: 16 * 1024,
      onLine,
    });
    if (result.exitCode === 0) return;
    const why = result.output.trim().split('\n').at(-1) ?? result.outcome;
    throw new KilnError('udev.install-failed', `The rules could not be installed: ${why}`);
  } finally {
    await rm(file, { force: true });
  }
}
