/**
 * A toolchain in one compressed file, for packages whose folder is no place to run from (an image that is mounted anew each
 * time) or that are to be small: unpacked once for each user, beside the data. What is there already is not written again, so
 * that unpacking goes on where it was cut off, and mends what was damaged.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { create, Parser, type ReadEntry } from 'tar';
import { takeProcessLock } from '../db/process-lock.ts';
import { KilnError, toKilnError } from '../errors.ts';
import type { DataPaths, Settings } from '../settings.ts';
import {
  type BundleEntry,
  type BundleIndex,
  INDEX_NAME,
  indexSchema,
  readIndex,
  verifyBundle,
} from './bundle-index.ts';
import { findPack, type Pack, unpackedFolder } from './shipped-pack.ts';

const ID_LENGTH = 16;
/** Of the most that zstd looks back: 128 MiB, which unpacking takes as memory. */
const WINDOW_LOG = 27;

type FileEntry = BundleEntry & { readonly type: 'file' };

/** Equal files are packed once, and share their bytes again afterwards. */
function filesByContent({ entries }: BundleIndex): ReadonlyMap<string, readonly FileEntry[]> {
  const files = entries.filter((entry) => entry.type === 'file');
  return Map.groupBy(files, ({ sha256, executable }) => `${sha256} ${executable}`);
}

/**
 * Packs a staged toolchain; equal ones give equal bytes.
 * @param target a folder, which is made.
 * @param level of zstd; the highest useful one takes minutes.
 * @throws KilnError `toolchain.bundle-broken` when the folder is no whole toolchain.
 */
export async function packToolchain(folder: string, target: string, level = 19): Promise<Pack> {
  const index = await readIndex(folder);
  if (index === null || (await verifyBundle(folder, index)).length > 0) {
    throw new KilnError('toolchain.bundle-broken', `${folder} is no whole toolchain.`);
  }
  const id = index.tree.slice(0, ID_LENGTH);
  const file = join(target, `toolchain-${id}.tar.zst`);
  await mkdir(target, { recursive: true });
  const params = {
    [constants.ZSTD_c_compressionLevel]: level,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  const paths = [...filesByContent(index).values()].map(([first]) => first?.path ?? '');
  const packed = create({ cwd: folder, portable: true, noDirRecurse: true }, paths);
  await pipeline(Readable.from(packed), createZstdCompress({ params }), createWriteStream(file));
  await writeFile(join(target, `toolchain-${id}.json`), JSON.stringify(index));
  return { file, id };
}

/** What is written next: each under another name first, so that no half of a file ever has its own. */
async function put(file: string, write: (part: string) => Promise<unknown>): Promise<void> {
  const part = `${file}.kiln-part`;
  await mkdir(dirname(file), { recursive: true });
  await rm(part, { force: true });
  await write(part);
  await rename(part, file);
}

async function putFile(entry: ReadEntry, file: string, expected: FileEntry) {
  const digest = createHash('sha256');
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      done(null, chunk);
    },
  });
  await put(file, async (part) => {
    const mode = expected.executable ? 0o755 : 0o644;
    await pipeline(entry, count, createWriteStream(part, { mode }));
    if (digest.digest('hex') === expected.sha256) return;
    throw broken(`The packed toolchain is damaged: ${expected.path}.`);
  });
}

interface Unpacking {
  readonly folder: string;
  readonly index: BundleIndex;
  /** Paths that are to be written. */
  readonly missing: ReadonlySet<string>;
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Reads the file from its beginning, and writes what is missing. */
async function extract(pack: Pack, { folder, index, missing, onProgress, signal }: Unpacking) {
  for (const entry of index.entries) {
    if (entry.type !== 'link' || !missing.has(entry.path)) continue;
    await put(join(folder, entry.path), (part) => symlink(entry.target, part));
  }
  const byPath = new Map([...filesByContent(index).values()].map((same) => [same[0]?.path, same]));
  const total = [...byPath.values()].reduce((sum, [one]) => sum + (one?.size ?? 0), 0);
  let done = 0;
  let turn: Promise<void> = Promise.resolve();
  const writeEntry = async (entry: ReadEntry): Promise<void> => {
    const same = byPath.get(entry.path) ?? [];
    const [first, ...others] = same.filter(({ path }) => missing.has(path));
    if (first === undefined) entry.resume();
    else await putFile(entry, join(folder, first.path), first);
    for (const { path } of others) {
      await put(join(folder, path), (part) => link(join(folder, first?.path ?? ''), part));
    }
    done += same[0]?.size ?? 0;
    onProgress(total === 0 ? 1 : done / total);
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      turn = turn.then(() => writeEntry(entry));
      turn.catch((error: unknown) => parser.emit('error', error));
    },
  });
  const ended = once(parser, 'end');
  const failed = new Promise<never>((_resolve, reject) => parser.once('error', reject));
  failed.catch(() => undefined);
  ended.catch(() => undefined);
  const read = async (unpacked: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of unpacked) {
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), failed]);
    }
  };
  const unpacking = createZstdDecompress({
    params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
  });
  try {
    await pipeline(createReadStream(pack.file), unpacking, read, { signal });
    parser.end();
    await Promise.race([ended, failed]);
    await turn;
  } catch (error) {
    signal?.throwIfAborted();
    const known = toKilnError(error);
    throw known.code === 'internal.defect' ? broken(`${pack.file} cannot be read.`, error) : known;
  }
}

/** @throws KilnError `toolchain.bundle-broken` when it cannot be read. */
async function packedIndex({ file, id }: Pack): Promise<BundleIndex> {
  const name = file.replace(/\.tar\.zst$/, '.json');
  try {
    const index = indexSchema.parse(JSON.parse(await readFile(name, 'utf8')));
    if (index.tree.startsWith(id)) return index;
  } catch (error) {
    throw broken(`${name} cannot be read.`, error);
  }
  throw broken(`${name} belongs to another toolchain.`);
}

function broken(message: string, cause?: unknown): KilnError {
  return new KilnError('toolchain.bundle-broken', message, {
    cause,
    remedy: 'Install Kiln again: the toolchain that came with it is damaged.',
  });
}

export interface UnpackOptions {
  /** See `unpackedFolder`. */
  readonly folder: string;
  /** Told how much is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a toolchain, or mends one that was unpacked: what is there and right is left alone. Until all is there the folder has
 * another name; one of an earlier package is removed.
 * @returns the paths that were written.
 * @throws KilnError `toolchain.bundle-broken` when the packed file is damaged; `storage.full`, `storage.unwritable`
 */
export async function unpackToolchain(
  pack: Pack,
  { folder, onProgress = () => undefined, signal }: UnpackOptions,
): Promise<readonly string[]> {
  try {
    const index = await packedIndex(pack);
    const isThere = existsSync(folder);
    const work = isThere ? folder : `${folder}.part`;
    const missing = await verifyBundle(work, index);
    const hasIndex = existsSync(join(work, INDEX_NAME));
    if (missing.length > 0) {
      await extract(pack, { folder: work, index, missing: new Set(missing), onProgress, signal });
      const left = await verifyBundle(work, {
        ...index,
        entries: index.entries.filter(({ path }) => missing.includes(path)),
      });
      if (left.length > 0) throw broken(`The packed toolchain has no ${left[0]}.`);
    }
    if (!hasIndex || missing.length > 0) {
      await put(join(work, INDEX_NAME), (part) => writeFile(part, JSON.stringify(index)));
    }
    if (!isThere) await rename(work, folder);
    await removeOthers(folder);
    onProgress(1);
    return missing;
  } catch (error) {
    signal?.throwIfAborted();
    throw toKilnError(error);
  }
}

/** Toolchains of earlier packages, and what was left of unpacking one. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (!/^bundled(?:-[0-9a-f]+)?(?:\.part)?$/.test(name) || name === basename(folder)) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

export interface RepairOptions {
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
  /** For tests; what lies beside the service by default. */
  readonly pack?: Pack | null;
}

const LOOK_EVERY_MS = 200;

/** One process at a time; who comes second finds it done. */
async function withLock<Value>(
  paths: DataPaths,
  signal: AbortSignal | undefined,
  work: () => Promise<Value>,
): Promise<Value> {
  await mkdir(paths.toolchain, { recursive: true });
  for (;;) {
    signal?.throwIfAborted();
    try {
      const file = join(paths.toolchain, 'unpack.lock');
      const lock = takeProcessLock(file, paths.toolchain, 'unpacking the toolchain');
      try {
        return await work();
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof KilnError) || error.code !== 'service.data-in-use') throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

/**
 * Unpacks the toolchain that came packed, or mends the one that was unpacked from it.
 * @returns its folder, and the paths that were written; none when all was right.
 * @throws KilnError `toolchain.not-packed`, and what `unpackToolchain` throws
 */
export async function repairToolchain(
  settings: Pick<Settings, 'toolchainDir'>,
  paths: DataPaths,
  { pack = findPack(), ...options }: RepairOptions = {},
): Promise<{ readonly folder: string; readonly written: readonly string[] }> {
  if (pack === null || settings.toolchainDir !== undefined) {
    throw new KilnError(
      'toolchain.not-packed',
      settings.toolchainDir === undefined
        ? 'This Kiln has no packed toolchain to unpack.'
        : `The toolchain in ${settings.toolchainDir} was chosen in the settings, and is not Kiln’s to change.`,
    );
  }
  const folder = unpackedFolder(pack, paths.toolchain);
  return withLock(paths, options.signal, async () => ({
    folder,
    written: await unpackToolchain(pack, { folder, ...options }),
  }));
}
