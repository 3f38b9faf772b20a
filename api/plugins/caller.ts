/** Who sent a request, by what it carries: the session token, an API key, the pairing code, or nothing. */
import type { FastifyRequest } from 'fastify';
import { type ApiKey, covers, type Scope } from '../../core/access/contract.ts';
import { readCode } from '../../core/access/pairing-code.ts';
import { digestOf, sameDigest } from '../../core/access/secrets.ts';
import { KilnError } from '../../core/errors.ts';
import type { Connection } from '../address.ts';
import { capabilityOf } from '../capability-path.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { pairedCookieOf } from '../paired-cookie.ts';
import type { GuessLimit } from './rate-limits.ts';

export interface Caller {
  /** Null: nobody, or with a secret that is none of ours. */
  readonly by: 'token' | 'key' | 'code' | null;
  readonly scopes: readonly Scope[];
  /** With `by: 'key'`. */
  readonly key: ApiKey | null;
  /** Came as a part of the address, which a foreign page would have to know. */
  readonly inAddress: boolean;
}

const NOBODY: Caller = { by: null, scopes: [], key: null, inAddress: false };

type Needed = Pick<ApiDependencies, 'keys' | 'pairings' | 'token' | 'keyUses'>;

/** What cookies and addresses open, whatever their key could: browsers keep both in many places. */
const ONLY_COMPILE: readonly Scope[] = ['compile'];

function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/**
 * Looks the request's secret up. A header wins over a cookie.
 * @throws KilnError `request.not-let-in` for an address with a code or key that does not hold, `request.too-many`
 */
export async function callerOf(
  request: FastifyRequest,
  connection: Connection,
  needed: Needed,
  guesses: GuessLimit,
): Promise<Caller> {
  const capability = capabilityOf(request.raw);
  if (capability !== null) {
    const caller = await keyOrCode(request, capability, needed, guesses);
    if (!covers(caller.scopes, 'compile') || covers(caller.scopes, 'admin')) {
      throw new KilnError('request.not-let-in', 'The code or key of this address does not hold.');
    }
    return { ...caller, scopes: ONLY_COMPILE, inAddress: true };
  }
  const bearer = bearerOf(request);
  if (bearer !== null) {
    // Nobody else on the network has any business with it, and could read it on its way.
    const mayBeToken = connection.local || connection.secure;
    if (mayBeToken && needed.token.matches(bearer)) {
      return { ...NOBODY, by: 'token', scopes: ['admin'] };
    }
    return keyOrCode(request, bearer, needed, guesses);
  }
  const cookie = pairedCookieOf(request.headers.cookie);
  const key = cookie === null ? null : await needed.keys.find(cookie);
  if (key === null || !key.paired) return NOBODY;
  needed.keyUses.note(key.id);
  return { ...NOBODY, by: 'key', scopes: ONLY_COMPILE, key };
}

async function keyOrCode(
  request: FastifyRequest,
  secret: string,
  { keys, pairings, keyUses }: Needed,
  guesses: GuessLimit,
): Promise<Caller> {
  const key = await keys.find(secret);
  if (key !== null) {
    keyUses.note(key.id);
    return { ...NOBODY, by: 'key', scopes: key.scopes, key };
  }
  const holds = await isPairingCode(request, secret, pairings, guesses);
  return holds ? { ...NOBODY, by: 'code', scopes: ONLY_COMPILE } : NOBODY;
}

/**
 * Whether a text is the pairing code that holds. Wrong ones are counted, and after too many the right one is not
 * looked at either.
 * @throws KilnError `request.too-many`
 */
export async function isPairingCode(
  request: FastifyRequest,
  text: string,
  pairings: ApiDependencies['pairings'],
  guesses: GuessLimit,
): Promise<boolean> {
  const code = readCode(text);
  // Not one of ours whatever the code is: nothing can be learned from it.
  if (code === null) return false;
  await guesses.check(request);
  const pairing = await pairings.current();
  if (pairing !== null && sameDigest(digestOf(code), digestOf(pairing.code))) return true;
  await guesses.count(request);
  return false;
}
