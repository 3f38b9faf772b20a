/** The cookie of a paired browser: pages cannot read it, and other sites cannot have it sent. */
const PAIRED_COOKIE = 'kiln_paired';

export function pairedCookie(secret: string, seconds: number, secure: boolean): string {
  const attributes = [`Max-Age=${seconds}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (secure) attributes.push('Secure');
  return [`${PAIRED_COOKIE}=${secret}`, ...attributes].join('; ');
}

/** The secret that a Cookie header brings, if it brings one. */
export function pairedCookieOf(header: string | undefined): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === PAIRED_COOKIE && value !== undefined) return value;
  }
  return null;
}
