/** Leaving: asks while a build runs that would be stopped, ends the service that was started here, and only then quits. */
import { app, dialog, type Event } from 'electron';
import type { ServiceKeeper } from './service/keep-service.ts';
import type { Shell } from './shell.ts';
import type { AppWindow } from './windows/app-window.ts';

export interface QuitOptions {
  readonly shell: Shell;
  readonly keeper: ServiceKeeper;
  readonly window: AppWindow;
}

type Answer = 'quit' | 'hide' | 'stay';
const ANSWERS: readonly Answer[] = ['quit', 'hide', 'stay'];

export function installQuit({ shell, keeper, window }: QuitOptions): void {
  const { words, log } = shell;
  let leaving = false;
  let asking = false;

  const ask = async (): Promise<Answer> => {
    // A service that was there before goes on without us.
    if (!keeper.now.owned) return 'quit';
    const health = await keeper.askHealth();
    if (health === null || health.running + health.queued === 0) return 'quit';
    const question = {
      type: 'question' as const,
      title: words.quitTitle,
      message: words.quitMessage,
      buttons: [words.quitNow, words.quitHide, words.quitStay],
      defaultId: 1,
      cancelId: 2,
      noLink: true,
    };
    const parent = window.window;
    const { response } = await (parent === null
      ? dialog.showMessageBox(question)
      : dialog.showMessageBox(parent, question));
    return ANSWERS[response] ?? 'stay';
  };

  const leave = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const answer = await ask();
      if (answer === 'hide') window.hide();
      if (answer !== 'quit') return;
      leaving = true;
      await keeper.stop();
      app.quit();
    } finally {
      asking = false;
    }
  };
  const leaveSafely = (): void => {
    leave().catch((error: unknown) => {
      log.write('error', `quitting: ${String(error)}`);
      app.exit(1);
    });
  };

  app.on('before-quit', (event: Event) => {
    if (leaving) return;
    event.preventDefault();
    leaveSafely();
  });
  app.on('window-all-closed', () => {
    // On macOS programs stay without windows.
    if (process.platform !== 'darwin') app.quit();
  });

  window.onClose(() => {
    if (leaving || process.platform === 'darwin') return true;
    // The last window takes the program with it, so that the question comes before it is gone.
    leaveSafely();
    return false;
  });
}
