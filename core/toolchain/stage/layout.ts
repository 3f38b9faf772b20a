/**
 * Puts together a toolchain's folder out of unpacked packages: one merged layout (`usr/bin`, `usr/lib`), of each package
 * what builds read and its licence, links that stay inside, equal files once.
 */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join, matchesGlob, relative } from 'node:path';
import { KilnError } from '../../errors.ts';
import { isBundle } from '../bundle.ts';

/** The time that every file gets: the first that zip archives know. */
const EPOCH = new Date('1980-01-01T00:00:00Z');

/** On merged systems `/bin` and the like are links into `/usr`; packages of Debian 12 still carry both. */
export function mergedPath(path: string): string {
  return /^(?:bin|sbin|lib|lib64)(?:\/|$)/.test(path) ? `usr/${path}` : path;
}

/** Files and links below a folder, without the folder itself. */
export async function pathsIn(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

export interface Selection {
  readonly name: string;
  readonly keep: readonly string[];
  readonly drop?: readonly string[] | undefined;
}

/**
 * Which of a package's paths are taken.
 * @param paths in the merged layout.
 * @throws KilnError `toolchain.manifest-invalid` for a pattern that takes nothing: a package that changed, or a typing error.
 */
export function selectPaths({ name, keep, drop = [] }: Selection, paths: readonly string[]) {
  const idle = [...keep, ...drop].find(
    (pattern) => !paths.some((path) => matchesGlob(path, pattern)),
  );
  if (idle !== undefined) {
    throw new KilnError(
      'toolchain.manifest-invalid',
      `The pattern ${idle} of ${name} fits nothing in the package.`,
    );
  }
  return paths.filter(
    (path) =>
      keep.some((pattern) => matchesGlob(path, pattern)) &&
      !drop.some((pattern) => matchesGlob(path, pattern)),
  );
}

/** A link's target as it is written from inside the toolchain: absolute ones would leave it. */
function targetFrom(path: string, target: string): string {
  if (!target.startsWith('/')) return target;
  return relative(dirname(path), mergedPath(target.slice(1)));
}

/** Copies one file or link to its place; permissions are made those of a program or of a file. */
async function place(from: string, folder: string, path: string): Promise<void> {
  const to = join(folder, path);
  await mkdir(dirname(to), { recursive: true });
  const stats = await lstat(from);
  if (stats.isSymbolicLink()) {
    await rm(to, { force: true });
    await symlink(targetFrom(path, await readlink(from)), to);
    return;
  }
  await copyFile(from, to);
  await chmod(to, (stats.mode & 0o111) === 0 ? 0o644 : 0o755);
}

/**
 * Takes the selected files of an unpacked package, and its licence.
 * @throws KilnError `toolchain.manifest-invalid`
 */
export async function takePackage(
  selection: Selection,
  unpacked: string,
  folder: string,
): Promise<void> {
  const places = new Map((await pathsIn(unpacked)).map((path) => [mergedPath(path), path]));
  const licence = `usr/share/doc/${selection.name}/copyright`;
  for (const path of selectPaths(selection, [...places.keys()])) {
    await place(join(unpacked, places.get(path) ?? path), folder, path);
  }
  // Some packages have their documents in those of a sister, by a link of the whole folder.
  const documents = dirname(join(unpacked, licence));
  if (places.has(licence)) await place(join(unpacked, licence), folder, licence);
  else if (lstatSync(documents, { throwIfNoEntry: false })?.isSymbolicLink()) {
    await place(documents, folder, dirname(licence));
  }
}

/** @throws KilnError `toolchain.stage-failed` for a package whose licence is not there. */
export function checkLicences(packages: readonly string[], folder: string): void {
  const without = packages.find(
    (name) => !existsSync(join(folder, 'usr/share/doc', name, 'copyright')),
  );
  if (without === undefined) return;
  throw new KilnError(
    'toolchain.stage-failed',
    `The licence of the package ${without} is missing.`,
  );
}

/** Makes the manifest's own links. */
export async function makeLinks(links: Readonly<Record<string, string>>, folder: string) {
  for (const [path, target] of Object.entries(links)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await rm(file, { force: true });
    await symlink(target, file);
  }
}

/** Takes away links to what was not taken. @returns their paths. */
export async function removeDeadLinks(folder: string): Promise<string[]> {
  const dead = (await pathsIn(folder)).filter((path) => !existsSync(join(folder, path)));
  for (const path of dead) await rm(join(folder, path));
  return dead;
}

/** Lets equal files share their bytes. @returns how many bytes that saves. */
export async function shareEqualFiles(folder: string): Promise<number> {
  const first = new Map<string, string>();
  let saved = 0;
  for (const path of await pathsIn(folder)) {
    const file = join(folder, path);
    const stats = await lstat(file);
    if (!stats.isFile()) continue;
    const content = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    const key = `${content} ${stats.mode & 0o111 ? 'x' : ''}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, file);
    else {
      await rm(file);
      await link(other, file);
      saved += stats.size;
    }
  }
  return saved;
}

/** Gives every file the same time, so that archives of the folder are equal too. */
export async function levelTimes(folder: string): Promise<void> {
  for (const path of await pathsIn(folder)) {
    const file = join(folder, path);
    if (!(await lstat(file)).isSymbolicLink()) await utimes(file, EPOCH, EPOCH);
  }
}

/** @throws KilnError `toolchain.stage-failed` when a folder that is to be replaced holds something of somebody's. */
export async function checkOutput(folder: string): Promise<void> {
  if (!existsSync(folder) || isBundle(folder) || (await readdir(folder)).length === 0) return;
  throw new KilnError('toolchain.stage-failed', `${folder} holds something else than a toolchain.`);
}
