/**
 * Who this page is to the service. In the shell the token comes through the preload; in a browser from a one-time
 * code in the address that `kiln open` made. It is kept for this origin alone, which no other page of the service
 * shares (docs/decisions/browsers-get-in-by-code.md), and sent as a header, never as a cookie.
 */
import { desktop } from '../bridge/desktop.ts';

const KEY = 'kiln.session';

let token: string | null = null;
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of listeners) listener();
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing: the session lasts as long as the page.
    return null;
  }
}

function store(value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // As above.
    return;
  }
}

/** Takes the code out of the address, so that neither history nor a screenshot keeps it. */
function takeCode(): string | null {
  const code = /^#code=([\w-]{1,200})$/.exec(location.hash)?.[1];
  if (code === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

/** Exchanges a code for a session. @returns whether the service took it. */
export async function openSession(code: string): Promise<boolean> {
  const response = await fetch('/kiln/v1/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: code.trim() }),
  });
  if (!response.ok) return false;
  token = ((await response.json()) as { token: string }).token;
  store(token);
  changed();
  return true;
}

/** Called once before the first request of the page. */
export async function startSession(): Promise<void> {
  if (desktop !== null) {
    // Attached to a service whose token the shell cannot read: what needs none works all the same.
    token = await desktop.request('session-token').catch(() => null);
    return;
  }
  token = stored();
  const code = takeCode();
  // A code that was used or is too old changes nothing: an earlier session may still be good.
  if (code !== null) await openSession(code).catch(() => false);
}

export function currentToken(): string | null {
  return token;
}

/** The service does not know this token any more. */
export function forgetToken(refused: string): void {
  if (token !== refused) return;
  token = null;
  if (desktop === null) store(null);
  else void startSession().then(changed);
  changed();
}

/** @returns what ends the subscription. */
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
