/**
 * The emulated devices' own process: whoever looks at a device waits in the kernel until this one answers, so that both
 * in one process would wait for ever.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Dfu11Device, LOADERS } from '../../emulators/dfu11.ts';
import { DfuSeDevice } from '../../emulators/dfuse.ts';
import { FlipDevice } from '../../emulators/flip.ts';
import { HalfKayDevice } from '../../emulators/halfkay.ts';
import { keyboardDevice } from '../../emulators/hid.ts';
import { CaterinaDevice, TouchableKeyboard } from '../../emulators/serial-device.ts';
import { Uf2DiskDevice } from '../../emulators/uf2-disk.ts';
import type { UsbDevice } from '../../emulators/usb-device.ts';
import { UsbIpSession } from '../../emulators/usb-ip.ts';
import type { BoardSpec, BoardView, FromEmulator, ToEmulator } from './messages.ts';

const VHCI = '/sys/devices/platform/vhci_hcd.0';
const FULL_SPEED = 2;
/** What a board takes to come back, and a bootloader to notice that it is to leave. */
const RESTART_MS = 300;
const LEAVE_MS = 100;

interface Board {
  readonly boot: UsbDevice & {
    readonly flash: { readonly bytes: Uint8Array };
    readonly eeprom?: Uint8Array;
  };
  readonly port: number;
  readonly spec: BoardSpec;
  unplug: () => void;
  /** Taken away for good: what it was about to do, it does no more. */
  isGone: boolean;
  isPulled: boolean;
  wasTouched: boolean;
}

const boards = new Map<string, Board>();
let bus = Promise.resolve();

function bootloaderOf({ kind, options = {} }: BoardSpec): Board['boot'] {
  switch (kind) {
    case 'dfuse':
      return new DfuSeDevice(options);
    case 'flip':
      return new FlipDevice(options);
    case 'halfkay':
      return new HalfKayDevice(options);
    case 'caterina':
      return new CaterinaDevice(options);
    case 'stm32duino':
    case 'kiibohd':
      return new Dfu11Device(LOADERS[kind], options);
    case 'uf2-disk':
      return new Uf2DiskDevice(options);
  }
}

/** Ports of the root hub for speeds up to high, which nobody has. */
async function freePort(): Promise<number> {
  for (;;) {
    const rows = (await readFile(`${VHCI}/status`, 'utf8'))
      .split('\n')
      .map((row) => row.split(/\s+/));
    const taken = new Set([...boards.values()].map(({ port }) => port));
    const free = rows.find(
      ([hub, port, state]) => hub === 'hs' && state === '004' && !taken.has(Number(port)),
    );
    if (free !== undefined) return Number(free[1]);
    await wait(20);
  }
}

async function untilFree(port: number): Promise<void> {
  const row = new RegExp(`^hs\\s+0*${port}\\s+004`, 'm');
  while (!row.test(await readFile(`${VHCI}/status`, 'utf8'))) await wait(20);
}

/** Plugs a device in. @returns how the cable is pulled. */
async function attach(
  device: UsbDevice,
  port: number,
  onGone: (how: 'left' | 'pulled') => void,
): Promise<() => void> {
  const server = createServer({ pauseOnConnect: true, noDelay: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const ours = connect({ port: address.port, host: '127.0.0.1', noDelay: true });
  const theirs = await accepted;
  server.close();
  const session = new UsbIpSession(device);
  let isGone = false;
  const go = (how: 'left' | 'pulled'): void => {
    if (isGone) return;
    isGone = true;
    ours.destroy();
    theirs.destroy();
    onGone(how);
  };
  ours.on('error', () => undefined);
  ours.on('data', (bytes: Buffer) => {
    if (isGone) return;
    const answer = session.receive(bytes);
    if (device.pulled) return go('pulled');
    ours.write(answer);
    if (device.left) setTimeout(() => go('left'), LEAVE_MS);
  });
  // Node never reads from this end: the kernel takes the socket over.
  const fd = (theirs as unknown as { _handle: { fd: number } })._handle.fd;
  await writeFile(`${VHCI}/attach`, `${port} ${fd} ${(1 << 16) | (port + 2)} ${FULL_SPEED}`);
  return () => go('pulled');
}

const usbOf = (spec: BoardSpec) => ({
  vid: 0x1209,
  pid: spec.firmwarePid ?? 0x0001,
  manufacturer: 'Kiln',
  product: 'Kiln Pad 4x4',
});

async function startFirmware(board: Board): Promise<void> {
  const isSerial = board.spec.kind === 'caterina';
  const keyboard = isSerial
    ? new TouchableKeyboard(usbOf(board.spec))
    : keyboardDevice(usbOf(board.spec));
  board.unplug = await attach(keyboard, board.port, (how) => {
    if (how === 'left') board.wasTouched = true;
    if (how === 'left') void next(board, () => startBootloader(board));
  });
}

async function startBootloader(board: Board): Promise<void> {
  const { boot, spec } = board;
  boot.left = false;
  board.unplug = await attach(boot, board.port, (how) => {
    if (how === 'pulled') board.isPulled = true;
    else if (spec.comesBack ?? true) void next(board, () => startFirmware(board));
  });
}

async function next(board: Board, start: () => Promise<void>): Promise<void> {
  await untilFree(board.port);
  await wait(RESTART_MS);
  // By now the port may be another board's.
  if (!board.isGone) await start();
}

async function plug(name: string, spec: BoardSpec): Promise<void> {
  const board: Board = {
    boot: bootloaderOf(spec),
    port: await freePort(),
    spec,
    unplug: () => undefined,
    isGone: false,
    isPulled: false,
    wasTouched: false,
  };
  boards.set(name, board);
  if (spec.startsInFirmware === true) await startFirmware(board);
  else await startBootloader(board);
}

function view(name: string): BoardView {
  const board = boards.get(name);
  if (board === undefined) throw new Error(`There is no board ${name}.`);
  const { boot, isPulled, wasTouched } = board;
  return {
    flash: boot.flash.bytes,
    eeprom: boot.eeprom ?? null,
    violations: boot.violations,
    blocks: boot.blocks,
    left: boot.left,
    isPulled,
    wasTouched,
  };
}

async function clear(): Promise<void> {
  const all = [...boards.values()];
  for (const board of all) {
    board.isGone = true;
    board.unplug();
  }
  for (const board of all) await untilFree(board.port);
  boards.clear();
}

async function answer(message: ToEmulator): Promise<BoardView | null> {
  if (message.do === 'plug') await plug(message.name, message.spec);
  else if (message.do === 'clear') await clear();
  else return view(message.name);
  return null;
}

const send = (message: FromEmulator): void => void process.send?.(message);

process.on('message', (message: ToEmulator) => {
  // One after another: a port is free or it is not.
  bus = bus.then(async () => {
    try {
      send({ call: message.call, view: await answer(message), error: null });
    } catch (error) {
      send({ call: message.call, view: null, error: String(error) });
    }
  });
});
process.on('disconnect', () => process.exit(0));
