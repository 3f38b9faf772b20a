/**
 * The application's menu as data: what is in it, under which accelerator, and what each entry asks for. Pure; Electron's
 * menu is made of it in `application-menu.ts`.
 */
import type { DesktopCommand } from '../../renderer/bridge/bridge.ts';
import type { Words } from '../words/en.ts';

/** Who carries an entry out. */
export type MenuAction =
  /** The page. */
  | { readonly to: 'page'; readonly command: DesktopCommand }
  | { readonly to: 'shell'; readonly command: ShellCommand }
  | { readonly to: 'shell'; readonly command: 'open-recent'; readonly path: string };

export type ShellCommand =
  | 'clear-recent'
  | 'open-configurator'
  | 'open-logs'
  | 'restart-service'
  | 'quit';

/** What the system does by itself in the window in front; the names are Electron's. */
export type MenuRole =
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'zoomIn'
  | 'zoomOut'
  | 'resetZoom'
  | 'togglefullscreen'
  | 'toggleDevTools'
  | 'minimize'
  | 'close'
  | 'front'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'services';

export type MenuItem =
  | { readonly type: 'separator' }
  | { readonly type: 'role'; readonly role: MenuRole }
  | {
      readonly type: 'action';
      readonly label: string;
      readonly accelerator?: string;
      readonly enabled: boolean;
      readonly action: MenuAction;
    }
  | { readonly type: 'menu'; readonly label: string; readonly items: readonly MenuItem[] };

export interface MenuState {
  readonly words: Words;
  readonly platform: NodeJS.Platform;
  /** Whether the app's page is there to hear commands. */
  readonly pageReady: boolean;
  /** Whether the service has a Configurator. */
  readonly hasConfigurator: boolean;
  /** Whether the shell started the service, and may start it again. */
  readonly ownsService: boolean;
  /** Absolute paths, the latest first. */
  readonly recent: readonly string[];
  /** Developer tools are for those who run Kiln from its sources. */
  readonly isPackaged: boolean;
}

const separator: MenuItem = { type: 'separator' };
const role = (name: MenuRole): MenuItem => ({ type: 'role', role: name });

/** The menus from left to right. */
export function menuItems(state: MenuState): readonly MenuItem[] {
  const { words, platform, pageReady } = state;
  const isMac = platform === 'darwin';
  const page = (label: string, command: DesktopCommand, accelerator?: string): MenuItem => ({
    type: 'action',
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    enabled: pageReady,
    action: { to: 'page', command },
  });
  const shell = (
    label: string,
    command: ShellCommand,
    { accelerator, enabled = true }: { accelerator?: string; enabled?: boolean } = {},
  ): MenuItem => ({
    type: 'action',
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    enabled,
    action: { to: 'shell', command },
  });
  const menu = (label: string, items: readonly MenuItem[]): MenuItem => ({
    type: 'menu',
    label,
    items,
  });
  const about = page(words.about, 'go-about');
  const settings = page(words.settings, 'go-settings', 'CmdOrCtrl+,');
  const quit = shell(words.quit, 'quit', { accelerator: 'CmdOrCtrl+Q' });

  return [
    ...(isMac ? [menu(words.appName, macItems(about, settings, quit))] : []),
    menu(words.menuFile, [
      page(words.newKeymap, 'new', 'CmdOrCtrl+N'),
      page(words.open, 'open', 'CmdOrCtrl+O'),
      menu(words.openRecent, recentItems(state)),
      separator,
      page(words.save, 'save', 'CmdOrCtrl+S'),
      page(words.exportPicture, 'export-picture'),
      page(words.print, 'print', 'CmdOrCtrl+P'),
      separator,
      ...(isMac ? [role('close')] : [settings, separator, quit]),
    ]),
    menu(words.menuEdit, [
      page(words.undo, 'undo', 'CmdOrCtrl+Z'),
      page(words.redo, 'redo', isMac ? 'Cmd+Shift+Z' : 'Ctrl+Y'),
      separator,
      role('cut'),
      role('copy'),
      role('paste'),
      role('selectAll'),
      separator,
      page(words.find, 'find', 'CmdOrCtrl+F'),
    ]),
    menu(words.menuBuild, [
      page(words.build, 'build', 'CmdOrCtrl+B'),
      page(words.cancelBuild, 'cancel-build'),
      separator,
      page(words.flash, 'flash', 'CmdOrCtrl+Shift+F'),
    ]),
    menu(words.menuGo, [
      page(words.keyboards, 'go-keyboards', 'CmdOrCtrl+1'),
      page(words.editor, 'go-editor', 'CmdOrCtrl+2'),
      page(words.builds, 'go-builds', 'CmdOrCtrl+3'),
      page(words.flashPage, 'go-flash', 'CmdOrCtrl+4'),
      page(words.health, 'go-health', 'CmdOrCtrl+5'),
      separator,
      shell(words.configurator, 'open-configurator', { enabled: state.hasConfigurator }),
    ]),
    menu(words.menuView, [
      role('resetZoom'),
      role('zoomIn'),
      role('zoomOut'),
      separator,
      role('togglefullscreen'),
      ...(state.isPackaged ? [] : [role('toggleDevTools')]),
    ]),
    menu(words.menuWindow, [
      role('minimize'),
      ...(isMac ? [separator, role('front')] : [role('close')]),
    ]),
    menu(words.menuHelp, [
      shell(words.openLogs, 'open-logs'),
      shell(words.restartService, 'restart-service', { enabled: state.ownsService }),
      ...(isMac ? [] : [separator, about]),
    ]),
  ];
}

function macItems(about: MenuItem, settings: MenuItem, quit: MenuItem): readonly MenuItem[] {
  return [
    about,
    separator,
    settings,
    separator,
    role('services'),
    separator,
    role('hide'),
    role('hideOthers'),
    role('unhide'),
    separator,
    quit,
  ];
}

function recentItems({ words, recent }: MenuState): readonly MenuItem[] {
  const clear: MenuItem = {
    type: 'action',
    label: words.clearRecent,
    enabled: recent.length > 0,
    action: { to: 'shell', command: 'clear-recent' },
  };
  const files = recent.map(
    (path): MenuItem => ({
      type: 'action',
      // `&` marks the letter of a menu's shortcut.
      label: path.replace(/&/g, '&&'),
      enabled: true,
      action: { to: 'shell', command: 'open-recent', path },
    }),
  );
  return files.length === 0 ? [clear] : [...files, separator, clear];
}
