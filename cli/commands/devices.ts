/** `kiln devices` and `kiln console`: what is attached, and what it says. */
import { type DeviceWatcher, startDeviceWatcher } from '../../flash/devices/device-watcher.ts';
import { readKeyboardLookup } from '../../flash/devices/keyboard-lookup.ts';
import { type RecognisedDevice, recognise } from '../../flash/devices/recognise.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openKiln } from '../service/kiln.ts';
import { untilInterrupted } from '../until-interrupted.ts';

export interface DevicesOptions extends GlobalOptions {
  readonly watch?: boolean;
}

const MARKS = { keyboard: '⌨', bootloader: '⚡', other: ' ' } as const;

/** A device in a line, with what keeps it from being flashed below. */
export function describeDevice(device: RecognisedDevice): string {
  const { kind, id, title, mcu, keyboards, can, problems, attached } = device;
  const names = keyboards.map(({ name }) => name).join(', ');
  const ids = attached.usb === null ? '' : ` ${attached.usb.vid}:${attached.usb.pid}`;
  const more = [names, mcu ?? '', can.join(', ')].filter((text) => text !== '').join(' · ');
  const line = `${MARKS[kind]} ${id.padEnd(12)}${ids.padEnd(11)} ${title}${more === '' ? '' : ` · ${more}`}`;
  const lines = problems.map(({ message, remedy }) => `    ${message} ${remedy}`);
  return [line, ...lines].join('\n');
}

/** Devices that are neither a keyboard nor a bootloader only help who looks for a missing one. */
function view({ attached, bootloader, ...rest }: RecognisedDevice) {
  return { ...rest, bootloader: bootloader?.key ?? null, attached };
}

export async function devicesCommand(options: DevicesOptions): Promise<number> {
  const { settings, terminal, log } = createContext(options);
  const kiln = await openKiln(settings, { log, exclusive: false });
  let watcher: DeviceWatcher | undefined;
  try {
    const keyboards = await readKeyboardLookup(kiln.catalogues, kiln.trees);
    watcher = startDeviceWatcher({ log });
    const devices = watcher;
    await devices.ready;
    let shown = '';
    const show = (): void => {
      const list = devices.list().map((device) => recognise(device, keyboards));
      const text = list.map(describeDevice).join('\n') || 'Nothing is attached.';
      if (text === shown) return;
      if (shown !== '') terminal.line('');
      shown = text;
      terminal.line(text);
      if (devices.trouble !== null) terminal.status(devices.trouble.message);
      terminal.result({ devices: list.map(view), trouble: devices.trouble });
    };
    show();
    if (!options.watch) return EXIT.ok;
    const unwatch = devices.watch(show);
    await untilInterrupted();
    unwatch();
    return EXIT.ok;
  } finally {
    await watcher?.stop();
    await kiln.close();
  }
}

/** Prints what attached keyboards say on their consoles, with the time, until it is interrupted. */
export async function consoleCommand(options: GlobalOptions): Promise<number> {
  const { terminal, log } = createContext(options);
  const watcher = startDeviceWatcher({ log });
  try {
    await watcher.ready;
    terminal.status('Listening to the consoles of all attached keyboards; Ctrl+C ends it.');
    watcher.listen((line) => {
      const time = new Date(line.at).toISOString().slice(11, 23);
      terminal.line(`${time} ${line.title}: ${line.text}`);
      terminal.result(line);
    });
    await untilInterrupted();
    return EXIT.ok;
  } finally {
    await watcher.stop();
  }
}
