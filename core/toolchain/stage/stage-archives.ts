/**
 * `kiln toolchain stage` for systems without packages to take: bundles that their publishers offer whole, put into the
 * folder of downloads by whoever packages Kiln, since Kiln knows no addresses. Such bundles run from any folder already.
 */
import { hash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, matchesGlob } from 'node:path';
import { extract } from 'tar';
import { KilnError } from '../../errors.ts';
import {
  type BundledPackage,
  type BundleIndex,
  INDEX_NAME,
  readEntries,
  treeDigest,
} from '../bundle-index.ts';
import type { ArchivePackage, Manifest } from '../manifest.ts';
import { checkOutput, levelTimes, shareEqualFiles } from './layout.ts';
import type { Staged, StageOptions } from './stage-debian.ts';

interface FetchedArchive {
  readonly wanted: ArchivePackage;
  readonly file: string;
  readonly sha256: string;
}

async function findArchive(
  wanted: ArchivePackage,
  { downloads, update }: StageOptions,
): Promise<FetchedArchive> {
  const names = (await readdir(downloads)).filter((name) => matchesGlob(name, wanted.file));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    const found = names.length === 0 ? 'no file' : `${names.length} files`;
    throw new KilnError(
      'toolchain.stage-failed',
      `The folder of downloads has ${found} of ${wanted.publisher}’s ${wanted.name} (${wanted.file}).`,
      {
        remedy: `Put the one file of ${wanted.publisher}’s release of ${wanted.name} into ${downloads}.`,
      },
    );
  }
  const file = join(downloads, name);
  const sha256 = hash('sha256', await readFile(file), 'hex');
  if (!update && wanted.sha256 !== sha256) {
    throw new KilnError(
      'toolchain.digest-differs',
      wanted.sha256 === null
        ? `The manifest has no digest of ${wanted.name}: nobody has staged it yet.`
        : `${name} is not the one that the manifest names.`,
    );
  }
  return { wanted, file, sha256 };
}

/** Refuses paths and links that lead out of the folder. @throws KilnError `toolchain.stage-failed` */
async function unpack(options: { file: string; cwd: string; strip: number }): Promise<void> {
  try {
    await extract({ ...options, strict: true, preserveOwner: false });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KilnError('toolchain.stage-failed', `Unpacking ${options.file} failed: ${why}`, {
      cause: error,
    });
  }
}

/** Publishers put the version into the file's name, each in another way: the whole name says it best. */
function versionOf({ wanted, file }: FetchedArchive): string {
  return wanted.version ?? file.slice(dirname(file).length + 1);
}

function learn(manifest: Manifest, platform: string, fetched: readonly FetchedArchive[]): Manifest {
  const before = manifest.platforms[platform];
  if (before?.kind !== 'archives') return manifest;
  const archives = fetched.map((one) => ({
    ...one.wanted,
    version: versionOf({ ...one, wanted: { ...one.wanted, version: null } }),
    sha256: one.sha256,
  }));
  return { ...manifest, platforms: { ...manifest.platforms, [platform]: { ...before, archives } } };
}

/**
 * Stages a toolchain out of bundles in the folder of downloads; on any system.
 * @throws KilnError `toolchain.stage-failed`, `toolchain.digest-differs`
 */
export async function stageArchives(options: StageOptions): Promise<Staged> {
  const { manifest, platform, output, update, onLine } = options;
  const described = manifest.platforms[platform];
  if (described?.kind !== 'archives') {
    throw new KilnError('toolchain.stage-failed', `${platform} is not made of bundles.`);
  }
  await mkdir(options.downloads, { recursive: true });
  const fetched: FetchedArchive[] = [];
  for (const wanted of described.archives) fetched.push(await findArchive(wanted, options));

  const work = `${output}.part`;
  await rm(work, { recursive: true, force: true });
  const sizes: number[] = [];
  let before = 0;
  for (const { wanted, file } of fetched) {
    onLine(`Unpacking ${wanted.name}`);
    const cwd = join(work, wanted.into);
    await mkdir(cwd, { recursive: true });
    await unpack({ file, cwd, strip: wanted.strip });
    const bytes = (await readEntries(work)).reduce(
      (sum, entry) => sum + (entry.type === 'file' ? entry.size : 0),
      0,
    );
    sizes.push(bytes - before);
    before = bytes;
  }
  await shareEqualFiles(work);
  await levelTimes(work);
  const entries = await readEntries(work);
  const components: BundleIndex['components'] = fetched.map((one, at) => ({
    name: one.wanted.name,
    title: `${one.wanted.publisher}: ${one.wanted.name}`,
    bytes: sizes[at] ?? 0,
    packages: [describe(one)],
  }));
  const index: BundleIndex = {
    format: 1,
    platform,
    tree: treeDigest(entries),
    components,
    entries,
  };
  await writeFile(join(work, INDEX_NAME), `${JSON.stringify(index)}\n`);
  await checkOutput(output);
  await mkdir(dirname(output), { recursive: true });
  await rm(output, { recursive: true, force: true });
  await rename(work, output);
  return { index, manifest: update ? learn(manifest, platform, fetched) : manifest };
}

function describe(one: FetchedArchive): BundledPackage {
  const { name, licence, source } = one.wanted;
  return { origin: 'archive', name, version: versionOf(one), sha256: one.sha256, licence, source };
}
