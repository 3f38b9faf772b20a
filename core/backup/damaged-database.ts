/** What to do about a database that is damaged, in a sentence that names the newest backup. */
import { KilnError } from '../errors.ts';
import { listBackups } from './list-backups.ts';

function dayAndTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * @param error what opening the database gave.
 * @param backups the folder where backups lie.
 * @returns the same error, or for `database.broken` one whose remedy is the command to run.
 */
export async function offerBackup(error: unknown, backups: string): Promise<unknown> {
  if (!(error instanceof KilnError) || error.code !== 'database.broken') return error;
  const [newest] = await listBackups(backups).catch(() => []);
  const salvage = 'kiln restore --salvage';
  const remedy =
    newest === undefined
      ? `Keep what can still be read of it: ${salvage}. The damaged file is moved aside, nothing is deleted.`
      : `Go back to the newest backup, of ${dayAndTime(newest.createdAt)}: kiln restore ${newest.path}. ` +
        `Or keep what can still be read: ${salvage}. The damaged file is moved aside, nothing is deleted.`;
  return new KilnError('database.broken', error.message, {
    cause: error,
    remedy,
    details: { ...error.details, backup: newest?.path ?? null },
  });
}
