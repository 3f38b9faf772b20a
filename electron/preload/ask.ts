/** The pages' side of the map. The only file that sends messages to the shell. */
import { ipcRenderer } from 'electron';
import type { DesktopEvents } from '../../renderer/bridge/bridge.ts';
import {
  eventChannel,
  LISTENING_CHANNEL,
  type Reply,
  type Requests,
  requestChannel,
} from '../ipc/messages.ts';

/** @returns the answer; rejects with what the shell said against it. */
export async function ask(name: keyof Requests, parameters: readonly unknown[]): Promise<unknown> {
  const reply = (await ipcRenderer.invoke(requestChannel(name), ...parameters)) as Reply;
  if (!reply.ok) throw new Error(reply.message);
  return reply.value;
}

/** @returns what ends the subscription. */
export function listen(name: keyof DesktopEvents, listener: (value: unknown) => void): () => void {
  const channel = eventChannel(name);
  // The event itself stays here: it leads to Electron's own objects.
  const hear = (_event: unknown, value: unknown): void => listener(value);
  ipcRenderer.on(channel, hear);
  void ipcRenderer.invoke(LISTENING_CHANNEL, name);
  return () => {
    ipcRenderer.removeListener(channel, hear);
  };
}
