/** The shell's side of the map. The only file that hears messages of pages. */
import { type IpcMainInvokeEvent, ipcMain } from 'electron';
import type { DesktopEvents } from '../../renderer/bridge/bridge.ts';
import { describe } from '../errors.ts';
import type { ShellLog } from '../log.ts';
import {
  isEvent,
  LISTENING_CHANNEL,
  type Reply,
  type Requests,
  requestChannel,
} from './messages.ts';
import { checkParameters } from './parameters.ts';
import { checkSender, type Sender, type Trusted } from './trusted-sender.ts';

export type Handlers<Name extends keyof Requests> = {
  readonly [Each in Name]: (
    ...parameters: Parameters<Requests[Each]>
  ) => ReturnType<Requests[Each]> | Promise<ReturnType<Requests[Each]>>;
};

/** Null when the frame went to another page before its message was looked at. */
function senderOf(event: IpcMainInvokeEvent): Sender | null {
  const contentsId = event.sender.id;
  const frame = event.senderFrame;
  if (frame === null) return null;
  // Electron before 12 knows no frames; there, preloads run in main frames only.
  if (frame === undefined) return { contentsId, isMainFrame: true, url: event.sender.getURL() };
  return { contentsId, isMainFrame: frame.parent === null, url: frame.url };
}

async function answer(log: ShellLog, name: string, work: () => unknown): Promise<Reply> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    log.write('warn', `${name}: ${describe(error)}`);
    return { ok: false, message: describe(error) };
  }
}

/** @param trusted asked anew for each message */
export function answerRequests<Name extends keyof Requests>(
  handlers: Handlers<Name>,
  trusted: () => Trusted | null,
  log: ShellLog,
): void {
  for (const name of Object.keys(handlers) as Name[]) {
    ipcMain.handle(requestChannel(name), (event, ...given: unknown[]) =>
      answer(log, name, () => {
        checkSender(senderOf(event), trusted());
        return handlers[name](...checkParameters(name, given));
      }),
    );
  }
}

/** Tells when the page began to listen for an event. */
export function onListening(
  trusted: () => Trusted | null,
  log: ShellLog,
  listener: (name: keyof DesktopEvents) => void,
): void {
  ipcMain.handle(LISTENING_CHANNEL, (event, name: unknown) =>
    answer(log, 'listening', () => {
      checkSender(senderOf(event), trusted());
      if (typeof name === 'string' && isEvent(name)) listener(name);
    }),
  );
}
