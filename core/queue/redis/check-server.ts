/** Whether a Redis keeps what it is given: looked at once at the start, for nobody reads its settings when a job is lost. */
import type { KilnError } from '../../errors.ts';
import { connect, type RedisAddress, toRedisError } from './connection.ts';

/** Scripts and commands that are used are in every version from here on; Valkey counts from 7.2. */
const OLDEST = [6, 2] as const;

export interface ServerCheck {
  /** What it does not promise, a sentence each with the remedy; none when all is well. */
  readonly warnings: readonly string[];
  readonly error: KilnError | null;
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? '';
}

function versionWarning(info: string): string | null {
  const version = field(info, 'redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld ? `Redis ${version} is older than ${OLDEST.join('.')}: install a newer one.` : null;
}

/** @param waitMs how long Redis may take to answer. */
export async function checkServer(address: RedisAddress, waitMs: number): Promise<ServerCheck> {
  const redis = connect({ address, prefix: '', waitMs });
  try {
    const info = await redis.ask((client) => client.info());
    const warnings: string[] = [];
    const old = versionWarning(info);
    if (old !== null) warnings.push(old);
    if (field(info, 'aof_enabled') !== '1') {
      warnings.push(
        'Redis keeps no journal: jobs that were accepted are lost when it starts anew. Set appendonly yes.',
      );
    } else if (field(info, 'aof_last_write_status') === 'err') {
      warnings.push('Redis cannot write its journal: look at its log and its disk.');
    }
    const policy = field(info, 'maxmemory_policy');
    if (policy !== 'noeviction') {
      warnings.push(
        `Redis throws keys away when its memory is full (${policy}): set maxmemory-policy noeviction.`,
      );
    }
    return { warnings, error: null };
  } catch (error) {
    return { warnings: [], error: toRedisError(error, address) };
  } finally {
    redis.close();
  }
}
