/** `kiln toolchain stage` on Linux: from Debian's packages and Python's to a folder that runs wherever it is put. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KilnError } from '../../errors.ts';
import {
  type BundledPackage,
  type BundleEntry,
  type BundleIndex,
  INDEX_NAME,
  readEntries,
  treeDigest,
} from '../bundle-index.ts';
import type {
  Component,
  DebianPackage,
  DebianPlatform,
  Manifest,
  PythonPackage,
} from '../manifest.ts';
import { type FetchedPackage, fetchPackages, unpackPackage } from './debian.ts';
import {
  checkLicences,
  checkOutput,
  levelTimes,
  makeLinks,
  pathsIn,
  removeDeadLinks,
  shareEqualFiles,
  takePackage,
} from './layout.ts';
import { type FetchedWheel, fetchWheel, takeWheels } from './python.ts';
import { checkScripts, LIBRARIES, pointAtLibraries } from './relocate.ts';
import { runStep } from './run-step.ts';

export interface StageOptions {
  readonly manifest: Manifest;
  /** `linux-x64` and the like. */
  readonly platform: string;
  readonly components: readonly (readonly [string, Component])[];
  /** The toolchain's folder; what lies there is replaced once the new one is whole. */
  readonly output: string;
  /** Where packages are kept from one run to the next. */
  readonly downloads: string;
  /** Takes the newest packages, and hands back the manifest that names them. */
  readonly update: boolean;
  readonly onLine: (line: string) => void;
}

export interface Staged {
  readonly index: BundleIndex;
  /** With versions, digests and sources as they were found; the same one unless it was updated. */
  readonly manifest: Manifest;
}

/** What was learnt of a component's packages. */
interface Fetched {
  readonly name: string;
  readonly component: Component;
  readonly debian: readonly (readonly [DebianPackage, FetchedPackage])[];
  readonly pypi: readonly (readonly [PythonPackage, FetchedWheel])[];
}

/** Files of libraries for keyboards: debugging information in them ends up in no image. */
const TARGET_LIBRARY = /\.(?:a|o)$/;
/** Files to a command line. */
const BATCH = 200;

function debianPlatform({ manifest, platform }: StageOptions): DebianPlatform {
  const found = manifest.platforms[platform];
  if (found?.kind !== 'debian') {
    throw new KilnError('toolchain.stage-failed', `${platform} is not made of Debian’s packages.`);
  }
  if (platform !== `${process.platform}-${process.arch}`) {
    throw new KilnError(
      'toolchain.stage-failed',
      `The toolchain for ${platform} can only be staged on ${platform}: its own tools take part.`,
      { remedy: `Run kiln toolchain stage on a ${platform} machine with Debian ${found.release}.` },
    );
  }
  return found;
}

/** All at once, since apt-get takes longer to read its lists than to fetch a package. */
async function fetchAll(
  options: StageOptions,
  { architecture }: DebianPlatform,
): Promise<{ components: Fetched[]; tools: Fetched['debian'] }> {
  const { downloads, update, onLine, components, manifest } = options;
  const common = { architecture, downloads, update, onLine };
  const wanted = [...components.flatMap(([, { debian }]) => debian), ...manifest.staging];
  const found = new Map(await fetchPackages(wanted, common));
  const pick = (packages: readonly DebianPackage[]): Fetched['debian'] =>
    packages.flatMap((one) => {
      const fetched = found.get(one);
      return fetched === undefined ? [] : [[one, fetched] as const];
    });
  const all: Fetched[] = [];
  for (const [name, component] of components) {
    const pypi: (readonly [PythonPackage, FetchedWheel])[] = [];
    const pip = { ...common, downloads: join(downloads, 'python'), pythonVersion: '' };
    for (const one of component.pypi) pypi.push([one, await fetchWheel(one, pip)]);
    all.push({ name, component, debian: pick(component.debian), pypi });
  }
  return { components: all, tools: pick(manifest.staging) };
}

/** `3.11`, of the packages that bring it. */
function pythonVersionOf(component: Component): string {
  return (
    component.debian
      .map(({ name }) => /^python(\d+\.\d+)-minimal$/.exec(name)?.[1])
      .find((version) => version !== undefined) ?? ''
  );
}

/** @returns paths of the component's own files, for its size. */
async function takeComponent(
  { name, component, debian, pypi }: Fetched,
  folder: string,
  work: string,
  options: StageOptions,
): Promise<string[]> {
  const { onLine, downloads, update } = options;
  const before = new Set(await pathsIn(folder));
  for (const [wanted, fetched] of debian) {
    onLine(`Unpacking ${wanted.name}`);
    const unpacked = join(work, 'unpacked');
    await unpackPackage(fetched, unpacked);
    await takePackage(wanted, unpacked, folder);
    await rm(unpacked, { recursive: true });
  }
  await takeWheels(
    pypi.map(([, wheel]) => wheel),
    folder,
    {
      architecture: '',
      downloads: join(downloads, 'python'),
      update,
      pythonVersion: pythonVersionOf(component),
      onLine,
    },
  );
  await makeLinks(component.links ?? {}, folder);
  const added = (await pathsIn(folder)).filter((path) => !before.has(path));
  onLine(`Component ${name}: ${added.length} files`);
  return added;
}

/** Takes debugging information out of the libraries for keyboards, with the toolchain's own tools. */
async function stripLibraries({ debian }: Fetched, added: readonly string[], folder: string) {
  const prefix = debian.find(([{ strip }]) => strip !== undefined)?.[0].strip;
  if (prefix === undefined) return;
  const libraries = added.filter((path) => TARGET_LIBRARY.test(path));
  for (let at = 0; at < libraries.length; at += BATCH) {
    await runStep(
      `Stripping the libraries of ${prefix}`,
      [
        join(folder, 'usr/bin', `${prefix}-strip`),
        '--strip-debug',
        '--enable-deterministic-archives',
        ...libraries.slice(at, at + BATCH),
      ],
      { cwd: folder },
    );
  }
}

function describePackages({ debian, pypi }: Fetched, release: string): BundledPackage[] {
  return [
    ...debian.map(([{ name, licence }, { version, sha256, source }]) => ({
      origin: 'debian' as const,
      name,
      version,
      sha256,
      licence,
      source: `Debian ${release}, source package ${source.name} ${source.version}`,
    })),
    ...pypi.map(([{ name, version, licence }, { sha256 }]) => ({
      origin: 'pypi' as const,
      name,
      version,
      sha256,
      licence,
      source: `Python package index, ${name} ${version}`,
    })),
  ];
}

/** @param paths as they were unpacked, which libraries have left since. */
function sizeOf(entries: readonly BundleEntry[], paths: ReadonlySet<string>): number {
  const libraries = new Set([...paths].map((path) => join(LIBRARIES, basename(path))));
  return entries
    .filter(({ path }) => paths.has(path) || libraries.has(path))
    .reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
}

/** The manifest with what was found, for the next run to be held against. */
function learn(
  manifest: Manifest,
  fetched: readonly Fetched[],
  tools: Fetched['debian'],
): Manifest {
  const debian = ([wanted, found]: Fetched['debian'][number]): DebianPackage => ({
    ...wanted,
    version: found.version,
    // A new version has other digests on the other architectures too.
    sha256: {
      ...(found.version === wanted.version ? wanted.sha256 : {}),
      [found.architecture]: found.sha256,
    },
    source: found.source,
  });
  const components = { ...manifest.components };
  for (const one of fetched) {
    components[one.name] = {
      ...one.component,
      debian: one.debian.map(debian),
      pypi: one.pypi.map(([wanted, { architecture, sha256 }]) => ({
        ...wanted,
        sha256: { ...wanted.sha256, [architecture]: sha256 },
      })),
    };
  }
  return { ...manifest, components, staging: tools.map(debian) };
}

/**
 * Stages a toolchain. Changes nothing of the system, and needs no rights.
 * @throws KilnError `toolchain.stage-failed`, `toolchain.digest-differs`, `toolchain.manifest-invalid`
 */
export async function stageDebian(options: StageOptions): Promise<Staged> {
  const platform = debianPlatform(options);
  const { output, update, onLine } = options;
  const work = `${output}.part`;
  await rm(work, { recursive: true, force: true });
  const folder = join(work, 'toolchain');
  await mkdir(folder, { recursive: true });
  const { components: fetched, tools } = await fetchAll(options, platform);
  for (const [, tool] of tools) await unpackPackage(tool, join(work, 'tools'));

  const paths = new Map<string, ReadonlySet<string>>();
  for (const one of fetched) {
    const added = await takeComponent(one, folder, work, options);
    paths.set(one.name, new Set(added));
  }
  const dead = await removeDeadLinks(folder);
  onLine(`${dead.length} links led to what is left out`);
  checkLicences(
    fetched.flatMap(({ debian }) => debian.map(([{ name }]) => name)),
    folder,
  );
  onLine('Making programs relocatable');
  await pointAtLibraries(folder, platform.multiarch, join(work, 'tools/usr/bin/patchelf'));
  await checkScripts(folder);
  for (const one of fetched) await stripLibraries(one, [...(paths.get(one.name) ?? [])], folder);
  const saved = await shareEqualFiles(folder);
  onLine(`Equal files share ${Math.round(saved / 1024 / 1024)} MB`);
  await levelTimes(folder);

  const entries = await readEntries(folder);
  const index: BundleIndex = {
    format: 1,
    platform: options.platform,
    tree: treeDigest(entries),
    components: fetched.map((one) => ({
      name: one.name,
      title: one.component.title,
      bytes: sizeOf(entries, paths.get(one.name) ?? new Set()),
      packages: describePackages(one, platform.release),
    })),
    entries,
  };
  await writeFile(join(folder, INDEX_NAME), `${JSON.stringify(index)}\n`);
  await mkdir(dirname(output), { recursive: true });
  await checkOutput(output);
  await rm(output, { recursive: true, force: true });
  await rename(folder, output);
  await rm(work, { recursive: true, force: true });
  return { index, manifest: update ? learn(options.manifest, fetched, tools) : options.manifest };
}
