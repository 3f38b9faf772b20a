/** Our own copy to a bootloader's volume: plain bytes with no attributes, pushed out before anybody says «done». */
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../core/errors.ts';
import type { Evidence } from '../tools/contract.ts';
import type { ToolEnd } from './run-tool.ts';

/** Small enough that progress shows what has really gone out. */
const CHUNK = 32 * 1024;

/** What the system says when the device leaves, which a UF2 loader does as soon as it has the last block. */
const GONE = new Set(['EIO', 'ENODEV', 'ENXIO', 'ENOENT', 'ESTALE', 'ENOTCONN', 'EBADF']);

/**
 * @param replace removes a file of that name first: LUFA's loader takes only a new one.
 * @param onLine told of what is left on the volume, or taken away from it again
 * @returns never rejects for what the volume does.
 */
export async function copyImage(
  folder: string,
  name: string,
  content: Uint8Array,
  replace: boolean,
  onEvidence: (evidence: Evidence) => void,
  onLine: (line: string) => void,
): Promise<ToolEnd> {
  const target = join(folder, name);
  let written = 0;
  try {
    if (replace) await rm(target, { force: true });
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    const file = await open(target, flags);
    try {
      onEvidence({ type: 'stage', stage: 'write' });
      while (written < content.length) {
        const { bytesWritten } = await file.write(
          content,
          written,
          Math.min(CHUNK, content.length - written),
        );
        written += bytesWritten;
        await file.datasync();
        onEvidence({ type: 'progress', fraction: written / content.length });
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const errno = errnoOf(error) ?? '';
    // All of it was handed over: the loader left before it could say so.
    const isTaken = written >= content.length && GONE.has(errno);
    if (!isTaken) {
      if (written > 0 && !GONE.has(errno)) await takeAway(target, onLine);
      return refusal(errno, onEvidence);
    }
  }
  onEvidence({ type: 'done', what: 'written' });
  return { outcome: 'exited', exitCode: 0 };
}

/** A part of an image that stays on a volume would fill it, and be taken for the image by whoever finds it. */
async function takeAway(target: string, onLine: (line: string) => void): Promise<void> {
  try {
    await rm(target, { force: true });
    onLine(`Took the part that was copied away again: ${target}.`);
  } catch (error) {
    onLine(
      `A part of the image stays behind as ${target} (${errnoOf(error) ?? 'unknown reason'}).`,
    );
  }
}

function refusal(errno: string, onEvidence: (evidence: Evidence) => void): ToolEnd {
  const failure =
    errno === 'EROFS' || errno === 'EACCES' || errno === 'EPERM'
      ? 'no-access'
      : errno === 'ENOSPC' || errno === 'EDQUOT' || errno === 'EFBIG'
        ? 'image-refused'
        : GONE.has(errno)
          ? 'device-lost'
          : 'write-failed';
  onEvidence({ type: 'failed', failure });
  return { outcome: 'exited', exitCode: 1 };
}
