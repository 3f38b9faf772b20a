/** The shell: a table of its contents. Each part is a file of its own; what they share is in `shell.ts`. */
import { app, session } from 'electron';
import { answerPages } from './answer-pages.ts';
import { createDelivery } from './documents/deliver.ts';
import { hearOpens } from './documents/hear-opens.ts';
import { openRecentFiles } from './documents/recent-files.ts';
import { describe } from './errors.ts';
import { keepMenu } from './menus/application-menu.ts';
import { createTray } from './menus/tray.ts';
import { installQuit } from './quit.ts';
import { configuratorOrigin } from './security/addresses.ts';
import { guardContents } from './security/contents-rules.ts';
import { guardSession } from './security/session-rules.ts';
import { findShellPlace, keepService, openShell } from './shell.ts';
import { createAppWindow } from './windows/app-window.ts';
import { CONFIGURATOR_PARTITION, createConfiguratorWindow } from './windows/configurator-window.ts';
import { showService } from './windows/show-service.ts';

// Before anything else of Electron: where its own data goes, and whether another shell is at work there already.
const place = findShellPlace();
// Every renderer, whatever a window says. Whoever switched the system's sandbox off (root has to) has none to enter.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
// macOS names files to open before the program is ready.
const opens = hearOpens();

if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

/** In this order: nothing is loaded before it is guarded, and nothing is asked before somebody answers. */
function start(): void {
  const shell = openShell(place);
  const { log, words } = shell;
  log.write('info', `Kiln ${app.getVersion()}, Electron ${process.versions.electron}`);
  const keeper = keepService(shell);
  const serviceUrl = () => keeper.now.address?.url ?? null;

  guardContents(words, log);
  guardSession(session.defaultSession, serviceUrl, log);
  guardSession(
    session.fromPartition(CONFIGURATOR_PARTITION),
    () => {
      const url = serviceUrl();
      return url === null ? null : configuratorOrigin(url);
    },
    log,
  );

  const window = createAppWindow(shell);
  const configurator = createConfiguratorWindow(shell, {
    serviceUrl,
    showPage: (path) => {
      window.show();
      delivery.show(path);
    },
  });
  const recent = openRecentFiles(shell);
  const delivery = createDelivery({ shell, window, recent });
  installQuit({ shell, keeper, window });
  showService(shell, keeper, window);
  keepMenu({ shell, keeper, window, configurator, recent, delivery });
  const tray = createTray({ shell, keeper, window });
  const onProgress = (fraction: number | null | undefined): void => {
    window.setProgress(fraction);
    tray.setProgress(fraction);
  };
  answerPages({ shell, keeper, window, configurator, recent, delivery, onProgress });

  app.on('activate', () => window.show());
  window.show();
  opens.deliverTo((asked) => {
    window.show();
    delivery.open(asked);
  });
  keeper.start().catch((error: unknown) => log.write('error', describe(error)));
}
