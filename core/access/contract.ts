/**
 * Who but the person at this machine may use the service: named API keys, and one pairing code that lets devices
 * in for a while. Behind interfaces, so that several hosts can share them in another store than SQLite.
 */

/**
 * - `compile`: the QMK API, and steering one's own jobs.
 * - `flash`: writing images to devices at the service's machine.
 * - `admin`: everything, keys and the session token included.
 */
export const SCOPES = ['compile', 'flash', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether scopes that were granted cover one that is asked for. */
export function covers(granted: readonly Scope[], wanted: Scope): boolean {
  return granted.includes(wanted) || granted.includes('admin');
}

/** A key without its secret, which nobody can get back. Times are milliseconds since the epoch. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The one web origin whose pages may send it; null for none in particular. */
  readonly origin: string | null;
  /** Came in by the pairing code, and goes with it. */
  readonly paired: boolean;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** Written in batches: up to half a minute late. Null before the first use. */
  readonly lastUsedAt: number | null;
  readonly uses: number;
}

export interface NewApiKey {
  /** See `KEY_NAME`. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly origin?: string | null;
  readonly paired?: boolean;
  readonly expiresAt?: number | null;
}

export interface IssuedKey {
  readonly key: ApiKey;
  /** What the client sends. Shown once: only its digest is kept. */
  readonly secret: string;
}

export interface KeyUse {
  readonly id: string;
  readonly uses: number;
  readonly lastUsedAt: number;
}

/** A name without anything that could be taken for markup, a path or a control character. */
export const KEY_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$/;

export interface ApiKeys {
  /**
   * @throws KilnError `key.exists` for a name that is taken, unless the key is a paired one, which then gets a
   * number; `key.too-many`
   */
  add(key: NewApiKey): Promise<IssuedKey>;
  /** Those that hold, by name. */
  list(): Promise<readonly ApiKey[]>;
  /** The key is refused from now on. @returns false when there is none of that name. */
  revoke(name: string): Promise<boolean>;
  /** @returns the key that a client's text is the secret of, if it holds; null for anything else. */
  find(secret: string): Promise<ApiKey | null>;
  recordUses(uses: readonly KeyUse[]): Promise<void>;
}

export interface Pairing {
  /** Eight characters, see `pairing-code.ts`. */
  readonly code: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Pairings {
  /** The code that holds; null when none was made, or it has expired. */
  current(): Promise<Pairing | null>;
  /** @returns the code that holds, or a new one that lives for so many milliseconds. */
  begin(lifeMs: number): Promise<Pairing>;
  /** The code and every key that it brought in are refused from now on. @returns false when there was none. */
  end(): Promise<boolean>;
}
