/** Makes Electron's menu of the data in `menu-items.ts`, and carries out what is chosen. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Delivery } from '../documents/deliver.ts';
import type { RecentFiles } from '../documents/recent-files.ts';
import { describe } from '../errors.ts';
import { openLogs } from '../requests.ts';
import type { ServiceKeeper } from '../service/keep-service.ts';
import type { Shell } from '../shell.ts';
import type { AppWindow } from '../windows/app-window.ts';
import type { ConfiguratorWindow } from '../windows/configurator-window.ts';
import { type MenuAction, type MenuItem, menuItems } from './menu-items.ts';

export interface MenuParts {
  readonly shell: Shell;
  readonly keeper: ServiceKeeper;
  readonly window: AppWindow;
  readonly configurator: ConfiguratorWindow;
  readonly recent: RecentFiles;
  readonly delivery: Delivery;
}

function toTemplate(
  item: MenuItem,
  onAction: (action: MenuAction) => void,
): MenuItemConstructorOptions {
  switch (item.type) {
    case 'separator':
      return { type: 'separator' };
    case 'role':
      return { role: item.role };
    case 'menu':
      return { label: item.label, submenu: item.items.map((inner) => toTemplate(inner, onAction)) };
    case 'action':
      return {
        label: item.label,
        enabled: item.enabled,
        click: () => onAction(item.action),
        ...(item.accelerator === undefined ? {} : { accelerator: item.accelerator }),
      };
  }
}

async function carryOut(action: MenuAction, parts: MenuParts): Promise<void> {
  const { shell, keeper, window, configurator, recent, delivery } = parts;
  if (action.to === 'page') {
    window.show();
    window.send('command', action.command);
    return;
  }
  switch (action.command) {
    case 'open-recent':
      return delivery.open({ files: [action.path], links: [] });
    case 'clear-recent':
      return recent.clear();
    case 'open-configurator':
      return configurator.open();
    case 'open-logs':
      return openLogs(shell.place.logs);
    case 'restart-service':
      return keeper.restart();
    case 'quit':
      return app.quit();
  }
}

/** Shows the menu, and keeps it to what can be done. */
export function keepMenu(parts: MenuParts): void {
  const { shell, keeper, window, configurator, recent } = parts;
  const onAction = (action: MenuAction): void => {
    carryOut(action, parts).catch((error: unknown) => shell.log.write('error', describe(error)));
  };
  let hasConfigurator = false;
  let shown = '';
  const update = (): void => {
    const items = menuItems({
      words: shell.words,
      platform: process.platform,
      pageReady: window.trusted() !== null,
      hasConfigurator,
      ownsService: keeper.now.owned,
      recent: recent.paths,
      isPackaged: app.isPackaged,
    });
    // A new menu closes the one that a person has open.
    const text = JSON.stringify(items);
    if (text === shown) return;
    shown = text;
    const template = items.map((item) => toTemplate(item, onAction));
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  recent.onChange(update);
  keeper.onChange(() => {
    update();
    void configurator.isThere().then((there) => {
      hasConfigurator = there;
      update();
    });
  });
  update();
}
