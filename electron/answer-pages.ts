/** Connects the messages of both kinds of pages with who carries them out. */
import type { Delivery } from './documents/deliver.ts';
import { answerRequests, onListening } from './ipc/answer.ts';
import { appRequests, type RequestParts } from './requests.ts';

export function answerPages(parts: RequestParts & { readonly delivery: Delivery }): void {
  const { shell, window, configurator, delivery } = parts;
  const trusted = () => window.trusted();
  answerRequests(appRequests(parts), trusted, shell.log);
  onListening(trusted, shell.log, (event) => {
    if (event === 'keymap-opened' || event === 'navigate') delivery.pageListens(event);
  });
  answerRequests(
    {
      'flash-image': ({ url }) => configurator.flashImage(url),
      'flash-file': () => configurator.flashFile(),
    },
    () => configurator.trusted(),
    shell.log,
  );
}
