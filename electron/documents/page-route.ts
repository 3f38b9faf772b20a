/** Which page of the app a `kiln://` link leads to. Pure. */
import type { KilnLink } from './kiln-link.ts';

/** The path below the app, as the page's `navigate` event takes it. */
export function routeOf(link: KilnLink): string {
  return link.kind === 'keyboard'
    ? `/keyboards?q=${encodeURIComponent(link.keyboard)}`
    : `/?import=${encodeURIComponent(link.url)}`;
}
