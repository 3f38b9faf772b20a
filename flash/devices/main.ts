/**
 * The device process: looks at what is attached, touches serial ports and listens to consoles. Apart from the service,
 * since native code may crash, and since the kernel may hold up whoever reads of a device that does not answer.
 *
 * Usage: node flash/devices/main.ts <WatcherArguments as JSON>
 */
import { KilnError, toKilnError } from '../../core/errors.ts';
import { createHidConsole, openAsFile, openWithNodeHid } from './hid-console.ts';
import { createLinuxScanner } from './linux-scanner.ts';
import { createMacScanner } from './mac-scanner.ts';
import type { FromWatcher, ToWatcher, WatcherArguments } from './messages.ts';
import type { AttachedDevice, DeviceScanner } from './model.ts';
import { touchPort } from './touch.ts';
import { createWindowsScanner } from './windows-scanner.ts';

const { pollMs, aliveMs, places } = JSON.parse(process.argv[2] ?? '{}') as WatcherArguments;

/** Where a program of the system is asked, which takes a good part of a second. */
const PROGRAM_POLL_MS = 1000;

function scannerFor(platform: NodeJS.Platform): DeviceScanner {
  if (platform === 'linux') return createLinuxScanner();
  if (platform === 'darwin') return createMacScanner();
  if (platform === 'win32') return createWindowsScanner();
  return {
    scan: async () => {
      throw new KilnError(
        'devices.unavailable',
        `Kiln cannot see attached keyboards on this system (${platform}).`,
        { remedy: 'Build here, and flash the image on another machine.' },
      );
    },
  };
}

function tell(message: FromWatcher): void {
  // The service is gone: nobody would end this process.
  if (process.connected) process.send?.(message, () => undefined);
  else process.exit(0);
}

const scanner = places === undefined ? scannerFor(process.platform) : createLinuxScanner(places);
const openConsole = places?.hidAsFiles === true ? openAsFile : openWithNodeHid;
const hidConsole = createHidConsole(openConsole, (line) => tell({ type: 'console', line }));
const asksPrograms = places === undefined && process.platform !== 'linux';
let listening = false;
let devices: readonly AttachedDevice[] = [];
let last = '';

async function look(): Promise<void> {
  try {
    devices = await scanner.scan();
    const now = JSON.stringify(devices);
    if (now !== last) tell({ type: 'devices', devices });
    last = now;
    if (listening) hidConsole.follow(devices);
  } catch (error) {
    const report = toKilnError(error).toReport();
    if (last !== report.message) tell({ type: 'unavailable', error: report });
    last = report.message;
  }
  setTimeout(look, asksPrograms ? Math.max(pollMs, PROGRAM_POLL_MS) : pollMs);
}

process.on('message', (message: ToWatcher) => {
  if (message.type === 'console') {
    listening = message.on;
    hidConsole.follow(listening ? devices : []);
    return;
  }
  const { call, port } = message;
  touchPort(port).then(
    () => tell({ type: 'touched', call, error: null }),
    (error: unknown) => tell({ type: 'touched', call, error: toKilnError(error).toReport() }),
  );
});
process.on('disconnect', () => process.exit(0));
// The service ends it over the channel; Ctrl+C in a terminal is meant for the service.
process.on('SIGINT', () => undefined);
setInterval(() => tell({ type: 'alive' }), aliveMs);
await look();
