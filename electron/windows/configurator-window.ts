/** A window for the QMK Configurator that was added to the service, with the object that it looks for in a shell. */

import { promises } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog } from 'electron';
import { ShellError } from '../errors.ts';
import type { ConfiguratorImage } from '../ipc/messages.ts';
import type { Trusted } from '../ipc/trusted-sender.ts';
import {
  CONFIGURATOR_PATH,
  configuratorOrigin,
  isConfiguratorPage,
  isOnOrigin,
} from '../security/addresses.ts';
import { setContentsRules } from '../security/contents-rules.ts';
import { get } from '../service/http.ts';
import type { Shell } from '../shell.ts';
import type { Words } from '../words/en.ts';

/** A storage of its own: the app's page and this one share nothing. */
export const CONFIGURATOR_PARTITION = 'persist:configurator';

export interface ConfiguratorWindow {
  /** Whether the service has one. */
  isThere(): Promise<boolean>;
  /** @throws ShellError `service.unreachable` */
  open(): Promise<void>;
  trusted(): Trusted | null;
  /** @returns what its terminal is to say */
  flashImage(image: ConfiguratorImage): Promise<readonly string[]>;
  flashFile(): readonly string[];
}

/** @param serviceUrl the service's address; null while there is none. */
export function createConfiguratorWindow(
  { words, file }: Shell,
  serviceUrl: () => string | null,
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
    async flashImage(image) {
      const service = serviceUrl();
      if (service === null || !isOnOrigin(image.url, [configuratorOrigin(service)]))
        return [words.imageRefused];
      // In a shell the app has no button to download an image, so that saving it is all that can be offered here.
      return [words.noFlashing, await saveImage(image, words, window)];
    },
    flashFile: () => [words.noFlashing],
  };
}

async function saveImage(
  image: ConfiguratorImage,
  words: Words,
  window: BrowserWindow | null,
): Promise<string> {
  const { status, body } = await get(image.url, { timeoutMs: 30_000 });
  if (status !== 200) return `${words.imageNotSaved} (HTTP ${status})`;
  const offer = { defaultPath: join(app.getPath('downloads'), image.fileName) };
  const { filePath } = await (window === null
    ? dialog.showSaveDialog(offer)
    : dialog.showSaveDialog(window, offer));
  if (filePath === undefined || filePath === '') return words.imageNotSaved;
  await promises.writeFile(filePath, body);
  return `${words.imageSaved} ${filePath}`;
}
