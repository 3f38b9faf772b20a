/** The files of the added Configurator as the service hands them out: below one path, rewritten where needed. */
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { errnoOf, KilnError } from '../errors.ts';
import { type ConfiguratorBuild, inspectBuild } from './build.ts';
import { type ConfiguratorRecord, readRecord } from './record.ts';
import { rewrite, rewrittenLanguage } from './rewrite.ts';

export interface SiteFile {
  readonly mediaType: string;
  /** A page, as opposed to what pages load. */
  readonly isPage: boolean;
  /** Bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** Whoever takes a stream reads it to the end or destroys it; without a call nothing stays open. */
  content(): Promise<Uint8Array | Readable>;
}

export interface ConfiguratorSite {
  /**
   * @param path below the mount, decoded; empty for the page itself.
   * @returns null when there is no such file, or it lies outside of the folder.
   * @throws KilnError `configurator.missing`, `configurator.invalid`
   */
  find(path: string): Promise<SiteFile | null>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  webmanifest: 'application/manifest+json',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  ico: 'image/vnd.microsoft.icon',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ttf: 'font/ttf',
  otf: 'font/otf',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  wasm: 'application/wasm',
};

/** A file to rewrite is held in memory whole. */
const REWRITE_MAX_BYTES = 16 * 1024 * 1024;
/** The app's own files have 1.6 MiB. */
const CACHE_MAX_BYTES = 64 * 1024 * 1024;

/** Zero where the platform has no such flag (Windows). NONBLOCK: opening a named pipe must not wait. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function mediaTypeOf(path: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  return MEDIA_TYPES[ending] ?? 'application/octet-stream';
}

/** Names without a way out of the folder, and none that are hidden. */
function isPlainPath(path: string): boolean {
  return path.length <= 1024 && path.split('/').every((name) => /^[^.\\:\0][^\\:\0]*$/.test(name));
}

/** Whether the file system says that nothing is there that could be served. */
function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'EMLINK', 'ENXIO', 'ENAMETOOLONG', 'EACCES'].includes(
    errnoOf(error) ?? '',
  );
}

/** What changes when a file does. */
function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino.toString(36)}-${size.toString(36)}-${mtimeMs.toString(36)}`;
}

interface Rewritten {
  readonly version: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** A build as it was looked at once, and what was made of it since. */
interface Known {
  readonly version: string;
  readonly build: Promise<ConfiguratorBuild>;
  readonly files: Map<string, Rewritten>;
  bytes: number;
}

class FolderSite implements ConfiguratorSite {
  readonly #recordFile: string;
  readonly #mount: string;
  #known: Known | null = null;

  constructor(recordFile: string, mount: string) {
    this.#recordFile = recordFile;
    this.#mount = mount;
  }

  async find(path: string): Promise<SiteFile | null> {
    const record = await readRecord(this.#recordFile);
    if (record === null) {
      throw new KilnError('configurator.missing', 'No Configurator was added to this service.');
    }
    const known = await this.#look(record);
    const build = await known.build;
    const name = path === '' ? 'index.html' : path;
    if (!isPlainPath(name)) return null;
    try {
      return await this.#fileOf(record.folder, known, build, name);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Looks at the build anew when another one was added, or this one was made again. */
  async #look(record: ConfiguratorRecord): Promise<Known> {
    const page = await stat(join(record.folder, 'index.html')).catch(() => null);
    const version = `${JSON.stringify(record)} ${page === null ? '' : versionOf(page)}`;
    if (this.#known?.version === version) return this.#known;
    const known = { version, build: inspectBuild(record), files: new Map(), bytes: 0 };
    this.#known = known;
    // What is wrong may be mended without a trace in index.html.
    known.build.catch(() => {
      if (this.#known === known) this.#known = null;
    });
    return known;
  }

  async #fileOf(
    folder: string,
    known: Known,
    build: ConfiguratorBuild,
    name: string,
  ): Promise<SiteFile | null> {
    const root = await realpath(folder);
    const file = await realpath(join(root, name));
    // A link may lead to another file of the folder, never out of it.
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
    const handle = await open(file, OPEN_FLAGS);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return null;
      const { size } = stats;
      const mediaType = mediaTypeOf(name);
      const common = { mediaType, isPage: mediaType.startsWith('text/html') };
      const version = versionOf(stats);
      const language = rewrittenLanguage(name);
      if (language === null || size > REWRITE_MAX_BYTES) {
        return { ...common, size, etag: `"${version}"`, content: () => contentOf(file, size) };
      }
      const { body, etag } = await rewritten(known, name, version, async () =>
        rewrite(language, await handle.readFile('utf8'), { ...build, mount: this.#mount }),
      );
      return { ...common, size: body.length, etag, content: async () => body };
    } finally {
      await handle.close();
    }
  }
}

async function rewritten(
  known: Known,
  name: string,
  version: string,
  make: () => Promise<string>,
): Promise<Rewritten> {
  const before = known.files.get(name);
  if (before?.version === version) return before;
  const body = Buffer.from(await make());
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const made = { version, body, etag };
  if (known.bytes + body.length > CACHE_MAX_BYTES) {
    known.files.clear();
    known.bytes = 0;
  }
  known.bytes += body.length - (known.files.get(name)?.body.length ?? 0);
  known.files.set(name, made);
  return made;
}

async function contentOf(file: string, size: number): Promise<Uint8Array | Readable> {
  if (size === 0) return new Uint8Array();
  const handle = await open(file, OPEN_FLAGS);
  // As much as was announced, also when the file has grown meanwhile.
  return handle.createReadStream({ end: size - 1 });
}

/**
 * @param recordFile where `kiln configurator add` writes; looked at in every request.
 * @param mount the path that the site is served below, with a slash at both ends.
 */
export function createConfiguratorSite(recordFile: string, mount: string): ConfiguratorSite {
  return new FolderSite(recordFile, mount);
}
