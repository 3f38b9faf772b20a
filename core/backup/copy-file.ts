/** Copies, hashed on the way and forced to the disk. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

export interface Copied {
  readonly size: number;
  readonly sha256: string;
}

/** Reads to the end. */
export async function digestOf(source: Readable): Promise<Copied> {
  return drain(source, async () => undefined);
}

/**
 * Writes a new file that only its owner may read.
 * @param read opens the source: not before somebody listens to its errors.
 * @throws what the disk says; the file stays behind then.
 */
export async function writeCopy(read: () => Readable, file: string): Promise<Copied> {
  const target = await open(file, 'wx', 0o600);
  const source = read();
  try {
    const copied = await drain(source, (chunk) => writeWhole(target, chunk));
    await target.sync();
    return copied;
  } finally {
    source.destroy();
    await target.close();
  }
}

async function drain(
  source: Readable,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<Copied> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    size += chunk.byteLength;
    await take(chunk);
  }
  return { size, sha256: hash.digest('hex') };
}

/** A nearly full disk takes less than it was given, once; then it says why. */
async function writeWhole(target: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength; ) {
    done += (await target.write(chunk, done)).bytesWritten;
  }
}
