/** What pages may do, for those that the service says nothing of. Pure. */

/** Stricter than what any page of ours needs: who needs more has to say so itself, in the service. */
export const DEFAULT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

type Headers = Readonly<Record<string, string[]>>;

/** @returns the headers with a content policy: the answer's own, or the default one where it has none. */
export function withPolicy(headers: Headers): Record<string, string[]> {
  const has = Object.keys(headers).some((name) => name.toLowerCase() === 'content-security-policy');
  return has ? { ...headers } : { ...headers, 'Content-Security-Policy': [DEFAULT_POLICY] };
}

/** What a page makes by itself, of bytes that it already has. */
const OWN_SCHEMES = ['data:', 'blob:'];

/** Whether the windows may ask for this at all: the service, and nothing else. */
export function isAllowedRequest(url: string, origins: readonly string[]): boolean {
  const { protocol, origin } = new URL(url);
  if (OWN_SCHEMES.includes(protocol)) return true;
  // The developer tools are pages of Chromium's own.
  if (protocol === 'devtools:') return true;
  return origins.some((allowed) => new URL(allowed).origin === origin);
}
