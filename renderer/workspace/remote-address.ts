/** An address that a keymap may be fetched from: asked about wherever the window is, and nothing is fetched before. */
import { create } from 'zustand';

export const useRemoteAddress = create<{
  /** Empty: to be typed. Null: nobody asked for one. */
  readonly address: string | null;
}>(() => ({ address: null }));

/** Asks the person whether a keymap is to be fetched from there. */
export function askForRemoteKeymap(address: string | null): void {
  useRemoteAddress.setState({ address });
}

/** The page that shows a file on GitHub, and the file itself. */
const GITHUB_PAGE = /^https:\/\/github\.com\/([\w.-]+\/[\w.-]+)\/(?:blob|raw)\/([^?#]+)/;

/**
 * What would be asked for: an address of a page that shows a file becomes that of the file.
 * @returns null for what is no address on the web
 */
export function readRemoteAddress(text: string): URL | null {
  const address = text.trim().replace(GITHUB_PAGE, 'https://raw.githubusercontent.com/$1/$2');
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : null;
}
