/**
 * Kiln's flash code with nothing around it: no service, no database, no command line. For machines in which only that
 * is wanted, such as a test's virtual one.
 *
 * Usage: node flash/headless.ts '<HeadlessRequest as JSON>'
 *
 * Prints a JSON object a line: `{"event":"devices",…}` for `list`; else `line` for each line of the log, `change` for
 * each change of the state, and at last `end`. Exits with 0 when the run ended complete (or the list was printed), with
 * 1 for every other end, with 2 for a request that is none.
 */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { toKilnError } from '../core/errors.ts';
import { createLogger } from '../core/log.ts';
import { dataPaths, loadSettings } from '../core/settings.ts';
import { createToolchain } from '../core/toolchain/toolchain.ts';
import { startDeviceWatcher } from './devices/device-watcher.ts';
import { recognise } from './devices/recognise.ts';
import { readFirmwareImage } from './image/firmware-image.ts';
import { FlashRun } from './run/flash-run.ts';

const facts = z.strictObject({
  name: z.string(),
  processor: z.string().nullable().default(null),
  bootloader: z.string().nullable().default(null),
  usb: z.strictObject({ vid: z.string(), pid: z.string() }).nullable().default(null),
});

const requestSchema = z.strictObject({
  /** Only prints what is attached. */
  list: z.boolean().default(false),
  action: z.enum(['flash', 'clear-eeprom', 'set-hand', 'exit']).default('flash'),
  hand: z.enum(['left', 'right']).nullable().default(null),
  /** A file. */
  image: z.string().nullable().default(null),
  keyboard: facts.nullable().default(null),
  builtFor: facts.nullable().default(null),
  device: z.string().nullable().default(null),
  bootloader: z.string().nullable().default(null),
  mcu: z.string().nullable().default(null),
  confirmation: z.string().nullable().default(null),
  waitMs: z.int().min(0).default(60_000),
  returnMs: z.int().min(0).optional(),
  /** Flashing tools besides those on the PATH, in its `bin`. */
  toolchainDir: z.string().optional(),
  /** Cancels the run so many milliseconds after its start. */
  cancelAfterMs: z.int().min(0).optional(),
});
export type HeadlessRequest = z.input<typeof requestSchema>;

function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function main(text: string): Promise<number> {
  const { list, toolchainDir, returnMs, cancelAfterMs, ...request } = requestSchema.parse(
    JSON.parse(text),
  );
  const log = createLogger({ level: 'warn', name: 'flash' });
  const watcher = startDeviceWatcher({ log });
  try {
    await watcher.ready;
    if (list) {
      const devices = watcher.list().map((device) => recognise(device, () => []));
      print({ event: 'devices', devices, trouble: watcher.trouble });
      return 0;
    }
    const file = request.image;
    const image = file === null ? null : readFirmwareImage(basename(file), await readFile(file));
    const folder = join(tmpdir(), `kiln-flash-${process.pid}`);
    const settings = loadSettings({ dataDir: folder, toolchainDir }, {});
    const run: FlashRun = new FlashRun({
      request: { ...request, image },
      devices: watcher,
      keyboards: () => [],
      toolchain: createToolchain(settings, dataPaths(settings)),
      folder,
      ...(returnMs === undefined ? {} : { returnMs }),
      onLine: (line) => print({ event: 'line', line }),
      onChange: () => print({ event: 'change', state: run.state, waiting: run.waiting }),
    });
    if (cancelAfterMs !== undefined) {
      setTimeout(() => {
        try {
          run.cancel();
        } catch (error) {
          print({ event: 'not-canceled', error: toKilnError(error).toReport() });
        }
      }, cancelAfterMs).unref();
    }
    const state = await run.run();
    print({ event: 'end', state, findings: run.findings, device: run.device });
    return state.end?.outcome === 'complete' ? 0 : 1;
  } finally {
    await watcher.stop();
  }
}

try {
  process.exitCode = await main(process.argv[2] ?? '{}');
} catch (error) {
  print({ event: 'error', error: toKilnError(error).toReport() });
  process.exitCode = 2;
}
