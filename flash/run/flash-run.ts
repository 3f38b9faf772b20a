/**
 * Drives one flash run: does what the state machine says and reports back what happened. Knows devices only through
 * `DeviceSource`, and tools only through their commands, so that all of it runs against emulated devices.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { KilnError, toKilnError } from '../../core/errors.ts';
import type { Toolchain } from '../../core/toolchain/toolchain.ts';
import { findBootloader } from '../bootloaders/find.ts';
import type { Bootloader } from '../bootloaders/schema.ts';
import type { DeviceSource } from '../devices/model.ts';
import { type KeyboardLookup, type RecognisedDevice, recognise } from '../devices/recognise.ts';
import { ejectVolume, mountVolume } from '../devices/volumes.ts';
import { checkImage, type Finding } from '../image/check-image.ts';
import type { Evidence } from '../tools/contract.ts';
import { fittingDevices, isPassing } from './choose-device.ts';
import { copyImage } from './copy-image.ts';
import { type PlannedStep, planRun, type RunPlan } from './plan.ts';
import { nameToType, processorOf } from './preview.ts';
import type { FlashRequest } from './request.ts';
import { createRunLog } from './run-log.ts';
import { runTool, type ToolEnd } from './run-tool.ts';
import {
  cancelRefusal,
  FIRST_STATE,
  nextAction,
  type RunEvent,
  type RunState,
  reduce,
} from './state.ts';

export interface FlashRunOptions {
  readonly request: FlashRequest;
  readonly devices: DeviceSource;
  readonly keyboards: KeyboardLookup;
  readonly toolchain: Toolchain;
  /** A folder that does not exist yet; it goes with the run. */
  readonly folder: string;
  readonly onChange: () => void;
  readonly onLine: (line: string) => void;
  /** How long the keyboard may take to come back; by default 10 seconds, a minute where a person has to help. */
  readonly returnMs?: number;
  /** See `ToolRunOptions.silenceMs`. */
  readonly silenceMs?: number;
}

/** What a person is told while the run waits. */
export interface WaitingFor {
  readonly instructions: readonly string[];
  /** What is attached and fits, when there are several. */
  readonly choices: readonly RecognisedDevice[];
  /** What keeps the one that fits from being flashed. */
  readonly problem: string | null;
}

const RETURN_MS = 10_000;
const RETURN_BY_HAND_MS = 60_000;
/** avrdude can be told a serial port, but no USB device. */
const TAKE_THE_FIRST = new Set([
  'teensy_loader_cli',
  'hid_bootloader_cli',
  'bootloadHID',
  'wb32-dfu-updater_cli',
  'avrdude',
]);
/** They can be told one, where the system says where libusb sees it. */
const BY_BUS = new Set(['dfu-util', 'dfu-programmer']);
const NOTHING: WaitingFor = { instructions: [], choices: [], problem: null };

export class FlashRun {
  readonly #options: FlashRunOptions;
  readonly #log;
  readonly #cancel = new AbortController();
  #state: RunState = FIRST_STATE;
  #waiting: WaitingFor = NOTHING;
  #plan: RunPlan | null = null;
  #device: RecognisedDevice | null = null;
  #findings: readonly Finding[] = [];
  /** The instance that a person chose among several. */
  #chosen: string | null = null;
  /** Ports that were touched: once each, or a board that stays would be reset for ever. */
  readonly #touched = new Set<string>();
  readonly #mounted = new Set<string>();
  /** Instances when the work began: an equal keyboard beside this one is no return. */
  #attachedBefore: ReadonlySet<string> = new Set();
  #wake: () => void = () => undefined;

  constructor(options: FlashRunOptions) {
    this.#options = options;
    this.#log = createRunLog(options.onLine);
  }

  get state(): RunState {
    return this.#state;
  }

  get waiting(): WaitingFor {
    return this.#waiting;
  }

  /** The device that is flashed, once that is known. */
  get device(): RecognisedDevice | null {
    return this.#device;
  }

  /** What does not fit, or is to be known. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get lines(): readonly string[] {
    return this.#log.lines();
  }

  /** @throws KilnError `flash.not-now` with the reason, where stopping would leave the keyboard without firmware. */
  cancel(): void {
    const refusal = cancelRefusal(this.#state);
    if (refusal !== null) throw new KilnError('flash.not-now', refusal);
    this.#dispatch({ type: 'cancel' });
    this.#cancel.abort();
    this.#wake();
  }

  /** Says which of several devices is meant. @throws KilnError `flash.device-unknown` */
  choose(device: string): void {
    const choice = this.#waiting.choices.find(
      ({ id, instance }) => id === device || instance === device,
    );
    if (choice === undefined) {
      throw new KilnError(
        'flash.device-unknown',
        `${device} is none of the devices to choose from.`,
      );
    }
    this.#chosen = choice.instance;
    this.#wake();
  }

  /** Runs to the end. */
  async run(): Promise<RunState> {
    try {
      await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
      await this.#follow();
    } catch (error) {
      this.#fail(error);
    } finally {
      await rm(this.#options.folder, { recursive: true, force: true }).catch(() => undefined);
    }
    return this.#state;
  }

  async #follow(): Promise<void> {
    const deadline = performance.now() + this.#options.request.waitMs;
    for (;;) {
      const action = nextAction(this.#state);
      if (action.do === 'nothing') return;
      if (action.do === 'step') await this.#step(action.index);
      else if (action.do === 'await-return') await this.#awaitReturn();
      else await this.#look(deadline);
    }
  }

  #fail(error: unknown): void {
    const known = toKilnError(error);
    this.#log.add(known.message);
    const report = known.toReport();
    if (this.#state.phase === 'work') {
      this.#dispatch({ type: 'step-ended', outcome: 'not-started', exitCode: null, error: report });
    } else this.#dispatch({ type: 'refused', error: report });
    // Whatever else happens, a run ends with words.
    if (this.#state.phase !== 'ended') {
      this.#dispatch({ type: 'not-returned', stillInBootloader: false });
    }
  }

  #dispatch(event: RunEvent): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state !== before) this.#options.onChange();
  }

  #recognised(): readonly RecognisedDevice[] {
    return this.#options.devices.list().map((device) => recognise(device, this.#options.keyboards));
  }

  /** Looks for the bootloader, and prepares everything once there is one. */
  async #look(deadline: number): Promise<void> {
    const changed = this.#nextChange(deadline - performance.now());
    const devices = this.#recognised();
    const { request } = this.#options;
    const fitting = fittingDevices(devices, request);
    const chosen = fitting.find(({ instance }) => instance === this.#chosen);
    const [first, ...others] = chosen === undefined ? fitting : [chosen];
    if (first !== undefined && others.length > 0) {
      this.#tell({ ...NOTHING, choices: fitting });
      this.#dispatch({ type: 'several' });
    } else if (first !== undefined && !isPassing(first)) {
      changed.stop();
      await this.#prepare(first);
      return;
    } else {
      if (first === undefined) this.#chosen = null;
      this.#tell(this.#instructions(first, devices));
      this.#dispatch({ type: 'waiting' });
      await this.#help(first, devices);
    }
    if (!(await changed.happened)) this.#dispatch({ type: 'wait-over' });
  }

  #tell(waiting: WaitingFor): void {
    this.#waiting = waiting;
    this.#options.onChange();
  }

  /** How a person gets this keyboard into its bootloader. */
  #instructions(
    found: RecognisedDevice | undefined,
    devices: readonly RecognisedDevice[],
  ): WaitingFor {
    if (found !== undefined) {
      const problem = found.problems[0];
      const text = problem === undefined ? null : `${problem.message} ${problem.remedy}`;
      return { ...NOTHING, problem: text };
    }
    const key = this.#options.request.keyboard?.bootloader ?? null;
    const bootloader = key === null ? null : findBootloader(key);
    const other = devices.find(({ kind }) => kind === 'bootloader');
    return {
      instructions: bootloader?.enter ?? [
        'Press the key that is mapped to QK_BOOT, or the reset button',
      ],
      choices: [],
      problem:
        other === undefined
          ? null
          : `${other.title} is attached, which does not fit; name it as the device if it is meant.`,
    };
  }

  /** What Kiln can do itself: touch a serial port, mount a volume. Each once for a device. */
  async #help(
    found: RecognisedDevice | undefined,
    devices: readonly RecognisedDevice[],
  ): Promise<void> {
    const volume = found?.attached.volumes.find(({ mount }) => mount === null)?.device;
    if (volume != null && !this.#mounted.has(volume)) {
      this.#mounted.add(volume);
      await mountVolume(volume, (line) => this.#log.add(line));
    }
    const port = found === undefined ? this.#portToTouch(devices) : null;
    if (port === null) return;
    this.#touched.add(port.instance);
    this.#log.add(
      `Asking the keyboard at ${port.path} to go over into its bootloader (1200 baud).`,
    );
    try {
      await this.#options.devices.touch(port.path);
    } catch (error) {
      this.#log.add(toKilnError(error).message);
    }
  }

  /** The port of the keyboard in question, and of no other device. */
  #portToTouch(
    devices: readonly RecognisedDevice[],
  ): { readonly path: string; readonly instance: string } | null {
    const { keyboard, device: wanted } = this.#options.request;
    const isMeant = ({ id, instance, attached: { usb } }: RecognisedDevice) =>
      wanted === null
        ? keyboard?.usb != null && usb?.vid === keyboard.usb.vid && usb.pid === keyboard.usb.pid
        : id === wanted || instance === wanted;
    const [only, ...more] = devices.filter(
      (device) => device.kind !== 'bootloader' && device.can.includes('touch') && isMeant(device),
    );
    if (only === undefined || more.length > 0 || this.#touched.has(only.instance)) return null;
    const path = only.attached.ports[0]?.path;
    return path === undefined ? null : { path, instance: only.instance };
  }

  /** Checks everything that can be checked while the keyboard still has its firmware. */
  async #prepare(device: RecognisedDevice): Promise<void> {
    this.#device = device;
    this.#tell(NOTHING);
    this.#log.add(`Found ${device.title} (${device.id}).`);
    const { bootloader } = device;
    const { toolchain, folder, request } = this.#options;
    if (bootloader === null) return;
    const closed = device.problems.find(({ code }) => code !== 'shared-id');
    if (closed !== undefined) {
      const code = closed.code === 'no-permission' ? 'flash.permission' : 'flash.unsupported';
      throw new KilnError(code, closed.message, { remedy: closed.remedy });
    }
    this.#needOnlyOne(device, bootloader);
    const mcu = device.mcu ?? request.mcu ?? processorOf(request, bootloader);
    this.#check(device, bootloader, mcu);
    const usesDfuProgrammer = bootloader.flasher.tool === 'dfu-programmer';
    const version = usesDfuProgrammer ? await toolchain.version('dfuProgrammer') : null;
    const plan = planRun({
      ...request,
      device,
      bootloader,
      mcu,
      folder,
      dfuProgrammerVersion: version ?? '',
    });
    for (const { work } of plan.steps) if (work.kind !== 'copy') toolchain.need(work.command.tool);
    for (const { path, content } of plan.files) await writeFile(path, content, { mode: 0o600 });
    this.#plan = plan;
    this.#attachedBefore = new Set(this.#options.devices.list().map(({ instance }) => instance));
    const steps = plan.steps.map(({ facts }) => facts);
    this.#dispatch({ type: 'prepared', steps, comparable: plan.comparable, goal: plan.goal });
  }

  /** A tool that takes the first of its kind may take another one than a person chose. */
  #needOnlyOne(device: RecognisedDevice, { flasher, appears, name }: Bootloader): void {
    const ids = device.attached.usb;
    const isNameless = BY_BUS.has(flasher.tool) && ids?.bus === null;
    const takesFirst = (TAKE_THE_FIRST.has(flasher.tool) && appears !== 'serial') || isNameless;
    const isAlike = ({ instance, attached: { usb } }: RecognisedDevice) =>
      instance !== device.instance && usb?.vid === ids?.vid && usb?.pid === ids?.pid;
    if (!takesFirst || !this.#recognised().some(isAlike)) return;
    throw new KilnError(
      'flash.unsupported',
      `Several devices with ${name} are attached, and ${flasher.tool} cannot tell them apart.`,
      { remedy: 'Unplug all but the one that is to be flashed, then flash again.' },
    );
  }

  #check(device: RecognisedDevice, bootloader: Bootloader, mcu: string | null): void {
    const { image, keyboard, builtFor, confirmation } = this.#options.request;
    if (image === null) return;
    const mcuIsCertain = device.mcu !== null;
    const usb = device.attached.usb;
    const target = { bootloader, usb, mcu, mcuIsCertain, keyboard, builtFor };
    const findings = checkImage(image, target);
    this.#findings = findings;
    for (const { message } of findings) this.#log.add(message);
    const stops = findings.filter(({ severity }) => severity === 'stop');
    const mismatches = findings.filter(({ severity }) => severity === 'mismatch');
    const message = [...stops, ...mismatches].map((finding) => finding.message).join(' ');
    if (stops.length > 0) {
      throw new KilnError('flash.image-mismatch', message, {
        remedy: 'Choose the image for this keyboard: this one cannot work on it.',
        details: { findings },
      });
    }
    const name = nameToType(keyboard, builtFor, bootloader);
    if (mismatches.length > 0 && confirmation?.trim() !== name) {
      throw new KilnError('flash.image-mismatch', message, {
        remedy: `Choose the image for this keyboard. If you are certain, type its name to flash all the same: ${name}.`,
        details: { findings, confirm: name },
      });
    }
  }

  async #step(index: number): Promise<void> {
    const step = this.#plan?.steps[index];
    if (step === undefined) return;
    const onEvidence = (evidence: Evidence) => this.#dispatch({ type: 'evidence', evidence });
    const end = await this.#work(step, onEvidence);
    this.#dispatch({ type: 'step-ended', ...end });
  }

  async #work(step: PlannedStep, onEvidence: (evidence: Evidence) => void): Promise<ToolEnd> {
    const { toolchain, folder, silenceMs } = this.#options;
    const onLine = (line: string) => this.#log.add(line);
    const { work } = step;
    if (work.kind === 'copy') {
      onLine(`Copying the image to ${work.folder}/${work.name}.`);
      const content = this.#options.request.image?.content ?? Buffer.alloc(0);
      const end = await copyImage(work.folder, work.name, content, work.eject, onEvidence, onLine);
      const device = this.#device?.attached.volumes.find(({ mount }) => mount === work.folder);
      if (work.eject && device?.device != null) await ejectVolume(device.device, onLine);
      return end;
    }
    const instance = this.#device?.instance;
    const isThere = () => this.#options.devices.list().some((one) => one.instance === instance);
    const { signal } = this.#cancel;
    const common = { toolchain, folder, onEvidence, onLine, signal, isThere };
    const options = silenceMs === undefined ? common : { ...common, silenceMs };
    const end = await runTool(work.command, options);
    if (work.kind === 'tool') return end;
    return (await this.#compare(work.file, work.expected, onEvidence))
      ? { outcome: 'exited', exitCode: 0 }
      : end;
  }

  /** @returns whether there was something to compare. */
  async #compare(
    file: string,
    expected: Uint8Array,
    onEvidence: (evidence: Evidence) => void,
  ): Promise<boolean> {
    const found = await readFile(file).catch(() => null);
    if (found === null || found.length < expected.length) {
      this.#log.add('The flash could not be read back, so nothing was compared.');
      return false;
    }
    const isEqual = Buffer.compare(found.subarray(0, expected.length), expected) === 0;
    this.#log.add(
      isEqual
        ? `Compared ${expected.length.toLocaleString('en')} bytes: the flash holds the image.`
        : 'The flash does not hold the image.',
    );
    onEvidence(
      isEqual ? { type: 'done', what: 'verified' } : { type: 'failed', failure: 'verify-failed' },
    );
    return true;
  }

  /** Waits until the keyboard is seen again: something new in its place, or with its ids. */
  async #awaitReturn(): Promise<void> {
    const byHand = this.#device?.bootloader?.restart === 'by-hand';
    const ms = this.#options.returnMs ?? (byHand ? RETURN_BY_HAND_MS : RETURN_MS);
    const deadline = performance.now() + ms;
    this.#tell({
      ...NOTHING,
      instructions: byHand ? ['Press the reset button of the keyboard, or plug it in again'] : [],
    });
    for (;;) {
      const changed = this.#nextChange(deadline - performance.now());
      const devices = this.#recognised();
      if (devices.some((device) => this.#isReturn(device))) {
        changed.stop();
        this.#dispatch({ type: 'returned' });
        return;
      }
      if (await changed.happened) {
        if (this.#state.phase === 'ended') return;
        continue;
      }
      // Also one that started anew: its loader found nothing to run.
      const stillInBootloader = devices.some(
        ({ id, kind }) => id === this.#device?.id && kind === 'bootloader',
      );
      this.#dispatch({ type: 'not-returned', stillInBootloader });
      return;
    }
  }

  #isReturn(device: RecognisedDevice): boolean {
    const before = this.#device;
    if (before === null || device.kind === 'bootloader') return false;
    const ids = this.#options.request.keyboard?.usb ?? null;
    const usb = device.attached.usb;
    const hasIds = ids !== null && usb?.vid === ids.vid && usb.pid === ids.pid;
    const isInPlace = device.id === before.id && device.instance !== before.instance;
    return isInPlace || (hasIds && !this.#attachedBefore.has(device.instance));
  }

  /** Settles at the next change of devices, choice or cancel (true), or when the time is over (false). */
  #nextChange(ms: number): { readonly happened: Promise<boolean>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const unwatch = this.#options.devices.watch(() => resolve(true));
    const timer = setTimeout(() => resolve(false), Math.max(0, ms));
    this.#wake = () => resolve(true);
    const stop = () => {
      unwatch();
      clearTimeout(timer);
    };
    return { happened: promise.finally(stop), stop };
  }
}
