/** What the window shows follows the service: the app while it runs, what happened when it cannot. */
import { app } from 'electron';
import { describe } from '../errors.ts';
import { openLogs } from '../requests.ts';
import { APP_PATH } from '../security/addresses.ts';
import type { ServiceKeeper } from '../service/keep-service.ts';
import type { Shell } from '../shell.ts';
import type { AppWindow } from './app-window.ts';
import type { TroubleAction } from './trouble-page.ts';

/** A page that is shown already is told instead: it knows best what to do, and may hold an edited keymap. */
export function showService(shell: Shell, keeper: ServiceKeeper, window: AppWindow): void {
  keeper.onChange(({ state, address, trouble }) => {
    if (state === 'running' && address !== null) window.showApp(address.url + APP_PATH);
    if (state === 'failed' && trouble !== null && window.trusted() === null) {
      window.showTrouble(trouble);
    }
    window.send('service', { state, message: trouble?.message ?? null });
  });

  const carryOut = (action: TroubleAction): Promise<void> | void => {
    switch (action) {
      case 'retry':
        return keeper.restart();
      case 'other-port':
        return keeper.restart({ anyPort: true });
      case 'logs':
        return openLogs(shell.place.logs);
      case 'quit':
        return app.quit();
    }
  };
  window.onTroubleAction((action) => {
    Promise.resolve(carryOut(action)).catch((error: unknown) =>
      shell.log.write('error', describe(error)),
    );
  });
}
