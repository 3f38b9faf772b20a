/** Runs before the app's page, apart from it: what the page finds at `window.kiln`. */
import { contextBridge } from 'electron';
import { isEvent, isNotice, isRequest } from '../ipc/messages.ts';
import { ask, listen } from './ask.ts';

const unknown = (name: unknown) => new Error(`The shell knows no message ${String(name)}.`);

// Not declared as the page's interface: what comes from there has no types any more.
contextBridge.exposeInMainWorld('kiln', {
  request: async (name: unknown, ...parameters: unknown[]): Promise<unknown> => {
    if (typeof name !== 'string' || !isRequest(name)) throw unknown(name);
    return ask(name, parameters);
  },
  notify: (name: unknown, ...parameters: unknown[]): void => {
    if (typeof name !== 'string' || !isNotice(name)) throw unknown(name);
    ask(name, parameters).catch((error: unknown) => {
      // biome-ignore lint/suspicious/noConsole: the page has its own console, and nobody waits for an answer
      console.error(error);
    });
  },
  on: (name: unknown, listener: unknown): (() => void) => {
    if (typeof name !== 'string' || !isEvent(name)) throw unknown(name);
    return listen(name, listener as (value: unknown) => void);
  },
});
