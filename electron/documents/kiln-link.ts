/** `kiln://` links. Any page and any mail can have one, so only two forms are known, and neither does anything by itself. Pure. */
import { ShellError } from '../errors.ts';
import { parseAddress } from '../security/addresses.ts';

export const SCHEME = 'kiln';

export type KilnLink =
  /** Shows a keyboard. */
  | { readonly kind: 'keyboard'; readonly keyboard: string }
  /** Asks whether a keymap is to be fetched from there. */
  | { readonly kind: 'import'; readonly url: string };

/** As the API takes them. */
const KEYBOARD = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+){0,5}$/;
const LONGEST = 2048;

export function isKilnLink(text: string): boolean {
  return text.toLowerCase().startsWith(`${SCHEME}:`);
}

/** @throws ShellError `shell.link-refused` */
export function parseKilnLink(text: string): KilnLink {
  const link = text.length <= LONGEST ? parse(text) : null;
  if (link === null)
    throw new ShellError('shell.link-refused', 'This link is none that Kiln knows.');
  return link;
}

function parse(text: string): KilnLink | null {
  // Without `URL`: what it makes of schemes that it does not know differs between its versions.
  const match = /^kiln:\/\/([a-z]+)(?:\/([^?#\s]*))?(?:\?([^#\s]*))?$/i.exec(text);
  if (match === null) return null;
  const [, kind = '', path = '', query] = match;
  switch (kind.toLowerCase()) {
    case 'keyboard': {
      const keyboard = path.replace(/\/$/, '');
      return query === undefined && KEYBOARD.test(keyboard) && keyboard.length <= 128
        ? { kind: 'keyboard', keyboard }
        : null;
    }
    case 'import': {
      const parameters = [...new URLSearchParams(query ?? '')];
      const [name, address] = parameters[0] ?? [];
      if (path !== '' || parameters.length !== 1 || name !== 'url') return null;
      const url = parseAddress(address ?? '');
      if (url === null || url.protocol !== 'https:') return null;
      if (url.username !== '' || url.password !== '') return null;
      return { kind: 'import', url: url.href };
    }
    default:
      return null;
  }
}
