/** A window for the QMK Configurator that was added to the service, with the object that it looks for in a shell. */

import { BrowserWindow } from 'electron';
import { ShellError } from '../errors.ts';
import type { Trusted } from '../ipc/trusted-sender.ts';
import {
  CONFIGURATOR_PATH,
  configuratorOrigin,
  isConfiguratorPage,
  jobOfImage,
} from '../security/addresses.ts';
import { setContentsRules } from '../security/contents-rules.ts';
import { get } from '../service/http.ts';
import type { Shell } from '../shell.ts';

/** A storage of its own: the app's page and this one share nothing. */
export const CONFIGURATOR_PARTITION = 'persist:configurator';

export interface ConfiguratorWindow {
  /** Whether the service has one. */
  isThere(): Promise<boolean>;
  /** @throws ShellError `service.unreachable` */
  open(): Promise<void>;
  trusted(): Trusted | null;
  /**
   * Brings the image of a build to the app's Flash page, where a person sees what it is checked for and starts it. A page
   * that is not Kiln's own starts nothing. @returns what its terminal is to say
   */
  flashImage(url: string): readonly string[];
  /** The same for a file that the person chooses there. */
  flashFile(): readonly string[];
}

export interface ConfiguratorWindowOptions {
  /** The service's address; null while there is none. */
  readonly serviceUrl: () => string | null;
  /** Shows a page of the app, by its path, in the app's own window. */
  readonly showPage: (path: string) => void;
}

export function createConfiguratorWindow(
  { words, file }: Shell,
  { serviceUrl, showPage }: ConfiguratorWindowOptions,
): ConfiguratorWindow {
  let window: BrowserWindow | null = null;
  const pageUrl = (): string => {
    const url = serviceUrl();
    if (url === null) throw new ShellError('service.unreachable', 'The service does not run.');
    return configuratorOrigin(url) + CONFIGURATOR_PATH;
  };
  const isOurs = (page: string): boolean => {
    const url = serviceUrl();
    return url !== null && isConfiguratorPage(page, url);
  };
  const make = (): BrowserWindow => {
    const made = new BrowserWindow({
      width: 1280,
      height: 900,
      title: words.configurator,
      icon: file('icon.png'),
      webPreferences: {
        preload: file('configurator-preload.cjs'),
        partition: CONFIGURATOR_PARTITION,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    setContentsRules(made.webContents, { mayShow: isOurs, askBeforeLeaving: true });
    made.on('closed', () => {
      window = null;
    });
    return made;
  };

  return {
    async isThere() {
      const url = serviceUrl();
      if (url === null) return false;
      const found = await get(configuratorOrigin(url) + CONFIGURATOR_PATH).catch(() => null);
      return found?.status === 200;
    },
    async open() {
      const url = pageUrl();
      if (window === null) {
        window = make();
        await window.loadURL(url);
      } else {
        window.show();
        window.focus();
      }
    },
    trusted: () => (window === null ? null : { contentsId: window.webContents.id, isOurs }),
    flashImage(url) {
      const service = serviceUrl();
      const job = service === null ? null : jobOfImage(url, service);
      if (job === null) return [words.imageRefused];
      showPage(`/flash?job=${encodeURIComponent(job)}`);
      return [words.flashElsewhere];
    },
    flashFile() {
      showPage('/flash');
      return [words.flashElsewhere];
    },
  };
}
