/** Which addresses the shell shows, and which it hands to the person's browser. Pure. */

/** Where the page of the app lies below the service. */
export const APP_PATH = '/app/';
export const CONFIGURATOR_PATH = '/configurator/';

/** Hosts that Kiln's own pages and the Configurator link to; others are not opened. */
const EXTERNAL_HOSTS = [
  'qmk.fm',
  'docs.qmk.fm',
  'config.qmk.fm',
  'beta.docs.qmk.fm',
  'github.com',
  'discord.gg',
  'www.keyboard-layout-editor.com',
  'usevia.app',
  'get.vial.today',
];

const LONGEST = 2048;

/** Null for what is no address; `URL` alone throws. */
export function parseAddress(text: string): URL | null {
  if (text.length > LONGEST) return null;
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** `http` or `https`, no user name, no password: an address of a service is written into pages and logs. */
export function isServiceAddress(text: string): boolean {
  const url = parseAddress(text);
  if (url === null) return false;
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

/** Whether a page or request lies on one of these origins, compared as browsers do. */
export function isOnOrigin(text: string, origins: readonly string[]): boolean {
  const url = parseAddress(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return origins.some((origin) => new URL(origin).origin === url.origin);
}

/** Whether it is the app's own page, and not another one that the same service hands out. */
export function isAppPage(text: string, appOrigin: string): boolean {
  return isOnOrigin(text, [appOrigin]) && new URL(text).pathname.startsWith(APP_PATH);
}

/**
 * Where the service hands out the Configurator: at another name of this machine than its own pages, so that browsers
 * keep the two apart. See docs/decisions/configurator-origin.md.
 * @param serviceUrl without a slash at the end.
 */
export function configuratorOrigin(serviceUrl: string): string {
  const { protocol, hostname, port } = new URL(serviceUrl);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  return `${protocol}//${host}${port === '' ? '' : `:${port}`}`;
}

/** @param serviceUrl without a slash at the end. */
export function isConfiguratorPage(text: string, serviceUrl: string): boolean {
  return (
    isOnOrigin(text, [configuratorOrigin(serviceUrl)]) &&
    new URL(text).pathname.startsWith(CONFIGURATOR_PATH)
  );
}

/** @returns the address as it may be handed to a browser; null when it must not be. */
export function externalAddress(text: string): string | null {
  const url = parseAddress(text);
  if (url === null || url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '' || url.port !== '') return null;
  return EXTERNAL_HOSTS.includes(url.hostname) ? url.href : null;
}

/**
 * The job whose image lies at an address, of those that the service names in a job's result.
 * @param serviceUrl without a slash at the end. @returns null for every other address
 */
export function jobOfImage(text: string, serviceUrl: string): string | null {
  if (!isOnOrigin(text, [configuratorOrigin(serviceUrl)])) return null;
  return /\/v1\/compile\/([\w-]{1,64})\/download$/.exec(new URL(text).pathname)?.[1] ?? null;
}
