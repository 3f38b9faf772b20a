/** What a service says of itself: in its file, on its output, over HTTP. All of it is read as foreign text. Pure. */

import { isServiceAddress } from '../security/addresses.ts';
import type { Trouble } from '../windows/trouble-page.ts';

export interface ServiceAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly tokenFile: string | null;
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** `service.json`, or the line that `kiln serve --json` prints once it is ready. */
export function parseAddressFile(text: string): ServiceAddress | null {
  const { url, tokenFile } = parse(text) ?? {};
  if (typeof url !== 'string' || !isServiceAddress(url)) return null;
  return {
    url: url.replace(/\/+$/, ''),
    tokenFile: typeof tokenFile === 'string' ? tokenFile : null,
  };
}

/** The line that `kiln serve --json` prints when it cannot start. */
export function parseFailure(text: string): Omit<Trouble, 'lastLines'> | null {
  const { error } = parse(text) ?? {};
  if (typeof error !== 'object' || error === null) return null;
  const { code, message, remedy } = error as Record<string, unknown>;
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  return {
    code,
    message,
    remedy: typeof remedy === 'string' ? remedy : '',
    portInUse: code === 'service.port-in-use',
  };
}

export interface Health {
  readonly running: number;
  readonly queued: number;
}

/** `GET /kiln/v1/health`; null when another program answered. */
export function parseHealth(text: string): Health | null {
  const { workers, queue } = parse(text) ?? {};
  if (workers === undefined || typeof queue !== 'object' || queue === null) return null;
  const { running, queued } = queue as Record<string, unknown>;
  return typeof running === 'number' && typeof queued === 'number' ? { running, queued } : null;
}
