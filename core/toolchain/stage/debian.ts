/** Debian's packages, fetched by apt-get and unpacked by dpkg-deb: both do so for any user, and install nothing. */
import { hash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KilnError } from '../../errors.ts';
import type { DebianPackage } from '../manifest.ts';
import { runStep } from './run-step.ts';

/** A package as it lies in the folder of downloads. */
export interface FetchedPackage {
  readonly file: string;
  readonly version: string;
  /** `all`, or the architecture that it is for. */
  readonly architecture: string;
  readonly sha256: string;
  readonly source: { readonly name: string; readonly version: string };
}

export interface FetchOptions {
  /** Debian's name of the architecture. */
  readonly architecture: string;
  /** Where packages are kept, and looked for first. */
  readonly downloads: string;
  /** Takes the newest version instead of the manifest's, whatever its digest. */
  readonly update: boolean;
  readonly onLine: (line: string) => void;
}

/** What the package says of itself. */
export async function describePackage(file: string, cwd: string): Promise<FetchedPackage> {
  const text = await runStep(`Reading ${file}`, ['dpkg-deb', '-f', file], { cwd });
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1]?.trim();
  const version = field('Version') ?? '';
  const source = /^(\S+)(?: \((.+)\))?$/.exec(field('Source') ?? '');
  return {
    file,
    version,
    architecture: field('Architecture') ?? '',
    sha256: hash('sha256', await readFile(file), 'hex'),
    source: { name: source?.[1] ?? field('Package') ?? '', version: source?.[2] ?? version },
  };
}

/** Debian's file names leave the epoch's colon to `%3a`. */
function fileNames({ name, version }: DebianPackage, architecture: string): string[] {
  const shown = (version ?? '').replaceAll(':', '%3a');
  return [architecture, 'all'].map((one) => `${name}_${shown}_${one}.deb`);
}

/** apt-get writes into a folder of its own first, so that a download that was cut short is never taken for a package. */
async function download(
  packages: readonly DebianPackage[],
  { architecture, downloads, update, onLine }: FetchOptions,
): Promise<void> {
  if (packages.length === 0) return;
  const part = join(downloads, '.part');
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  const wanted = packages.map(({ name, version }) => {
    const one = `${name}:${architecture}`;
    return update || version === null ? one : `${one}=${version}`;
  });
  onLine(`Fetching ${packages.length} packages of Debian`);
  await runStep('Fetching the packages of Debian', ['apt-get', 'download', ...wanted], {
    cwd: part,
    onLine,
  });
  for (const file of await readdir(part)) await rename(join(part, file), join(downloads, file));
  await rm(part, { recursive: true });
}

/** The file of a package in the folder of downloads; of several versions the one that is named, or was fetched last. */
async function findDownload(
  wanted: DebianPackage,
  { architecture, downloads, update }: FetchOptions,
): Promise<string | undefined> {
  if (!update) {
    return fileNames(wanted, architecture)
      .map((name) => join(downloads, name))
      .find((file) => existsSync(file));
  }
  const files = (await readdir(downloads))
    .filter((file) => file.startsWith(`${wanted.name}_`) && file.endsWith('.deb'))
    .map((file) => join(downloads, file));
  return files.sort((a, b) => statSync(b).ctimeMs - statSync(a).ctimeMs)[0];
}

async function describeDownload(
  wanted: DebianPackage,
  options: FetchOptions,
): Promise<FetchedPackage> {
  const file = await findDownload(wanted, options);
  if (file === undefined) {
    throw new KilnError('toolchain.stage-failed', `apt-get brought no package ${wanted.name}.`);
  }
  const fetched = await describePackage(file, options.downloads);
  const expected = wanted.sha256[fetched.architecture];
  if (options.update || expected === fetched.sha256) return fetched;
  throw new KilnError(
    'toolchain.digest-differs',
    expected === undefined
      ? `The manifest has no digest of ${wanted.name} for ${fetched.architecture}.`
      : `The package ${wanted.name} ${fetched.version} is not the one that the manifest names.`,
  );
}

/**
 * Fetches packages unless they lie there already, and holds them against the manifest.
 * @returns them in the order of the manifest's.
 * @throws KilnError `toolchain.stage-failed`, `toolchain.digest-differs`
 */
export async function fetchPackages(
  wanted: readonly DebianPackage[],
  options: FetchOptions,
): Promise<(readonly [DebianPackage, FetchedPackage])[]> {
  await mkdir(options.downloads, { recursive: true });
  const missing: DebianPackage[] = [];
  for (const one of wanted) {
    if (options.update || (await findDownload(one, options)) === undefined) missing.push(one);
  }
  await download(missing, options);
  const fetched: (readonly [DebianPackage, FetchedPackage])[] = [];
  for (const one of wanted) fetched.push([one, await describeDownload(one, options)]);
  return fetched;
}

/** Unpacks a package into an empty folder, as an ordinary user. @throws KilnError `toolchain.stage-failed` */
export async function unpackPackage({ file }: FetchedPackage, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await runStep(`Unpacking ${file}`, ['dpkg-deb', '-x', file, folder], { cwd: folder });
}
