/** `kiln toolchain install`: the qmk command line in a Python environment of Kiln's own. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { networkEnvironment } from '../environment.ts';
import { errnoOf, KilnError } from '../errors.ts';
import { run } from '../subprocess.ts';
import { pythonBin, type Toolchain } from './toolchain.ts';

const REQUIREMENTS = join(import.meta.dirname, '../../resources/python/requirements.txt');

export interface InstallOptions {
  readonly toolchain: Toolchain;
  /** What happens, a line at a time. */
  readonly onLine: (line: string) => void;
  /** Makes the environment anew even when it is complete. */
  readonly force?: boolean;
}

async function readMark(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

async function step(file: string, args: readonly string[], what: string, options: InstallOptions) {
  const result = await run(file, args, {
    // Not the user's folder: Python would take modules from it.
    cwd: dirname(options.toolchain.pythonFolder),
    env: { ...networkEnvironment(), PIP_DISABLE_PIP_VERSION_CHECK: '1' },
    timeoutMs: 15 * 60_000,
    maxOutputBytes: 1024 * 1024,
    onLine: options.onLine,
  });
  if (result.outcome === 'exited' && result.exitCode === 0) return;
  const last = result.output.trim().split('\n').slice(-3).join(' ');
  const why = result.failure?.message ?? (last || result.outcome);
  throw new KilnError('toolchain.install-failed', `${what} failed: ${why}`, {
    details: { command: result.command },
  });
}

/**
 * Makes `<data>/toolchain/python` with the packages of `resources/python/requirements.txt`, from the Python package
 * index (or the one that pip is configured for). Does nothing when that is already there, or travels with Kiln. A run that fails leaves the
 * earlier environment as it was; after one that was killed, the next run brings it back first.
 * @returns true when something was installed.
 * @throws KilnError `toolchain.missing` without Python, `toolchain.install-failed`
 */
export async function installPython(options: InstallOptions): Promise<boolean> {
  const { toolchain } = options;
  // The bundle's Python has the same packages, and no pip to add others.
  if (toolchain.isBundled(['qmk'])) return false;
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex');
  const mark = join(toolchain.pythonFolder, 'kiln-requirements.sha256');
  // Environments hold absolute paths, so it is made in place; the old one steps aside until the new one is whole.
  const aside = `${toolchain.pythonFolder}.old`;
  const bringBack = async (): Promise<void> => {
    await rm(toolchain.pythonFolder, { recursive: true, force: true });
    await renameIfThere(aside, toolchain.pythonFolder);
  };
  // Left by a run that was killed: before its own environment was whole, or while it removed the old one.
  if (existsSync(mark)) await rm(aside, { recursive: true, force: true });
  else if (existsSync(aside)) await bringBack();
  if (!options.force && (await readMark(mark)) === wanted) return false;

  const python = toolchain.need('python').file;
  await mkdir(dirname(toolchain.pythonFolder), { recursive: true });
  await renameIfThere(toolchain.pythonFolder, aside);
  try {
    options.onLine('Making a Python environment');
    await step(
      python,
      ['-m', 'venv', toolchain.pythonFolder],
      'Making the Python environment',
      options,
    );
    options.onLine('Installing the qmk command line and what it needs');
    const pip = join(pythonBin(toolchain.pythonFolder), 'python');
    const args = ['-m', 'pip', 'install', '--no-deps', '--no-input', '-r', REQUIREMENTS];
    await step(pip, args, 'Installing the Python packages', options);
    await writeFile(mark, wanted);
  } catch (error) {
    await bringBack();
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
  return true;
}
