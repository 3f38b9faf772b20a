/** The icon among those of the system: says what the service does, also while no window is open. */
import { app, Menu, nativeImage, Tray } from 'electron';
import type { ServiceKeeper } from '../service/keep-service.ts';
import type { Shell } from '../shell.ts';
import type { AppWindow } from '../windows/app-window.ts';
import { IDLE, type TrayState, trayState } from './tray-state.ts';

export interface TrayParts {
  readonly shell: Shell;
  readonly keeper: ServiceKeeper;
  readonly window: AppWindow;
}

export interface TrayIcon {
  /** Of the build that the page follows: 0 to 1, null while no end is known, undefined for none. */
  setProgress(fraction: number | null | undefined): void;
}

/** On a desktop without a place for such icons (GNOME, as it comes) nothing is seen, and nothing is lost. */
export function createTray({ shell, keeper, window }: TrayParts): TrayIcon {
  const { words, log, file } = shell;
  let tray: Tray | null = null;
  let shown = '';
  let fraction: number | null = null;

  const show = (state: TrayState): void => {
    const text = JSON.stringify(state);
    if (text === shown) return;
    shown = text;
    const image = nativeImage.createFromPath(file(`tray-${state.icon}.png`));
    if (tray === null) {
      try {
        tray = new Tray(image);
      } catch (error) {
        log.write('warn', `no tray: ${String(error)}`);
        return;
      }
      // On Linux a click shows the menu.
      tray.on('click', () => window.show());
    }
    tray.setImage(image);
    tray.setToolTip(state.tooltip);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state.line, enabled: false },
        { type: 'separator' },
        { label: words.showKiln, click: () => window.show() },
        { label: words.quit, click: () => app.quit() },
      ]),
    );
  };
  const update = (): void => {
    const { health, state } = keeper.now;
    show(trayState(words, state, { ...(health ?? IDLE), fraction }));
  };
  keeper.onChange(update);
  update();
  return {
    setProgress(value) {
      fraction = value ?? null;
      update();
    },
  };
}
