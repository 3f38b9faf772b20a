/**
 * Makes a toolchain of Debian's packages run from any folder. Compilers and Python find their own parts from where they
 * lie; what is left are shared libraries, and they are named relative to the program (`$ORIGIN`).
 *
 * The C library is taken too, but only a sandbox that shows nothing of the machine uses it: outside of one a program and
 * its loader have to be of one release, and the loader's path cannot be relative. There the machine's own serves, which
 * has to be of the release that the packages are from, or later.
 */
import { mkdir, readdir, readFile, readlink, rename } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { KilnError } from '../../errors.ts';
import { isLoadable, type Linkage, readLinkage } from './elf.ts';
import { pathsIn } from './layout.ts';
import { runStep } from './run-step.ts';

/** Where libraries lie that are not the C library's. */
export const LIBRARIES = 'usr/lib/kiln';

const C_LIBRARY =
  /^(?:ld-linux-[\w-]+\.so\.\d+|lib(?:c|m|mvec|dl|pthread|rt|util|resolv)\.so\.\d+)$/;

/** Programs that are found on each system under these names. */
const PORTABLE_SHEBANG = /^#! ?(?:\/bin\/sh|\/usr\/bin\/env \w+)(?:\s|$)/;

async function regularFiles(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Puts the libraries apart from the C library, which must not be found by a relative path. */
async function moveLibraries(folder: string, multiarch: string): Promise<Set<string>> {
  const from = join(folder, 'usr/lib', multiarch);
  await mkdir(join(folder, LIBRARIES), { recursive: true });
  await mkdir(from, { recursive: true });
  const libraries = new Set<string>();
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory() || C_LIBRARY.test(entry.name)) continue;
    if (entry.isSymbolicLink() && (await readlink(join(from, entry.name))).includes('/')) {
      throw new KilnError(
        'toolchain.stage-failed',
        `The library ${entry.name} is a link out of its folder.`,
      );
    }
    await rename(join(from, entry.name), join(folder, LIBRARIES, entry.name));
    libraries.add(entry.name);
  }
  return libraries;
}

interface Loadable extends Linkage {
  readonly path: string;
}

/** Whether a library is found by a path that the file has already. */
function isBeside(name: string, { path, runPath }: Loadable, all: ReadonlySet<string>): boolean {
  return runPath
    .split(':')
    .filter((one) => one.startsWith('$ORIGIN'))
    .some((one) => all.has(join(dirname(path), one.replace(/^\$ORIGIN\/?/, ''), name)));
}

/** @throws KilnError `toolchain.stage-failed` for a library that is not in the toolchain. */
function runPathFor(
  loadable: Loadable,
  libraries: ReadonlySet<string>,
  all: ReadonlySet<string>,
): string {
  const { path, needed, runPath } = loadable;
  const folders = runPath.split(':').filter((one) => one.startsWith('$ORIGIN'));
  for (const name of needed) {
    if (C_LIBRARY.test(name) || isBeside(name, loadable, all)) continue;
    // Libraries of a Python package, which count on their program to have loaded their sisters.
    const isSister = all.has(join(dirname(path), name));
    if (!isSister && !libraries.has(name)) {
      throw new KilnError(
        'toolchain.stage-failed',
        `${path} needs the library ${name}, which no package of the manifest brings.`,
      );
    }
    folders.push(isSister ? '$ORIGIN' : `$ORIGIN/${relative(dirname(path), LIBRARIES)}`);
  }
  return [...new Set(folders)].join(':');
}

/**
 * Names the libraries of every program relative to it.
 * @throws KilnError `toolchain.stage-failed` for a library that is not in the toolchain.
 */
export async function pointAtLibraries(
  folder: string,
  multiarch: string,
  patchelf: string,
): Promise<void> {
  const libraries = await moveLibraries(folder, multiarch);
  const all = new Set(await pathsIn(folder));
  for (const path of await regularFiles(folder)) {
    if (C_LIBRARY.test(basename(path)) || !(await isLoadable(join(folder, path)))) continue;
    const loadable = { path, ...(await readLinkage(join(folder, path))) };
    const wanted = runPathFor(loadable, libraries, all);
    if (wanted === loadable.runPath) continue;
    await runStep(
      `Making ${path} relocatable`,
      [patchelf, '--set-rpath', wanted, join(folder, path)],
      { cwd: folder },
    );
  }
}

/** @throws KilnError `toolchain.stage-failed` for a script that names its interpreter by a path of one system. */
export async function checkScripts(folder: string): Promise<void> {
  for (const path of await regularFiles(join(folder, 'usr/bin'))) {
    const text = (await readFile(join(folder, 'usr/bin', path)))
      .subarray(0, 256)
      .toString('latin1');
    if (!text.startsWith('#!') || PORTABLE_SHEBANG.test(text)) continue;
    throw new KilnError(
      'toolchain.stage-failed',
      `The script ${path} begins with ${text.split('\n')[0]}, which not every system has.`,
    );
  }
}
