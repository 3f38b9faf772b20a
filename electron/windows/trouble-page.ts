/**
 * The page that is shown while there is no service to show the app from: what happened, and what can be done. It runs no
 * script; its buttons are links to addresses that do not exist, which the window takes for what they mean. Pure.
 */
import type { Words } from '../words/en.ts';

/** `.invalid` is nobody's, for ever (RFC 2606). */
const HOST = 'https://kiln.invalid/';
const ACTIONS = ['retry', 'other-port', 'logs', 'quit'] as const;
export type TroubleAction = (typeof ACTIONS)[number];

export interface Trouble {
  readonly message: string;
  readonly remedy: string;
  /** A code of docs/errors.md. */
  readonly code: string;
  /** The last lines of the service's log; empty for none. */
  readonly lastLines: string;
  /** Offers to start on another port. */
  readonly portInUse: boolean;
}

/** @returns what a link of this page asks for; null for any other address. */
export function troubleAction(address: string): TroubleAction | null {
  return ACTIONS.find((action) => address === HOST + action) ?? null;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

const STYLE = `
:root { color-scheme: light dark; --paper: #f6f3ee; --raised: #fff; --text: #23201c; --muted: #635c52;
  --outline: #8b8378; --accent: #b3502d; --on-accent: #fff; --focus: #1f5fa8; --sunken: #ece7df; }
@media (prefers-color-scheme: dark) { :root { --paper: #17181a; --raised: #282a2e; --text: #eceae6;
  --muted: #a9a69f; --outline: #7c7f86; --accent: #e58a60; --on-accent: #23130b; --focus: #7db4f0; --sunken: #111214; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; }
main { width: min(560px, calc(100vw - 48px)); padding: 32px 0; }
svg { display: block; width: 56px; height: 56px; margin-bottom: 24px; }
h1 { font-size: 20px; line-height: 1.3; font-weight: 600; margin: 0 0 12px; }
p { margin: 0 0 12px; }
.muted { color: var(--muted); font-size: 13px; }
nav { margin: 20px 0 4px; }
a { display: inline-block; margin: 0 8px 8px 0; padding: 7px 14px; border: 1px solid var(--outline); border-radius: 6px; color: inherit;
  background: var(--raised); text-decoration: none; }
a.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
a:focus { outline: 2px solid var(--focus); outline-offset: 2px; }
details { margin-top: 20px; color: var(--muted); font-size: 13px; }
summary { cursor: pointer; }
pre { margin: 8px 0 0; padding: 12px; max-height: 220px; overflow: auto; background: var(--sunken); border-radius: 6px;
  font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** The kiln of the icon, its fire out. */
const DRAWING = `<svg viewBox="0 0 64 64" aria-hidden="true"><rect x="4" y="4" width="56" height="56" rx="14"
 fill="#8b8378"/><path d="M16 50V31a16 16 0 0 1 32 0v19z" fill="#f7efe6"/><path d="M25 50V37a7 7 0 0 1 14 0v13z"
 fill="#2a211c"/><rect x="27" y="42" width="10" height="8" rx="2" fill="#635c52"/></svg>`;

function page(language: string, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;
}

function asAddress(html: string): string {
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}

/** @returns an address that the window can load. */
export function troublePage(words: Words, language: string, trouble: Trouble): string {
  const button = (action: TroubleAction, label: string, first = false): string =>
    `<a href="${HOST}${action}"${first ? ' class="first"' : ''}>${escapeHtml(label)}</a>`;
  const details =
    trouble.lastLines === ''
      ? ''
      : `<details><summary>${escapeHtml(words.troubleDetails)}</summary><pre>${escapeHtml(trouble.lastLines)}</pre></details>`;
  const otherPort = trouble.portInUse ? button('other-port', words.troubleOtherPort) : '';
  const note = trouble.portInUse
    ? `<p class="muted">${escapeHtml(words.troubleOtherPortNote)}</p>`
    : '';
  const body = `<main>${DRAWING}<h1>${escapeHtml(words.troubleTitle)}</h1>
<p>${escapeHtml(trouble.message)} ${escapeHtml(trouble.remedy)}</p>
<nav>${button('retry', words.troubleRetry, true)}${otherPort}${button('logs', words.troubleLogs)}${button('quit', words.troubleQuit)}</nav>
${note}<p class="muted">${escapeHtml(trouble.code)}</p>${details}</main>`;
  return asAddress(page(language, words.troubleTitle, body));
}

/** What the window shows until the service answers. */
export function startingPage(words: Words, language: string): string {
  const body = `<main><p class="muted" role="status">${escapeHtml(words.starting)}</p></main>`;
  return asAddress(page(language, words.appName, body));
}
