/** Secrets that clients send: how a key's is written, and how one is compared. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The part before the last underscore names the key, and is no secret. */
const SECRET = /^kiln_([0-9a-f]{10})_[A-Za-z0-9_-]{43}$/;

export interface NewSecret {
  readonly id: string;
  readonly secret: string;
}

/** 256 random bits, so that a plain digest is enough to keep. */
export function createSecret(): NewSecret {
  const id = randomBytes(5).toString('hex');
  return { id, secret: `kiln_${id}_${randomBytes(32).toString('base64url')}` };
}

/** The id of the key that a text could be the secret of. */
export function keyIdOf(secret: string): string | null {
  return SECRET.exec(secret)?.[1] ?? null;
}

/** 32 bytes, whatever the length of the text. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** In a time that says nothing about where two digests differ. */
export function sameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
