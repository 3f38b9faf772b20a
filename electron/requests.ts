/** What the app's page may ask of the shell, and what each does. */
import { promises } from 'node:fs';
import { basename, join } from 'node:path';
import { app, type BrowserWindow, dialog, shell as system } from 'electron';
import type { FileToSave } from '../renderer/bridge/bridge.ts';
import { readKeymapFile } from './documents/opened-files.ts';
import type { RecentFiles } from './documents/recent-files.ts';
import { ShellError } from './errors.ts';
import type { Handlers } from './ipc/answer.ts';
import type { AppMessage } from './ipc/messages.ts';
import { notifyBuildEnd } from './notifications.ts';
import { openExternally } from './security/contents-rules.ts';
import type { ServiceKeeper } from './service/keep-service.ts';
import type { Shell } from './shell.ts';
import type { AppWindow } from './windows/app-window.ts';
import type { ConfiguratorWindow } from './windows/configurator-window.ts';

export interface RequestParts {
  readonly shell: Shell;
  readonly keeper: ServiceKeeper;
  readonly window: AppWindow;
  readonly configurator: ConfiguratorWindow;
  readonly recent: RecentFiles;
  /** Of the build that the page follows: 0 to 1, null while no end is known, undefined for none. */
  readonly onProgress: (fraction: number | null | undefined) => void;
}

/** A dialog belongs to the window that asked, if there is one. */
function inWindow<Options, Result>(
  window: BrowserWindow | null,
  show: {
    (window: BrowserWindow, options: Options): Promise<Result>;
    (options: Options): Promise<Result>;
  },
  options: Options,
): Promise<Result> {
  return window === null ? show(options) : show(window, options);
}

export function appRequests(parts: RequestParts): Handlers<AppMessage> {
  const { shell, keeper, window, configurator, recent } = parts;
  const { words, place } = shell;
  return {
    'session-token': () => keeper.readToken(),
    'app-info': () => ({
      version: app.getVersion(),
      platform: process.platform,
      electron: process.versions.electron ?? '',
      chromium: process.versions.chrome ?? '',
    }),
    async 'open-keymap'() {
      const { filePaths } = await inWindow(window.window, dialog.showOpenDialog, {
        properties: ['openFile' as const],
        filters: [
          { name: words.filterKeymaps, extensions: ['json', 'vil', 'kbi'] },
          { name: words.filterAll, extensions: ['*'] },
        ],
      });
      const path = filePaths[0];
      if (path === undefined) return null;
      const file = await readKeymapFile(path);
      recent.add(path);
      return file;
    },
    'save-file': (file) => saveFile(file, window.window),
    async 'choose-folder'() {
      const { filePaths } = await inWindow(window.window, dialog.showOpenDialog, {
        properties: ['openDirectory' as const],
      });
      return filePaths[0] ?? null;
    },
    'show-logs': () => openLogs(place.logs),
    'open-configurator': () => configurator.open(),
    async 'open-external'(address) {
      await openExternally(address, words).then((opened) => {
        if (!opened) {
          throw new ShellError(
            'shell.address-refused',
            'This address was not opened in a browser.',
          );
        }
      });
    },
    'restart-service': () => keeper.restart(),
    title: (text) => window.setTitle(text),
    progress: (build) => parts.onProgress(build === null ? undefined : build.fraction),
    'build-ended': (end) => {
      if (!window.isFocused()) notifyBuildEnd(end, shell.file('icon.png'), () => window.show());
    },
  };
}

export async function openLogs(folder: string): Promise<void> {
  const problem = await system.openPath(folder);
  if (problem !== '') throw new ShellError('shell.file-unreadable', `${folder}: ${problem}.`);
}

/** @returns the path, null when the person chose none. @throws ShellError `shell.file-unwritable` */
async function saveFile(file: FileToSave, window: BrowserWindow | null): Promise<string | null> {
  const extension = /\.([a-z0-9]{1,8})$/i.exec(file.name)?.[1];
  const { filePath } = await inWindow(window, dialog.showSaveDialog, {
    defaultPath: join(app.getPath('documents'), file.name),
    filters: extension === undefined ? [] : [{ name: file.mediaType, extensions: [extension] }],
  });
  if (filePath === undefined || filePath === '') return null;
  try {
    // Beside it first: a full disk must not leave half a keymap in the place of a good one.
    const draft = `${filePath}.${process.pid}.tmp`;
    await promises.writeFile(draft, file.content);
    await promises.rename(draft, filePath);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ShellError(
      'shell.file-unwritable',
      `${basename(filePath)} was not saved: ${reason}.`,
    );
  }
  return filePath;
}
