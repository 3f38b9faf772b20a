/**
 * Looks for a newer Kiln and fetches it, each when a person says so, and never while something is built or flashed. It
 * installs nothing: the file is the person's to open.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KilnError } from '../errors.ts';
import { RELEASE } from '../release.ts';
import { type FetchRules, fetchText, fetchToFile } from '../remote/fetch-text.ts';
import type { Settings } from '../settings.ts';
import { fileFor, isNewer, readFeed, readUpdateKey, type UpdateFile } from './feed.ts';

export interface AppUpdate {
  readonly version: string;
  readonly notes: string;
  /** Null where there is none for this system. */
  readonly file: UpdateFile | null;
}

type UpdateSettings = Pick<Settings, 'updateFeed' | 'updateKey' | 'importPrivate'>;

function source({ updateFeed, updateKey, importPrivate }: UpdateSettings) {
  if (updateFeed === undefined || updateKey === undefined) {
    throw new KilnError('update.off', 'This Kiln looks for no updates: nobody told it where.');
  }
  const rules: FetchRules = {
    hosts: [new URL(updateFeed).host],
    privateAddresses: importPrivate === 'allow',
  };
  return { feed: updateFeed, key: readUpdateKey(updateKey), rules };
}

/**
 * Asks the feed once.
 * @param release for tests; Kiln's own by default.
 * @returns null when this Kiln is the newest: an older version in the feed is never offered.
 * @throws KilnError `update.off`, `update.untrusted`, `remote.*`
 */
export async function lookForUpdate(
  settings: UpdateSettings,
  release = RELEASE,
): Promise<AppUpdate | null> {
  const { feed, key, rules } = source(settings);
  const manifest = readFeed((await fetchText(feed, rules)).text, key);
  if (!isNewer(manifest.version, release)) return null;
  const platform = `${process.platform}-${process.arch}`;
  // There, the package manager knows what belongs to Kiln.
  const file = fileFor(manifest, platform, existsSync('/usr/bin/dpkg'));
  return { version: manifest.version, notes: manifest.notes, file };
}

export interface DownloadOptions {
  /** Made if need be. */
  readonly folder: string;
  /** Whether something is built or flashed. */
  readonly isBusy: () => Promise<boolean>;
  /** Bytes so far. */
  readonly onProgress?: (bytes: number) => void;
  /** Milliseconds between two looks whether something is built or flashed; a second by default. */
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 1000;
const MOST_MS = 60 * 60_000;

function busy(): KilnError {
  return new KilnError('update.busy', 'Something is built or flashed just now.');
}

/**
 * Fetches the file of an update, and holds it against its digest. Ends as soon as something is built or flashed.
 * @returns the file.
 * @throws KilnError `update.busy`, `update.untrusted`, `update.off`, `remote.*`, `storage.*`; nothing is left then.
 */
export async function downloadUpdate(
  settings: UpdateSettings,
  wanted: UpdateFile,
  { folder, isBusy, onProgress, lookEveryMs = LOOK_EVERY_MS }: DownloadOptions,
): Promise<string> {
  const { feed, rules } = source(settings);
  if (await isBusy()) throw busy();
  const file = join(folder, wanted.name);
  const part = `${file}.part`;
  await mkdir(folder, { recursive: true });
  const ending = new AbortController();
  const look = async (): Promise<void> => {
    if (await isBusy()) ending.abort(busy());
  };
  const looking = setInterval(
    () => void look().catch((error: unknown) => ending.abort(error)),
    lookEveryMs,
  );
  try {
    const sha256 = await fetchToFile(new URL(wanted.name, feed).href, part, {
      ...rules,
      timeoutMs: MOST_MS,
      maxBytes: wanted.size,
      signal: ending.signal,
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (sha256 !== wanted.sha256) {
      throw new KilnError('update.untrusted', `${wanted.name} is not the file that was signed.`);
    }
    await rename(part, file);
    return file;
  } catch (error) {
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearInterval(looking);
    await rm(part, { force: true });
  }
}
