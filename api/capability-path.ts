/**
 * `/p/<code or key>/v1/…`: the QMK API for clients that can send no header of their own, such as a Configurator on
 * another machine, built with `VITE_API_URL=http://kiln.lan:5001/p/<code>`. The first part is taken off before
 * routing, and remembered.
 */
import type { IncomingMessage } from 'node:http';

const PREFIXED = /^\/+p\/([A-Za-z0-9_-]{8,100})\/+(v1(?:[/?].*)?|readme\.md(?:\?.*)?)$/;

const capabilities = new WeakMap<object, string>();

/** The address that routes know, of one that begins with a capability; any other as it was. */
export function takeCapability(message: Pick<IncomingMessage, 'url'>): string {
  // QMK Configurator's container asks for //v1/…: its proxy's prefix and path both bring a slash.
  const url = (message.url ?? '/').replace(/^\/{2,}/, '/');
  const [, capability, rest] = PREFIXED.exec(url) ?? [];
  if (capability === undefined) return url;
  capabilities.set(message, capability);
  return `/${rest}`;
}

/** The code or key that the request's address began with; null when it had none. */
export function capabilityOf(message: object): string | null {
  return capabilities.get(message) ?? null;
}

/** `/p/<code or key>`, or nothing: what links for this client have to begin with. */
export function capabilityPrefixOf(message: object): string {
  const capability = capabilityOf(message);
  return capability === null ? '' : `/p/${capability}`;
}
