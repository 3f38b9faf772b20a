/** Whether settings of several machines go together, and the Redis between them keeps what it is given. */
import { KilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { redisAddressOf } from '../../core/queue/open-queue.ts';
import type { Settings } from '../../core/settings.ts';

/** A Redis that starts together with this machine may take so long. */
const WAIT_MS = 30_000;

/**
 * Logs what Redis does not promise.
 * @throws KilnError `settings.invalid` for a role without Redis, or machines that share jobs and not their files;
 * `queue.unreachable`, `queue.refused`
 */
export async function checkTogether(settings: Settings, log: Logger): Promise<void> {
  const address = redisAddressOf(settings);
  if (address === null) {
    if (settings.role === 'all') return;
    throw new KilnError(
      'settings.invalid',
      `A machine that is ${settings.role} only (KILN_ROLE) needs a queue to share, and REDIS_HOST is not set.`,
      { remedy: 'Set REDIS_HOST, or leave KILN_ROLE out.' },
    );
  }
  if (settings.storageEngine === 'filesystem') {
    log.warn(
      'jobs are shared with other machines and their files are not, unless FILESYSTEM_PATH is a folder that all of them have: set STORAGE_ENGINE=s3',
    );
  }
  const { checkServer } = await import('../../core/queue/redis/check-server.ts');
  const { error, warnings } = await checkServer(address, WAIT_MS);
  if (error !== null) throw error;
  for (const warning of warnings) log.warn({ redis: address.host }, warning);
}
