/** Brings what a person opens to the page: now, or as soon as it listens. */
import { dialog } from 'electron';
import type { OpenedFile } from '../../renderer/bridge/bridge.ts';
import { describe } from '../errors.ts';
import type { Shell } from '../shell.ts';
import type { AppWindow } from '../windows/app-window.ts';
import type { Asked } from './command-line.ts';
import { parseKilnLink } from './kiln-link.ts';
import { readKeymapFile } from './opened-files.ts';
import { routeOf } from './page-route.ts';
import type { RecentFiles } from './recent-files.ts';

export interface Delivery {
  open(asked: Asked): void;
  /** @param path of a page of the app, one of ours */
  show(path: string): void;
  /** The page began to listen. */
  pageListens(event: 'keymap-opened' | 'navigate'): void;
}

export interface DeliveryOptions {
  readonly window: AppWindow;
  readonly recent: RecentFiles;
  readonly shell: Shell;
}

export function createDelivery({ window, recent, shell }: DeliveryOptions): Delivery {
  const { words, log } = shell;
  const waiting: { files: OpenedFile[]; routes: string[] } = { files: [], routes: [] };
  const listens = { 'keymap-opened': false, navigate: false };

  const flush = (): void => {
    if (listens['keymap-opened']) {
      for (const file of waiting.files.splice(0)) window.send('keymap-opened', file);
    }
    if (listens.navigate) {
      for (const route of waiting.routes.splice(0)) window.send('navigate', route);
    }
  };
  const tell = (error: unknown): void => {
    log.write('warn', describe(error));
    void dialog.showMessageBox({
      type: 'warning',
      message: words.cannotOpen,
      detail: describe(error),
      buttons: [words.close],
    });
  };
  const openFile = async (path: string): Promise<void> => {
    waiting.files.push(await readKeymapFile(path));
    recent.add(path);
    flush();
  };

  window.onPageGone(() => {
    listens['keymap-opened'] = false;
    listens.navigate = false;
  });
  return {
    open({ files, links }) {
      for (const path of files) openFile(path).catch(tell);
      for (const link of links) {
        try {
          waiting.routes.push(routeOf(parseKilnLink(link)));
        } catch (error) {
          tell(error);
        }
      }
      flush();
    },
    show(path) {
      waiting.routes.push(path);
      flush();
    },
    pageListens(event) {
      listens[event] = true;
      flush();
    },
  };
}
