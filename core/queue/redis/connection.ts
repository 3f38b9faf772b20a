/**
 * A connection to Redis that is made anew whenever it breaks. While there is none, calls wait for a bounded time and
 * then say so; nothing is kept to be sent later, when nobody expects it any more.
 */
import { Redis } from 'ioredis';
import { KilnError } from '../../errors.ts';
import { SCRIPTS, type ScriptName } from './scripts.ts';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly tls: boolean;
}

export interface ConnectionOptions {
  readonly address: RedisAddress;
  /** Milliseconds that a call waits for an answer, connection included, before it fails. */
  readonly waitMs: number;
  /** A text with braces before every key. */
  readonly prefix: string;
}

export interface RedisConnection {
  readonly client: Redis;
  /** Runs a script; again as long as there is time when the connection broke, with `again` true from then on. */
  run<Answer>(
    name: ScriptName,
    args: (again: boolean) => readonly (string | number)[],
  ): Promise<Answer>;
  /** Asks something that changes nothing, or that may be done twice: it is asked again when the connection breaks. */
  ask<Answer>(question: (client: Redis) => Promise<Answer>): Promise<Answer>;
  /** Milliseconds since there is a connection without a break; null while there is none. */
  connectedMs(): number | null;
  close(): void;
}

const CONNECT_MS = 3000;
const LONGEST_PAUSE_MS = 1000;
/** Between two looks whether there is a connection. */
const LOOK_MS = 25;

const LOST =
  /connection|closed|timed out|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|stream isn't writ|LOADING|READONLY|MASTERDOWN|TRYAGAIN|max retries/i;

/** Whether the call may go through later, as it is. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && LOST.test(`${error.name} ${error.message}`);
}

const nameOf = ({ host, port }: RedisAddress): string => `${host}:${port}`;

/** @returns a KilnError `queue.unreachable` or `queue.refused`. */
export function toRedisError(error: unknown, address: RedisAddress): KilnError {
  if (error instanceof KilnError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return isAway(error)
    ? new KilnError('queue.unreachable', `Redis at ${nameOf(address)} does not answer: ${text}.`, {
        cause: error,
      })
    : new KilnError('queue.refused', `Redis at ${nameOf(address)} refuses: ${text}.`, {
        cause: error,
      });
}

/** A client that reconnects for ever and keeps nothing to be sent later. */
export function createClient({ address, waitMs }: ConnectionOptions): Redis {
  const { host, port, user, password, tls } = address;
  return new Redis({
    host,
    port,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_MS,
    commandTimeout: waitMs,
    keepAlive: 5000,
    retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 20 * 2 ** Math.min(times, 10)),
    scripts: SCRIPTS,
  });
}

type Scripted = Record<ScriptName, (...args: readonly (string | number)[]) => Promise<unknown>>;

/** Begins to connect; whether that succeeds is seen at the first call. */
export function connect(options: ConnectionOptions): RedisConnection {
  const { address, prefix, waitMs } = options;
  const client = createClient(options);
  let readyAt: number | null = null;
  let lastError: Error | undefined;
  client.on('ready', () => {
    readyAt = performance.now();
  });
  client.on('close', () => {
    readyAt = null;
  });
  client.on('error', (error: Error) => {
    lastError = error;
  });
  client.connect().catch((error: Error) => {
    lastError = error;
  });

  const ready = async (until: number): Promise<void> => {
    while (client.status !== 'ready') {
      if (performance.now() >= until || client.status === 'end') {
        throw lastError ?? new Error('connection timed out');
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const patiently = async <Answer>(call: (again: boolean) => Promise<Answer>): Promise<Answer> => {
    const until = performance.now() + waitMs;
    for (let again = false; ; again = true) {
      try {
        await ready(until);
        return await call(again);
      } catch (error) {
        // Half a connection: what was sent gets no answer, and nothing would tell.
        if (error instanceof Error && error.message === 'Command timed out')
          client.disconnect(true);
        if (!isAway(error) || performance.now() >= until) {
          throw toRedisError(lastErrorOr(error), address);
        }
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }
  };
  const lastErrorOr = (error: unknown): unknown =>
    client.status !== 'ready' && lastError !== undefined && isAway(lastError) ? lastError : error;

  return {
    client,
    run: <Answer>(name: ScriptName, args: (again: boolean) => readonly (string | number)[]) =>
      patiently((again) =>
        (client as unknown as Scripted)[name](prefix, ...args(again)),
      ) as Promise<Answer>,
    ask: (question) => patiently(() => question(client)),
    connectedMs: () => (readyAt === null ? null : performance.now() - readyAt),
    close: () => client.disconnect(),
  };
}
