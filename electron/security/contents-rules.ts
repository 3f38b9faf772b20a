/** What each window's contents may do. Every window of the program gets rules; without own ones it may go nowhere. */
import { app, dialog, type Event, shell, type WebContents } from 'electron';
import type { ShellLog } from '../log.ts';
import type { Words } from '../words/en.ts';
import { externalAddress } from './addresses.ts';

export interface ContentsRules {
  /** Whether the page may go there by itself. */
  readonly mayShow: (address: string) => boolean;
  /** Whether the page's wish to stay, when it is to go, is heeded by a question. */
  readonly askBeforeLeaving: boolean;
  /** An address that stands for something else; true when it was taken as that. */
  readonly onAction?: (address: string) => boolean;
}

const NOWHERE: ContentsRules = { mayShow: () => false, askBeforeLeaving: false };
const rulesOf = new WeakMap<WebContents, ContentsRules>();

export function setContentsRules(contents: WebContents, rules: ContentsRules): void {
  rulesOf.set(contents, rules);
}

/** Hands an address on the list to the person's browser, after asking. @returns whether it was opened */
export async function openExternally(address: string, words: Words): Promise<boolean> {
  const allowed = externalAddress(address);
  if (allowed === null) return false;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: words.externalMessage,
    detail: allowed,
    buttons: [words.externalOpen, words.externalCancel],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  });
  if (response !== 0) return false;
  await shell.openExternal(allowed);
  return true;
}

type NavigationEvent = Event & { readonly url?: string; readonly isMainFrame?: boolean };

/** Installs the rules on every contents that comes to be, before anything is loaded in it. */
export function guardContents(words: Words, log: ShellLog): void {
  app.on('web-contents-created', (_event, contents) => {
    const refuse = (what: string, address: string): void => {
      log.write('warn', `refused ${what}: ${address.slice(0, 200)}`);
    };
    const onNavigate = (event: NavigationEvent, given?: string): void => {
      const address = event.url ?? given ?? '';
      const { mayShow, onAction } = rulesOf.get(contents) ?? NOWHERE;
      if (mayShow(address)) return;
      event.preventDefault();
      if (onAction?.(address) === true) return;
      refuse('navigation', address);
      void openExternally(address, words);
    };
    contents.on('will-navigate', onNavigate as (event: Event) => void);
    contents.on('will-redirect', onNavigate as (event: Event) => void);
    // Frames inside of a page; older Electrons have no such event, and the content policy keeps frames out there.
    contents.on('will-frame-navigate', ((event: NavigationEvent) => {
      if (event.isMainFrame !== true) onNavigate(event);
    }) as (event: Event) => void);
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
      refuse('a web view', '');
    });
    refuseWindows(contents, (address) => {
      refuse('a window', address);
      void openExternally(address, words);
    });
    contents.on('will-prevent-unload', (event) => {
      const { askBeforeLeaving } = rulesOf.get(contents) ?? NOWHERE;
      // Without a question the page would stay in silence, and the window could not be closed.
      if (!askBeforeLeaving || mayLeave(words)) event.preventDefault();
    });
  });
}

function mayLeave(words: Words): boolean {
  const choice = dialog.showMessageBoxSync({
    type: 'question',
    message: words.leaveMessage,
    detail: words.leaveDetail,
    buttons: [words.leave, words.stay],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return choice === 0;
}

/** Electron before 12 has an event instead of a handler. */
function refuseWindows(contents: WebContents, onRefused: (address: string) => void): void {
  if (typeof contents.setWindowOpenHandler === 'function') {
    contents.setWindowOpenHandler(({ url }) => {
      onRefused(url);
      return { action: 'deny' };
    });
  } else {
    (contents as NodeJS.EventEmitter).on('new-window', (event: Event, url: string) => {
      event.preventDefault();
      onRefused(url);
    });
  }
}
