/** The files of the built window (renderer/dist), as the service hands them out. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../core/errors.ts';

export interface AppWindow {
  /** Of the built window; absent or empty where it could not be built. */
  readonly folder: string;
  /** Resolves when the folder is as good as it gets; at once, but in a checkout whose sources changed. */
  prepare(): Promise<void>;
}

export interface AppFile {
  readonly body: Buffer;
  readonly mediaType: string;
  /** With its quotes. */
  readonly etag: string;
  /** Its name changes with its content, so that a browser may keep it for ever. */
  readonly isHashed: boolean;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** `index.html`, `assets/index-Bx7_k2.js`: no way out of the folder, nothing hidden, an ending that is known. */
const PATH = /^(?:assets\/)?[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\.([a-z0-9]+)$/;

/**
 * @param path below the folder, decoded
 * @returns null for everything that is none of the window's files
 */
export async function readAppFile(folder: string, path: string): Promise<AppFile | null> {
  const mediaType = MEDIA_TYPES[PATH.exec(path)?.[1] ?? ''];
  if (mediaType === undefined) return null;
  try {
    // Each time anew: a checkout builds it again while the service runs, and the files are small.
    const body = await readFile(join(folder, path));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    return { body, mediaType, etag, isHashed: path.startsWith('assets/') };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}
