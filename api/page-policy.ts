/** What the browser lets a page of Kiln's own do: its own files and its own service, nothing inline, nothing else. */
const OWN_PAGE = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'",
} as const;

/** Headers of every page of Kiln's own. */
export const OWN_PAGE_HEADERS = {
  'content-security-policy': Object.entries(OWN_PAGE)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; '),
  // Pages of another kind, the Configurator's above all, get no hold of its window, and it none of theirs.
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
} as const;
