/** The bus of the virtual machine: boards to plug in and pull out, and Kiln's own flash code to point at them. */
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { createLogger } from '../../../core/log.ts';
import { dataPaths, loadSettings } from '../../../core/settings.ts';
import { createToolchain } from '../../../core/toolchain/toolchain.ts';
import { type DeviceWatcher, startDeviceWatcher } from '../../../flash/devices/device-watcher.ts';
import { type RecognisedDevice, recognise } from '../../../flash/devices/recognise.ts';
import type { FirmwareImage } from '../../../flash/image/firmware-image.ts';
import { FlashRun } from '../../../flash/run/flash-run.ts';
import type { FlashRequest } from '../../../flash/run/request.ts';
import type { BoardSpec, BoardView, FromEmulator, ToEmulator } from './messages.ts';

const HOME = join(import.meta.dirname, '../../..');
/** An emulated processor on a busy machine: a real board comes back in a second. */
const RETURN_MS = 15_000;
const WAIT_MS = 30_000;
const START_MS = 60_000;
const MOUNTS_MS = 100;
/** Ten such times without a word count as a hang, and an emulated processor takes its time to start a program. */
const ALIVE_MS = 5000;
const NOBODY = 65534;

export class Lab {
  readonly watcher: DeviceWatcher;
  /** What the last run said. */
  lines: readonly string[] = [];
  readonly #emulator: ChildProcess;
  readonly #calls = new Map<number, PromiseWithResolvers<BoardView | null>>();
  readonly #mounter: NodeJS.Timeout;
  #call = 0;

  private constructor() {
    this.#emulator = fork(join(import.meta.dirname, 'emulator.ts'), { serialization: 'advanced' });
    this.#emulator.on('message', ({ call, view, error }: FromEmulator) => {
      const waiting = this.#calls.get(call);
      this.#calls.delete(call);
      if (error === null) waiting?.resolve(view);
      else waiting?.reject(new Error(error));
    });
    this.watcher = startDeviceWatcher({
      log: createLogger({ level: 'warn', name: 'lab' }),
      aliveMs: ALIVE_MS,
    });
    this.#mounter = setInterval(mountVolumes, MOUNTS_MS);
  }

  static async open(): Promise<Lab> {
    const lab = new Lab();
    const late = new AbortController();
    const isLate = wait(START_MS, true, { signal: late.signal }).catch(() => false);
    const wasLate = await Promise.race([lab.watcher.ready.then(() => false), isLate]);
    late.abort();
    if (wasLate) throw new Error('the device process does not start');
    return lab;
  }

  async close(): Promise<void> {
    clearInterval(this.#mounter);
    this.#emulator.disconnect();
    await this.watcher.stop();
  }

  #ask(
    message:
      | Omit<Extract<ToEmulator, { do: 'plug' }>, 'call'>
      | Omit<Extract<ToEmulator, { do: 'view' }>, 'call'>
      | { do: 'clear' },
  ): Promise<BoardView | null> {
    this.#call += 1;
    const waiting = Promise.withResolvers<BoardView | null>();
    this.#calls.set(this.#call, waiting);
    this.#emulator.send({ ...message, call: this.#call });
    return waiting.promise;
  }

  async plug(spec: BoardSpec, name = 'board'): Promise<void> {
    await this.#ask({ do: 'plug', name, spec });
  }

  async view(name = 'board'): Promise<BoardView> {
    const view = await this.#ask({ do: 'view', name });
    if (view === null) throw new Error(`There is no board ${name}.`);
    return view;
  }

  /** Takes everything away, and waits until the kernel and Kiln have seen it. */
  async clear(): Promise<void> {
    await this.#ask({ do: 'clear' });
    while (this.watcher.list().length > 0) await wait(50);
    this.lines = [];
  }

  devices(): readonly RecognisedDevice[] {
    return this.watcher.list().map((device) => recognise(device, () => []));
  }

  async until<T>(what: string, look: () => T | undefined | null | false): Promise<T> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const found = look();
      if (found) return found;
      if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}.`);
      await wait(50);
    }
  }

  /** A run that has not started yet. */
  createRun(changes: Partial<FlashRequest>, returnMs = RETURN_MS): FlashRun {
    const folder = mkdtempSync(join(tmpdir(), 'kiln-lab-'));
    const settings = loadSettings({ dataDir: folder }, {});
    const run = new FlashRun({
      request: {
        action: 'flash',
        hand: null,
        image: null,
        builtFor: null,
        keyboard: null,
        device: null,
        bootloader: null,
        mcu: null,
        confirmation: null,
        waitMs: WAIT_MS,
        ...changes,
      },
      devices: this.watcher,
      keyboards: () => [],
      toolchain: createToolchain(settings, dataPaths(settings)),
      folder: join(folder, 'run'),
      returnMs,
      onLine: () => {
        this.lines = run.lines;
      },
      onChange: () => undefined,
    });
    return run;
  }

  /** Runs to the end. */
  async flash(changes: Partial<FlashRequest>, returnMs?: number) {
    const run = this.createRun(changes, returnMs);
    const { end, holds } = await run.run();
    if (end === null) throw new Error('The run has no end.');
    const bootloader = run.device?.bootloader?.key ?? null;
    return { ...end, holdsKey: holds, bootloader };
  }

  /** The same by an account that may open nothing, from the command. @returns what it printed last. */
  async flashAsNobody(image: FirmwareImage): Promise<Record<string, unknown>> {
    const program = process.env.KILN_LAB_HEADLESS ?? '';
    openWay(dirname(program));
    openWay(HOME);
    const folder = mkdtempSync(join(tmpdir(), 'kiln-lab-'));
    chmodSync(folder, 0o777);
    const file = join(folder, image.name);
    writeFileSync(file, image.content);
    const request = JSON.stringify({ image: file, waitMs: WAIT_MS });
    const child = spawn(process.execPath, [program, request], {
      cwd: folder,
      uid: NOBODY,
      gid: NOBODY,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await new Promise((resolve) => child.once('close', resolve));
    this.lines = lines;
    return JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  }
}

/** The account has to reach what it runs; here, that changes only what lies over the host's files. */
function openWay(folder: string): void {
  for (let at = folder; at !== sep; at = dirname(at)) chmodSync(at, statSync(at).mode | 0o055);
}

const asked = new Set<string>();

/** What a desktop does with a volume that shows up, and with one that is gone. */
function mountVolumes(): void {
  const mounted = readFileSync('/proc/mounts', 'utf8');
  const disks = readdirSync('/sys/block').filter((name) => /^sd[a-z]$/.test(name));
  const parts = disks.flatMap((disk) =>
    readdirSync(join('/sys/block', disk)).filter((name) => name.startsWith(disk)),
  );
  for (const part of parts) {
    const device = join('/dev', part);
    if (asked.has(part) || mounted.includes(`${device} `) || !existsSync(device)) continue;
    asked.add(part);
    const folder = join('/media', part);
    mkdirSync(folder, { recursive: true });
    execFile('mount', ['-t', 'vfat', device, folder], () => undefined);
  }
  for (const part of [...asked].filter((name) => !parts.includes(name))) {
    asked.delete(part);
    execFile('umount', ['-l', join('/media', part)], () => undefined);
  }
}
