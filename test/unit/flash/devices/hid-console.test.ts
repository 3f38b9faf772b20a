import { describe, expect, it } from 'vitest';
import {
  createHidConsole,
  createLineJoiner,
  type HidStream,
} from '../../../../flash/devices/hid-console.ts';
import type { AttachedDevice } from '../../../../flash/devices/model.ts';

function report(text: string): Uint8Array {
  const bytes = Buffer.alloc(32);
  bytes.write(text);
  return bytes;
}

describe('console reports', () => {
  it('are joined to lines, without their padding', () => {
    const lines: string[] = [];
    const take = createLineJoiner((line) => lines.push(line));
    for (const text of ['hello ', 'world\r\nse', 'cond\n', '', 'no end']) take(report(text));
    expect(lines).toEqual(['hello world', 'second']);
  });

  it('keep a character that is cut between two of them', () => {
    const lines: string[] = [];
    const take = createLineJoiner((line) => lines.push(line));
    const bytes = Buffer.from('ü\n');
    take(bytes.subarray(0, 1));
    take(bytes.subarray(1));
    expect(lines).toEqual(['ü']);
  });

  it('that never end a line do not fill the memory', () => {
    const lines: string[] = [];
    const take = createLineJoiner((line) => lines.push(line));
    for (let number = 0; number < 100; number += 1) take(report('x'.repeat(32)));
    expect(lines.length).toBeGreaterThan(1);
  });
});

const keyboard = (instance: string, path: string, usage = 0x74): AttachedDevice => ({
  id: 'usb-1-1',
  instance,
  usb: null,
  ports: [],
  hid: [{ path, access: 'ok', usagePage: 0xff31, usage }],
  volumes: [],
});

describe('the consoles of attached keyboards', () => {
  it('are opened once each, and only they; and closed when the keyboard leaves', async () => {
    const opened: string[] = [];
    const closed: string[] = [];
    const said: string[] = [];
    let speak: (data: Uint8Array) => void = () => undefined;
    const open = async (path: string): Promise<HidStream> => {
      opened.push(path);
      return {
        on(event: string, listener: never) {
          if (event === 'data') speak = listener;
        },
        close: () => closed.push(path),
      };
    };
    const consoles = createHidConsole(open, ({ text }) => said.push(text));
    const other = keyboard('b', '/dev/hidraw2', 6);
    for (let times = 0; times < 3; times += 1) {
      consoles.follow([keyboard('a', '/dev/hidraw1'), other]);
      await Promise.resolve();
    }
    speak(report('hello\n'));
    expect(opened).toEqual(['/dev/hidraw1']);
    expect(said).toEqual(['hello']);
    consoles.follow([other]);
    expect(closed).toEqual(['/dev/hidraw1']);
    consoles.follow([keyboard('c', '/dev/hidraw1')]);
    await Promise.resolve();
    consoles.close();
    expect(closed).toEqual(['/dev/hidraw1', '/dev/hidraw1']);
  });

  it('that cannot be opened say so, and harm nobody', async () => {
    const said: string[] = [];
    const open = async () => {
      throw new Error('busy');
    };
    const consoles = createHidConsole(open, ({ text }) => said.push(text));
    consoles.follow([keyboard('a', '/dev/hidraw1')]);
    await Promise.resolve();
    expect(said).toEqual([expect.stringContaining('busy')]);
    consoles.close();
  });
});
