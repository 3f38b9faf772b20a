/**
 * The session token: what tells the person at this machine from everything else that can reach the port. It lies in a
 * file that only the service's own account can read, new at every start.
 */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { writeAtomically } from '../storage/atomic-write.ts';
import { digestOf, sameDigest } from './secrets.ts';

export interface SessionToken {
  matches(text: string): boolean;
  /** Writes a new one to the file; the old one is refused from then on. @throws KilnError `storage.*` */
  rotate(): Promise<string>;
}

/** @param file replaced. @throws KilnError `storage.*` */
export async function createSessionToken(file: string): Promise<SessionToken> {
  const write = async (): Promise<string> => {
    const token = randomBytes(32).toString('base64url');
    await writeAtomically(dirname(file), basename(file), `${token}\n`, 0o600);
    return token;
  };
  let expected = digestOf(await write());
  let last: Promise<unknown> = Promise.resolve();
  return {
    matches: (text) => sameDigest(digestOf(text), expected),
    rotate() {
      // One after the other, so that the file and the service end with the same one.
      const rotated = last.then(async () => {
        const token = await write();
        expected = digestOf(token);
        return token;
      });
      last = rotated.catch(() => undefined);
      return rotated;
    },
  };
}
