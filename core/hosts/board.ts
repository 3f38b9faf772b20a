/** Who else is there: each machine of a service writes on Redis that it lives, what it can build, and reads the others. */
import { connect, type RedisAddress, type RedisConnection } from '../queue/redis/connection.ts';

export interface HostWorker {
  readonly id: string;
  readonly alive: boolean;
  /** Milliseconds since the epoch. */
  readonly lastHeartbeatAt: number | null;
}

/** What a machine says of itself. */
export interface HostNote {
  readonly id: string;
  readonly role: 'all' | 'api' | 'worker';
  readonly version: string;
  readonly workers: readonly HostWorker[];
  /** See `NewJob.needs`. */
  readonly offers: readonly string[];
  /** Git trees that jobs come in for, of a machine that takes jobs in; absent from earlier releases. */
  readonly trees?: readonly HostTree[];
}

export interface HostTree {
  readonly name: string;
  readonly origin: string;
  readonly commit: string;
}

export interface HostBoardOptions {
  readonly address: RedisAddress;
  readonly name: string;
  readonly hostId: string;
  readonly note: () => Promise<Omit<HostNote, 'id'>>;
  readonly everyMs?: number;
}

export interface HostBoard {
  /** As it was last read; a machine that said nothing for half a minute is not among them. */
  hosts(): readonly HostNote[];
  /** Whether this machine does what only one of them should do. Another takes over within half a minute. */
  isElected(): boolean;
  stop(): Promise<void>;
}

const EVERY_MS = 2000;
/** Without a word for so long, a machine is gone. */
const GONE_MS = 30_000;

export function startHostBoard(options: HostBoardOptions): HostBoard {
  const { address, name, hostId, note, everyMs = EVERY_MS } = options;
  const prefix = `{kiln-${name}}:`;
  const redis: RedisConnection = connect({ address, prefix, waitMs: 2000 });
  let hosts: readonly HostNote[] = [];
  let elected = false;
  let looking: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    const mine: HostNote = { id: hostId, ...(await note()) };
    await redis.ask(async (client) => {
      await client.set(`${prefix}host:${hostId}`, JSON.stringify(mine), 'PX', GONE_MS);
      await client.sadd(`${prefix}hosts`, hostId);
      const ids = await client.smembers(`${prefix}hosts`);
      const notes = await client.mget(...ids.map((id) => `${prefix}host:${id}`));
      const gone = ids.filter((_id, index) => notes[index] === null);
      if (gone.length > 0) await client.srem(`${prefix}hosts`, ...gone);
      hosts = notes.flatMap((text) => (text == null ? [] : [JSON.parse(text) as HostNote]));
      const key = `${prefix}elected`;
      await client.set(key, hostId, 'PX', GONE_MS, 'NX');
      elected = (await client.get(key)) === hostId;
      if (elected) await client.pexpire(key, GONE_MS);
    });
  };
  const lookAgain = (): void => {
    looking = looking.then(look).catch(() => {
      // Redis is away, which the queue says to whoever asks it; what this machine knows of others is not true any more.
      hosts = [];
      elected = false;
    });
  };
  lookAgain();
  const timer = setInterval(lookAgain, everyMs);

  return {
    hosts: () => hosts,
    isElected: () => elected,
    async stop() {
      clearInterval(timer);
      await looking;
      await redis
        .ask(async (client) => {
          await client.del(`${prefix}host:${hostId}`);
          await client.srem(`${prefix}hosts`, hostId);
          if (elected) await client.del(`${prefix}elected`);
        })
        // Others find out by themselves.
        .catch(() => undefined);
      redis.close();
    },
  };
}
