/**
 * How often one other machine may ask. This machine is not counted: what runs here could do worse, and web pages
 * are kept out by their origin. An IPv6 machine has many addresses, so its network counts as one.
 */
import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { KilnError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings.ts';
import type { Api, SharedRedis } from '../dependencies.ts';
import { sharedCounts } from './shared-counts.ts';

const MINUTE = 60_000;
/** A submission starts a build, and is worth so many reads. */
const READS_A_SUBMISSION = 10;
/** Of pairing codes, which have 39 bits: a whole day of guessing has a chance of one in 500 000. */
const GUESSES_OF_ONE = 10;
const GUESSES_OF_ALL = 600;

export interface GuessLimit {
  /** @throws KilnError `request.too-many` */
  check(request: FastifyRequest): Promise<void>;
  count(request: FastifyRequest): Promise<void>;
}

export interface RateLimits {
  readonly guesses: GuessLimit;
  /** Counts a request of another machine. @throws KilnError `request.too-many` */
  count(request: FastifyRequest): Promise<void>;
}

type Limiter = ReturnType<Api['createRateLimit']>;

export interface RateLimitParts {
  readonly settings: Pick<Settings, 'rateLimit'>;
  /** Where several hosts count together; each counts for itself when absent. */
  readonly shared?: SharedRedis | undefined;
}

/** @returns limits that work once the app is ready. */
export function installRateLimits(app: Api, { settings, shared }: RateLimitParts): RateLimits {
  const limiters = new Map<string, Limiter>();
  app.register(rateLimit, {
    global: false,
    // A Redis that is away is no reason to refuse anybody.
    ...(shared === undefined
      ? {}
      : { store: sharedCounts(shared.redis, shared.prefix), skipOnError: true }),
  });
  app.after(() => {
    const make = (name: string, max: number, keyGenerator?: () => string) =>
      limiters.set(
        name,
        app.createRateLimit({
          // Read by the store of several hosts.
          ...{ name },
          max,
          timeWindow: MINUTE,
          ipv6Subnet: 64,
          ...(keyGenerator === undefined ? {} : { keyGenerator }),
        }),
      );
    make('requests', settings.rateLimit);
    make('submissions', Math.ceil(settings.rateLimit / READS_A_SUBMISSION));
    make('guesses', GUESSES_OF_ONE);
    make('guessesOfAll', GUESSES_OF_ALL, () => 'all');
  });

  const use = async (request: FastifyRequest, name: string, increment: boolean): Promise<void> => {
    const outcome = await limiters.get(name)?.(request, { increment });
    if (outcome === undefined || outcome.isAllowed || !outcome.isExceeded) return;
    throw new KilnError('request.too-many', 'Too many requests came from your machine.', {
      details: { retryAfterSeconds: outcome.ttlInSeconds },
    });
  };

  return {
    guesses: {
      async check(request) {
        await use(request, 'guesses', false);
        await use(request, 'guessesOfAll', false);
      },
      async count(request) {
        await use(request, 'guesses', true).catch(() => undefined);
        await use(request, 'guessesOfAll', true).catch(() => undefined);
      },
    },
    async count(request) {
      if (settings.rateLimit === 0) return;
      await use(request, 'requests', true);
      if (request.method === 'POST') await use(request, 'submissions', true);
    },
  };
}
