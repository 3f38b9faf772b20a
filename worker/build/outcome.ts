/** What both builders do once their build command has ended. */
import { join } from 'node:path';
import type { FirmwareSize } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import { IMAGE_FORMATS } from '../../core/image/contract.ts';
import type { RunResult } from '../../core/subprocess.ts';
import { type ImageFile, readImage } from './image.ts';

export interface FoundImage extends ImageFile {
  /** File name under which it is handed out. */
  readonly name: string;
}

/** @throws KilnError unless the command ran to its own end, well or not. */
export function checkEnded(result: RunResult, timeoutMs: number): void {
  switch (result.outcome) {
    case 'exited':
      return;
    case 'timed-out':
      throw new KilnError(
        'job.timed-out',
        `The build took longer than ${Math.round(timeoutMs / 1000)} seconds and was stopped.`,
      );
    case 'canceled':
      throw new KilnError('job.canceled', 'The build was canceled.');
    case 'signaled':
      throw new KilnError('build.killed', `The build was ended by ${result.signal}.`);
    case 'not-started':
      throw new KilnError(
        'toolchain.missing',
        `The build could not be started: ${result.failure?.message ?? 'unknown reason'}`,
      );
  }
}

/** The image of that base name in the folder, whichever format the keyboard's bootloader takes. */
export async function findImage(folder: string, baseName: string): Promise<FoundImage | null> {
  // What the bootloader takes comes first, where a build leaves several.
  for (const extension of IMAGE_FORMATS) {
    const name = `${baseName}.${extension}`;
    const image = await readImage(join(folder, name), extension);
    if (image !== null) return { name, ...image };
  }
  return null;
}

/** Size by the image itself, for platforms whose build does not check it. */
export function sizeOf(image: FoundImage | null): FirmwareSize | null {
  return image === null ? null : { used: image.flashBytes, limit: null };
}

/** The layers of a keymap that was serialised by admission. */
export function keymapLayers(keymapJson: string): readonly (readonly string[])[] {
  return (JSON.parse(keymapJson) as { layers: string[][] }).layers;
}
