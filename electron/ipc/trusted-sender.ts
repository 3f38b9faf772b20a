/** Who may talk to the shell. Pure. */
import { ShellError } from '../errors.ts';

/** Where a message came from, as the browser process knows it: nothing of it is said by the page. */
export interface Sender {
  /** Electron's number of the window's contents. */
  readonly contentsId: number;
  readonly isMainFrame: boolean;
  /** Of the frame that sent it. */
  readonly url: string;
}

/** Which page of which window may send; null while there is no such window. */
export interface Trusted {
  readonly contentsId: number;
  readonly isOurs: (url: string) => boolean;
}

/**
 * @param sender null when the frame was gone before its message was looked at.
 * @throws ShellError `shell.sender-refused`
 */
export function checkSender(sender: Sender | null, trusted: Trusted | null): void {
  const reason =
    sender === null
      ? 'its page is gone'
      : trusted === null || sender.contentsId !== trusted.contentsId
        ? 'it comes from another window'
        : !sender.isMainFrame
          ? 'it comes from a frame inside of the page'
          : trusted.isOurs(sender.url)
            ? null
            : 'another page is shown in the window';
  if (reason !== null) {
    throw new ShellError('shell.sender-refused', `The shell refused a message: ${reason}.`);
  }
}
