/** Listens to the consoles of all attached QMK keyboards. Opens only console interfaces, which carry no keystrokes. */
import { createReadStream } from 'node:fs';
import type { ConsoleLine } from './messages.ts';
import type { AttachedDevice } from './model.ts';
import { consolesOf } from './recognise.ts';

/** What is needed of a HID package; node-hid's own classes fit. */
export interface HidStream {
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): unknown;
}
export type OpenHid = (path: string) => Promise<HidStream>;

/** Loaded here, since it is native code: where it does not load, only the console is missing. */
export const openWithNodeHid: OpenHid = async (path) => {
  const { HIDAsync } = await import('node-hid');
  return HIDAsync.open(path);
};

/** As long as QMK's console reports are. */
const REPORT_BYTES = 32;

/** Where a file or a pipe stands for the node. */
export const openAsFile: OpenHid = async (path) => {
  return createReadStream(path, { highWaterMark: REPORT_BYTES }) as unknown as HidStream;
};

/** A line that does not end is given out after so many characters. */
const LONGEST_LINE = 1000;

/** Reports are padded with zeros; lines may come in several of them. Pure but for the line that has no end yet. */
export function createLineJoiner(onLine: (text: string) => void): (report: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (report) => {
    const end = report.indexOf(0);
    const bytes = end < 0 ? report : report.subarray(0, end);
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.replace(/\r$/, ''));
    if (rest.length > LONGEST_LINE) {
      onLine(rest);
      rest = '';
    }
  };
}

export interface HidConsole {
  /** Opens what is new and forgets what has left. */
  follow(devices: readonly AttachedDevice[]): void;
  close(): void;
}

export function createHidConsole(open: OpenHid, onLine: (line: ConsoleLine) => void): HidConsole {
  /** By instance and node; null while it is being opened, or could not be. */
  const streams = new Map<string, HidStream | null>();
  let closed = false;

  const listen = async (key: string, device: AttachedDevice, path: string): Promise<void> => {
    streams.set(key, null);
    const title = device.usb?.product ?? device.id;
    try {
      const stream = await open(path);
      if (closed || !streams.has(key)) {
        stream.close();
        return;
      }
      streams.set(key, stream);
      const join = createLineJoiner((text) =>
        onLine({ at: Date.now(), device: device.id, title, text }),
      );
      stream.on('data', join);
      // It was unplugged; the next look forgets it.
      stream.on('error', () => undefined);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const text = `[Kiln] This console cannot be opened: ${why}`;
      onLine({ at: Date.now(), device: device.id, title, text });
    }
  };

  return {
    follow(devices) {
      const wanted = new Map<string, () => Promise<void>>();
      for (const device of devices) {
        for (const { path, access } of consolesOf(device)) {
          if (access === 'denied') continue;
          const key = `${device.instance} ${path}`;
          wanted.set(key, () => listen(key, device, path));
        }
      }
      for (const [key, stream] of streams) {
        if (wanted.has(key)) continue;
        streams.delete(key);
        stream?.close();
      }
      for (const [key, start] of wanted) if (!streams.has(key)) void start();
    },
    close() {
      closed = true;
      for (const stream of streams.values()) stream?.close();
      streams.clear();
    },
  };
}
