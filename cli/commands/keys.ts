/** `kiln keys …`: API keys for programs and people on other machines. */
import { type ApiKey, KEY_NAME, SCOPES, type Scope } from '../../core/access/contract.ts';
import { KilnError } from '../../core/errors.ts';
import type { GlobalOptions } from '../context.ts';
import { withKiln } from '../with-kiln.ts';

export interface KeysAddOptions extends GlobalOptions {
  readonly scope?: readonly string[];
  readonly origin?: string;
  readonly days?: string;
}

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 3650;

/** @throws KilnError `key.invalid` for a word that is no scope */
function scopesOf(words: readonly string[]): readonly Scope[] {
  const unknown = words.find((word) => !(SCOPES as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new KilnError(
      'key.invalid',
      `“${unknown}” is no scope; there are: ${SCOPES.join(', ')}.`,
    );
  }
  return SCOPES.filter((scope) => words.includes(scope));
}

/** A browser's own spelling of an origin. @throws KilnError `key.invalid` */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new KilnError('key.invalid', `“${text}” is no web origin, like http://club.lan:8080.`);
  }
  return url.origin;
}

/** @throws KilnError `key.invalid` */
function expiryOf(days: string): number {
  const number = Number(days);
  if (!(number > 0 && number <= MOST_DAYS)) {
    throw new KilnError('key.invalid', `--days takes a number of days, at most ${MOST_DAYS}.`);
  }
  return Date.now() + Math.round(number * DAY_MS);
}

function when(time: number | null): string {
  return time === null ? 'never' : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

/** `laptop   compile          used 12 times, last 2026-11-25 10:02 · until 2026-12-01 00:00` */
function describe(key: ApiKey): string {
  const used =
    key.uses === 0 ? 'not used yet' : `used ${key.uses} times, last ${when(key.lastUsedAt)}`;
  const rest = [
    used,
    ...(key.paired ? ['paired'] : []),
    ...(key.origin === null ? [] : [`from ${key.origin}`]),
    ...(key.expiresAt === null ? [] : [`until ${when(key.expiresAt)}`]),
  ];
  return `${key.name.padEnd(20)} ${key.scopes.join(',').padEnd(14)} ${rest.join(' · ')}`;
}

export function keysAddCommand(name: string, options: KeysAddOptions): Promise<number> {
  return withKiln(options, async ({ keys }, terminal) => {
    const { key, secret } = await keys.add({
      name,
      scopes: scopesOf(options.scope ?? ['compile']),
      origin: options.origin === undefined ? null : originOf(options.origin),
      expiresAt: options.days === undefined ? null : expiryOf(options.days),
    });
    terminal.line(describe(key));
    terminal.line('The key, shown this once:');
    terminal.line(secret);
    terminal.result({ key, secret });
  });
}

export function keysListCommand(options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ keys }, terminal) => {
    const list = await keys.list();
    for (const key of list) terminal.line(describe(key));
    if (list.length === 0) terminal.line('There are no keys. Make one: kiln keys add <name>');
    terminal.result({ keys: list });
  });
}

export function keysRevokeCommand(name: string, options: GlobalOptions): Promise<number> {
  return withKiln(options, async ({ keys }, terminal) => {
    if (!KEY_NAME.test(name) || !(await keys.revoke(name))) {
      throw new KilnError('key.unknown', 'There is no key of that name.');
    }
    terminal.line(`Revoked ${name}: it is refused from now on.`);
    terminal.result({ revoked: name });
  });
}
