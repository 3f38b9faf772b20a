/** The artifact store on a folder: `<root>/<job id>/<name>`. Several processes may use it at once. */
import { randomBytes } from 'node:crypto';
import { constants, type Dirent, type Stats } from 'node:fs';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, KilnError, toKilnError } from '../errors.ts';
import { isJobId } from '../queue/contract.ts';
import { checkAddress, isAddress, isArtifactName, noSuchFile } from './address.ts';
import { isTemporary, syncFolder, temporaryName, writeAllAtomically } from './atomic-write.ts';
import type { Artifact, ArtifactStore, NewArtifact } from './contract.ts';

export interface FilesystemStoreOptions {
  /** The folder of all artifacts; made at the first `put`. */
  readonly root: string;
  /** Milliseconds since the epoch, to tell how old left-over files are; the system's clock by default. */
  readonly now?: () => number;
}

const TRASH = /^\.trash-[0-9a-f]{32}-[0-9a-f]{16}$/;
const LEFT_OVER_AGE_MS = 60 * 60 * 1000;

/** A folder that vanishes between mkdir and rename (a delete, a clean-up) is made again so many times. */
const PUT_ATTEMPTS = 3;

/** Zero where the platform has no such flag (Windows). NONBLOCK: opening a named pipe must not wait. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Whether nothing lies there, or something that is no artifact: a folder on the way is a file, a link. */
function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO'].includes(errnoOf(error) ?? '');
}

/** Everything that a file system refuses is the machine's matter; only the rest is a fault of ours. */
function toStorageError(error: unknown): KilnError {
  const known = toKilnError(error);
  if (known.code !== 'internal.defect' || errnoOf(error) === undefined) return known;
  const text = error instanceof Error ? error.message : String(error);
  return new KilnError(
    'storage.unwritable',
    `The folder of the artifacts cannot be used: ${text}.`,
    {
      cause: error,
    },
  );
}

/** What `promise` gives, or `otherwise` when the file or folder is not there. */
async function unlessAbsent<T, U>(promise: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await promise;
  } catch (error) {
    if (isAbsent(error)) return otherwise;
    throw toStorageError(error);
  }
}

function toArtifact(jobId: string, name: string, stats: Stats): Artifact {
  return { jobId, name, size: stats.size, storedAt: Math.trunc(stats.mtimeMs) };
}

async function linkOver(from: string, folder: string, name: string): Promise<void> {
  try {
    await link(from, join(folder, name));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    const temporary = join(folder, temporaryName(name));
    await link(from, temporary);
    await rename(temporary, join(folder, name));
    // Which does nothing when both are names of one file.
    await rm(temporary, { force: true });
  }
}

function isArtifactEntry(entry: Dirent): boolean {
  return entry.isFile() && isArtifactName(entry.name);
}

const entriesOf = (folder: string): Promise<readonly Dirent[]> =>
  unlessAbsent(readdir(folder, { withFileTypes: true }), []);

class FolderStore implements ArtifactStore {
  readonly #root: string;
  readonly #now: () => number;

  constructor({ root, now = Date.now }: FilesystemStoreOptions) {
    this.#root = root;
    this.#now = now;
  }

  async put(jobId: string, name: string, content: Uint8Array): Promise<Artifact> {
    const [stats] = await this.#write(jobId, [{ name, content }]);
    if (stats === undefined) throw new KilnError('internal.defect', 'Nothing was written.');
    return toArtifact(jobId, name, stats);
  }

  async putAll(jobId: string, files: readonly NewArtifact[]): Promise<void> {
    await this.#write(jobId, files);
  }

  async copy(fromJobId: string, toJobId: string, names: readonly string[]): Promise<boolean> {
    for (const name of names) checkAddress(toJobId, name);
    if (!isJobId(fromJobId)) return false;
    return this.#inFolder(toJobId, async (folder) => {
      const given = names.map((name) => ({ name, from: join(this.#root, fromJobId, name) }));
      const stats = await Promise.all(given.map(({ from }) => unlessAbsent(lstat(from), null)));
      if (!stats.every((each) => each?.isFile())) return false;
      for (const { name, from } of given) {
        // A second name of the same file: a file in the store is replaced or removed, and never written to.
        const isGone = await unlessAbsent(
          linkOver(from, folder, name).then(() => false),
          true,
        );
        if (isGone) return false;
      }
      await syncFolder(folder);
      return true;
    });
  }

  #write(jobId: string, files: readonly NewArtifact[]): Promise<Stats[]> {
    for (const { name } of files) checkAddress(jobId, name);
    return this.#inFolder(jobId, (folder) => writeAllAtomically(folder, files));
  }

  async #inFolder<T>(jobId: string, write: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.#root, jobId);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await mkdir(folder, { recursive: true });
        // The folder may be new, made by this write or by one beside it. Whoever hears of an error may rely on nothing
        // being written any more.
        const [written, synced] = await Promise.allSettled([write(folder), syncFolder(this.#root)]);
        if (written.status === 'rejected') throw written.reason;
        if (synced.status === 'rejected') throw synced.reason;
        return written.value;
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT' || attempt === PUT_ATTEMPTS) throw toStorageError(error);
      }
    }
  }

  async stat(jobId: string, name: string): Promise<Artifact | null> {
    if (!isAddress(jobId, name)) return null;
    const stats = await unlessAbsent(lstat(join(this.#root, jobId, name)), null);
    return stats?.isFile() ? toArtifact(jobId, name, stats) : null;
  }

  async read(jobId: string, name: string): Promise<Uint8Array> {
    const { handle } = await this.#openFile(jobId, name);
    try {
      return await handle.readFile();
    } catch (error) {
      throw toStorageError(error);
    } finally {
      await handle.close();
    }
  }

  async open(jobId: string, name: string): Promise<{ artifact: Artifact; stream: Readable }> {
    const { handle, stats } = await this.#openFile(jobId, name);
    return {
      artifact: toArtifact(jobId, name, stats),
      // A replaced or deleted file stays what it was for who has it open, so the size holds.
      stream: handle.createReadStream(),
    };
  }

  /** Files of a folder have no address of their own. */
  async link(): Promise<null> {
    return null;
  }

  async list(jobId: string): Promise<readonly Artifact[]> {
    if (!isJobId(jobId)) return [];
    const entries = await entriesOf(join(this.#root, jobId));
    const names = entries.filter(isArtifactEntry).map(({ name }) => name);
    const artifacts = await Promise.all(names.sort().map((name) => this.stat(jobId, name)));
    return artifacts.filter((artifact) => artifact !== null);
  }

  async *jobs(): AsyncIterable<string> {
    // Names first: what is deleted while a folder is being read makes some file systems skip entries.
    for (const entry of await entriesOf(this.#root)) {
      if (!entry.isDirectory() || !isJobId(entry.name)) continue;
      const inside = await entriesOf(join(this.#root, entry.name));
      if (inside.some(isArtifactEntry)) yield entry.name;
    }
  }

  async delete(jobId: string): Promise<void> {
    if (!isJobId(jobId)) return;
    // Out of sight in one step: a crash from here on leaves no job with half of its files.
    const trash = join(this.#root, `.trash-${jobId}-${randomBytes(8).toString('hex')}`);
    const moved = rename(join(this.#root, jobId), trash).then(() => true);
    if (await unlessAbsent(moved, false)) await this.#remove(trash);
  }

  /** Half-deleted jobs, unfinished files and empty folders older than an hour; a younger one may still be written. */
  async cleanUp(): Promise<void> {
    const folders = (await entriesOf(this.#root)).filter((entry) => entry.isDirectory());
    for (const { name } of folders) {
      if (TRASH.test(name)) await this.#remove(join(this.#root, name));
      else if (isJobId(name)) await this.#cleanFolder(join(this.#root, name));
    }
  }

  async #cleanFolder(folder: string): Promise<void> {
    const entries = await entriesOf(folder);
    for (const { name } of entries.filter((entry) => isTemporary(entry.name))) {
      if (await this.#isOld(join(folder, name))) await this.#remove(join(folder, name));
    }
    if (entries.some(isArtifactEntry) || !(await this.#isOld(folder))) return;
    try {
      // Refuses a folder that got a file meanwhile; a put that loses its folder makes it again.
      await rmdir(folder);
    } catch (error) {
      if (!isAbsent(error) && errnoOf(error) !== 'ENOTEMPTY') throw toStorageError(error);
    }
  }

  async #isOld(path: string): Promise<boolean> {
    const stats = await unlessAbsent(lstat(path), null);
    return stats !== null && stats.mtimeMs < this.#now() - LEFT_OVER_AGE_MS;
  }

  async #remove(path: string): Promise<void> {
    try {
      // Retries: on Windows a file that somebody reads cannot go yet.
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Opens first and looks then, so that what was looked at is what gets read. */
  async #openFile(jobId: string, name: string): Promise<{ handle: FileHandle; stats: Stats }> {
    const missing = () => noSuchFile(jobId, name);
    if (!isAddress(jobId, name)) throw missing();
    const handle = await unlessAbsent(open(join(this.#root, jobId, name), OPEN_FLAGS), null);
    if (handle === null) throw missing();
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw missing();
      return { handle, stats };
    } catch (error) {
      await handle.close();
      throw toStorageError(error);
    }
  }
}

/** Opens the store; nothing is touched before it is used. */
export function createFilesystemStore(options: FilesystemStoreOptions): ArtifactStore {
  return new FolderStore(options);
}
