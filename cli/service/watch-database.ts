/** Notices that the file of the open database is not there any more. */
import { stat } from 'node:fs/promises';
import { errnoOf } from '../../core/errors.ts';

const LOOK_EVERY_MS = 2000;

/** A rename leaves no moment without a file; what is missing twice is gone. */
const LOOKS = 2;

/**
 * @param onLost called once, when the file is gone or another one is in its place.
 * @returns a function that ends the watch.
 */
export async function watchDatabase(file: string, onLost: () => void): Promise<() => void> {
  const { ino } = await stat(file);
  let missed = 0;
  const look = async (): Promise<void> => {
    const gone = await stat(file).then(
      (now) => now.ino !== ino,
      (error: unknown) => errnoOf(error) === 'ENOENT',
    );
    missed = gone ? missed + 1 : 0;
    if (missed < LOOKS) return;
    clearInterval(timer);
    onLost();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}
