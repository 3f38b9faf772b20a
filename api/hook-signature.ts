/** Whether a webhook was sent by someone who knows the secret: as GitHub, Gitea (and Forgejo) and GitLab say it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Compares digests, so that neither time nor length tells anything. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? undefined : value;
}

/**
 * GitHub and Gitea sign the body (`X-Hub-Signature-256`, `X-Gitea-Signature`); GitLab sends the secret itself
 * (`X-Gitlab-Token`). One header that is wrong refuses the request, whatever the others say.
 */
export function isSigned(headers: IncomingHttpHeaders, body: Uint8Array, secret: string): boolean {
  const mac = createHmac('sha256', secret).update(body).digest('hex');
  const proofs: readonly (readonly [string | undefined, string])[] = [
    [one(headers['x-hub-signature-256']), `sha256=${mac}`],
    [one(headers['x-gitea-signature']), mac],
    [one(headers['x-gitlab-token']), secret],
  ];
  const given = proofs.filter(([value]) => value !== undefined);
  return given.length > 0 && given.every(([value, right]) => isSame(value ?? '', right));
}

/** Deliveries that are remembered; older ones were let in long ago. */
const MOST_REMEMBERED = 1000;

/**
 * Remembers deliveries by what was signed, since names of deliveries are not part of that.
 * @returns a function that tells whether it sees a body for the first time.
 */
export function createReplayGuard(): (body: Uint8Array) => boolean {
  const seen = new Set<string>();
  return (body) => {
    const digest = createHash('sha256').update(body).digest('hex');
    if (seen.has(digest)) return false;
    seen.add(digest);
    if (seen.size > MOST_REMEMBERED) seen.delete([...seen][0] ?? '');
    return true;
  };
}
