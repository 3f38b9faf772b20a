/** The app's one window: the page of the service, or the page that says why there is none. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { DesktopEvents } from '../../renderer/bridge/bridge.ts';
import { eventChannel } from '../ipc/messages.ts';
import type { Trusted } from '../ipc/trusted-sender.ts';
import { isAppPage } from '../security/addresses.ts';
import { setContentsRules } from '../security/contents-rules.ts';
import type { Shell } from '../shell.ts';
import {
  startingPage,
  type Trouble,
  type TroubleAction,
  troubleAction,
  troublePage,
} from './trouble-page.ts';
import { LEAST, parseWindowState, placeWindow } from './window-state.ts';

/** As the page's own colours, so that nothing flashes before it is drawn. */
const PAPER = { light: '#f6f3ee', dark: '#17181a' };

export interface AppWindow {
  /** Makes the window if there is none, and brings it to the front. */
  show(): void;
  hide(): void;
  isFocused(): boolean;
  /** Shows the app from this address, unless it is shown already. */
  showApp(url: string): void;
  showTrouble(trouble: Trouble): void;
  /** Null while there is no window. */
  trusted(): Trusted | null;
  /** @returns false when no page of the app is there to hear it. */
  send<Name extends keyof DesktopEvents>(
    name: Name,
    ...parameters: Parameters<DesktopEvents[Name]>
  ): boolean;
  setTitle(title: string): void;
  /** 0 to 1; null for «busy»; undefined for none. */
  setProgress(fraction: number | null | undefined): void;
  /** For dialogs; null while there is no window. */
  readonly window: BrowserWindow | null;
  /** What a button of the page about trouble does. */
  onTroubleAction(listener: (action: TroubleAction) => void): void;
  /** Asked when the window is to be closed: whether it may. */
  onClose(listener: () => boolean): void;
  /** There is no page any more that listens. */
  onPageGone(listener: () => void): void;
}

export function createAppWindow({ words, language, place, file }: Shell): AppWindow {
  const stateFile = join(place.shellData, 'window.json');
  let onTroubleAction: (action: TroubleAction) => void = () => undefined;
  let mayClose = (): boolean => true;
  let onPageGone = (): void => undefined;
  let window: BrowserWindow | null = null;
  /** What the window is to show. */
  let address = startingPage(words, language);
  let appUrl: string | null = null;

  const make = (): BrowserWindow => {
    const state = readState(stateFile);
    const made = new BrowserWindow({
      ...placeWindow(state, workAreas()),
      minWidth: LEAST.width,
      minHeight: LEAST.height,
      title: words.appName,
      icon: file('icon.png'),
      backgroundColor: nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
      show: false,
      webPreferences: {
        preload: file('app-preload.cjs'),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
        // The page shows a build's progress also behind other windows.
        backgroundThrottling: false,
      },
    });
    if (state?.maximised === true) made.maximize();
    setContentsRules(made.webContents, {
      mayShow: (to) => appUrl !== null && isAppPage(to, appUrl),
      // The page keeps what is edited by itself.
      askBeforeLeaving: false,
      onAction: (to) => {
        const action = appUrl === null ? troubleAction(to) : null;
        if (action !== null) onTroubleAction(action);
        return action !== null;
      },
    });
    made.once('ready-to-show', () => made.show());
    // Titles come by the bridge: what a page without a title calls itself is of no use.
    made.on('page-title-updated', (event) => event.preventDefault());
    made.on('close', (event) => {
      writeState(stateFile, made);
      if (!mayClose()) event.preventDefault();
    });
    made.on('closed', () => {
      window = null;
      onPageGone();
    });
    return made;
  };

  const load = (to: string): void => {
    address = to;
    if (window === null) return;
    // A page that cannot be loaded is the service's trouble, which its keeper notices and tells.
    window.loadURL(to).catch(() => undefined);
    onPageGone();
  };

  return {
    get window() {
      return window;
    },
    show() {
      if (window === null) {
        window = make();
        load(address);
        return;
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    hide() {
      window?.hide();
    },
    isFocused: () => window?.isFocused() ?? false,
    showApp(url) {
      if (appUrl === url) return;
      appUrl = url;
      load(url);
    },
    showTrouble(trouble) {
      appUrl = null;
      load(troublePage(words, language, trouble));
    },
    trusted() {
      if (window === null || appUrl === null) return null;
      const url = appUrl;
      return { contentsId: window.webContents.id, isOurs: (page) => isAppPage(page, url) };
    },
    send(name, ...parameters) {
      if (window === null || appUrl === null) return false;
      window.webContents.send(eventChannel(name), ...parameters);
      return true;
    },
    onTroubleAction(listener) {
      onTroubleAction = listener;
    },
    onClose(listener) {
      mayClose = listener;
    },
    onPageGone(listener) {
      onPageGone = listener;
    },
    setTitle(title) {
      window?.setTitle(title === '' ? words.appName : title);
    },
    setProgress(fraction) {
      // Electron: below 0 removes the bar, above 1 shows one without an end.
      window?.setProgressBar(fraction === undefined ? -1 : (fraction ?? 2));
    },
  };
}

function workAreas() {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return [primary, ...others].map(({ workArea }) => workArea);
}

function readState(file: string) {
  try {
    return parseWindowState(readFileSync(file, 'utf8'));
  } catch {
    // The first run.
    return null;
  }
}

function writeState(file: string, window: BrowserWindow): void {
  const state = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
  try {
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  } catch {
    // A full disk: the window comes back at its first place.
    return;
  }
}
