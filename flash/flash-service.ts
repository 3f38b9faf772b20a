/**
 * Everything about devices and flashing behind one door: what is attached, images that were handed in, flash runs and
 * their history. One run at a time: a person has two hands, and two runs that wait would race for one bootloader.
 */
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Catalogues } from '../core/catalogue/contract.ts';
import { type ProcessLock, takeProcessLock } from '../core/db/process-lock.ts';
import { KilnError, toKilnError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Toolchain } from '../core/toolchain/toolchain.ts';
import type { TreeRegistry } from '../core/trees/contract.ts';
import type { DeviceWatcher } from './devices/device-watcher.ts';
import { plainUsbId, readKeyboardLookup, revisionOfLookup } from './devices/keyboard-lookup.ts';
import type { ConsoleLine } from './devices/messages.ts';
import { type KeyboardLookup, type RecognisedDevice, recognise } from './devices/recognise.ts';
import type { FlashHistory, FlashRecord } from './history/flash-history.ts';
import { type FirmwareImage, readFirmwareImage } from './image/firmware-image.ts';
import { FlashRun, type WaitingFor } from './run/flash-run.ts';
import { type FlashPreview, previewRun } from './run/preview.ts';
import type { FlashRequest } from './run/request.ts';
import { cancelRefusal, type RunState } from './run/state.ts';

/** What is asked for, with the keyboard by its name. */
export interface StartFlash extends Omit<FlashRequest, 'keyboard' | 'builtFor'> {
  readonly keyboard: { readonly tree: string; readonly name: string } | null;
  readonly builtFor: { readonly tree: string; readonly name: string } | null;
  readonly jobId: string | null;
}

/** A run as it is now; `live` only while it runs. */
export interface FlashRunView {
  readonly record: FlashRecord;
  readonly live: {
    readonly state: RunState;
    readonly waiting: WaitingFor;
    /** Why it cannot be canceled now; null when it can. */
    readonly cancelRefusal: string | null;
  } | null;
}

export type FlashNews =
  | { readonly type: 'change'; readonly id: string }
  | { readonly type: 'line'; readonly id: string; readonly line: string };

export interface UploadedImage {
  readonly id: string;
  readonly image: FirmwareImage;
}

export interface FlashServiceOptions {
  readonly watcher: DeviceWatcher;
  readonly history: FlashHistory;
  readonly catalogues: Pick<Catalogues, 'forTree'>;
  readonly trees: Pick<TreeRegistry, 'list'>;
  readonly toolchain: Toolchain;
  /** Where runs have their folders. */
  readonly folder: string;
  readonly log: Logger;
  /** Held while a run goes on, so that no two processes flash at once; only this one is kept from it when absent. */
  readonly lockFile?: string;
  readonly now?: () => number;
  /** See `FlashRunOptions.returnMs`. */
  readonly returnMs?: number;
}

/** Images that were handed in stay in memory for a while. */
const MOST_UPLOADS = 8;
/** How old what is known of USB ids may be: trees change seldom, but are read in the background. */
const LOOKUP_MS = 2_000;

/** @throws KilnError `flash.busy` while another process flashes */
function lockFlashing(file: string | undefined): ProcessLock | null {
  if (file === undefined) return null;
  try {
    return takeProcessLock(file, dirname(file), 'flashing a keyboard');
  } catch (error) {
    const known = toKilnError(error);
    if (known.code !== 'service.data-in-use') throw known;
    throw new KilnError('flash.busy', 'Another Kiln on this machine flashes a keyboard just now.', {
      cause: error,
      details: known.details ?? {},
    });
  }
}

export type FlashService = ReturnType<typeof createFlashService>;

export function createFlashService(options: FlashServiceOptions) {
  const { watcher, history, catalogues, trees, toolchain, log, now = Date.now } = options;
  const uploads = new Map<string, FirmwareImage>();
  const listeners = new Set<(news: FlashNews) => void>();
  let lookup: KeyboardLookup = () => [];
  let lookupRevision: string | null = null;
  let looking: Promise<KeyboardLookup> = Promise.resolve(lookup);
  let lookedUpAt = Number.NEGATIVE_INFINITY;
  /** `done` resolves once its end is written down. */
  let active: {
    readonly id: string;
    readonly run: FlashRun;
    readonly done: Promise<void>;
  } | null = null;

  const tell = (news: FlashNews): void => {
    for (const listener of listeners) listener(news);
  };

  const lookUp = async (): Promise<KeyboardLookup> => {
    const revision = await revisionOfLookup(catalogues, trees);
    if (revision !== lookupRevision) {
      lookup = await readKeyboardLookup(catalogues, trees);
      lookupRevision = revision;
    }
    return lookup;
  };

  /** The same function as long as no tree was changed or read further. */
  const keyboards = (): Promise<KeyboardLookup> => {
    if (performance.now() - lookedUpAt > LOOKUP_MS) {
      lookedUpAt = performance.now();
      looking = lookUp();
    }
    return looking;
  };

  const factsOf = async (
    keyboard: { readonly tree: string; readonly name: string } | null,
  ): Promise<FlashRequest['keyboard']> => {
    if (keyboard === null) return null;
    const catalogue = await catalogues.forTree(keyboard.tree);
    const name = (await catalogue.resolve(keyboard.name)) ?? keyboard.name;
    const { processor = null, bootloader = null, usb } = await catalogue.info(name);
    const ids =
      usb?.vid === undefined || usb.pid === undefined
        ? null
        : { vid: plainUsbId(usb.vid), pid: plainUsbId(usb.pid) };
    return { name, processor, bootloader, usb: ids };
  };

  const requestOf = async (asked: StartFlash): Promise<FlashRequest> => {
    await watcher.ready;
    const keyboard = await factsOf(asked.keyboard);
    const builtFor = await factsOf(asked.builtFor);
    // Built for a keyboard: that is the one to wait for, unless another one was named.
    return { ...asked, builtFor, keyboard: keyboard ?? builtFor };
  };

  const find = (id: string): FlashRecord => {
    const record = history.get(id);
    if (record !== null) return record;
    throw new KilnError('flash.run-unknown', `There is no flash run ${id}.`);
  };

  const view = (record: FlashRecord): FlashRunView => {
    if (active?.id !== record.id || record.end !== null) return { record, live: null };
    const { run } = active;
    const { state, waiting } = run;
    return { record, live: { state, waiting, cancelRefusal: cancelRefusal(state) } };
  };

  const noteOf = (run: FlashRun) => ({
    holds: run.state.holds,
    device: run.device?.title ?? null,
    bootloader: run.device?.bootloader?.key ?? null,
  });

  const drive = async (id: string, run: FlashRun): Promise<void> => {
    const { end } = await run.run();
    history.note(id, noteOf(run));
    if (end !== null) history.finish(id, end, run.lines, now());
    if (active?.id === id) active = null;
    log.info({ flashRun: id, outcome: end?.outcome, holds: run.state.holds }, 'flash run ended');
    tell({ type: 'change', id });
  };

  return {
    /**
     * Ends the runs that a process left in the middle when it died. Does nothing while another process flashes, whose
     * run goes on; what is left then is ended before the next run.
     * @returns how many
     */
    endCutOff(): number {
      if (active !== null) return 0;
      let lock: ProcessLock | null;
      try {
        lock = lockFlashing(options.lockFile);
      } catch (error) {
        if (toKilnError(error).code === 'flash.busy') return 0;
        throw error;
      }
      try {
        return history.repair(now());
      } finally {
        lock?.release();
      }
    },

    /** @returns what is attached, and why nothing can be seen where that is so. */
    async devices(): Promise<{
      readonly devices: readonly RecognisedDevice[];
      readonly trouble: DeviceWatcher['trouble'];
    }> {
      await watcher.ready;
      const known = await keyboards();
      const devices = watcher.list().map((device) => recognise(device, known));
      return { devices, trouble: watcher.trouble };
    },

    /** Told of devices that come and go, and of keyboards of their ids that became known since they came. */
    watchDevices(listener: () => void): () => void {
      const unwatch = watcher.watch(() => listener());
      let seen: KeyboardLookup | null = null;
      const look = () =>
        keyboards().then(
          (known) => {
            const isOther = seen !== null && known !== seen;
            seen = known;
            if (isOther && watcher.list().length > 0) listener();
          },
          (error: unknown) => log.warn({ err: error }, 'firmware trees cannot be listed'),
        );
      void look();
      const timer = setInterval(look, LOOKUP_MS);
      timer.unref();
      return () => {
        clearInterval(timer);
        unwatch();
      };
    },

    listenToConsoles: (listener: (line: ConsoleLine) => void): (() => void) =>
      watcher.listen(listener),

    /** Keeps an image for a run that is to come. @throws KilnError `flash.image-invalid` */
    upload(name: string, content: Buffer): UploadedImage {
      const image = readFirmwareImage(name, content);
      const id = randomBytes(16).toString('hex');
      uploads.set(id, image);
      const [oldest] = uploads.keys();
      if (uploads.size > MOST_UPLOADS && oldest !== undefined) uploads.delete(oldest);
      return { id, image };
    },

    /** @throws KilnError `flash.image-invalid` for one that is not kept (any more) */
    uploaded(id: string): FirmwareImage {
      const image = uploads.get(id);
      if (image !== undefined) return image;
      throw new KilnError('flash.image-invalid', 'The image is not kept any more.', {
        remedy: 'Send it again.',
      });
    },

    /** What a run would find now, without starting one. @throws KilnError `keyboard.unknown`, `tree.unknown` */
    async preview(asked: StartFlash): Promise<FlashPreview> {
      const request = await requestOf(asked);
      const known = await keyboards();
      return previewRun(
        request,
        watcher.list().map((device) => recognise(device, known)),
      );
    },

    /** @throws KilnError `flash.busy`, `keyboard.unknown`, `tree.unknown` */
    async start(asked: StartFlash): Promise<FlashRunView> {
      const request = await requestOf(asked);
      const { keyboard } = request;
      const known = await keyboards();
      if (active !== null) {
        throw new KilnError('flash.busy', 'Another flash run is under way.', {
          details: { run: active.id },
        });
      }
      const lock = lockFlashing(options.lockFile);
      const id = randomBytes(16).toString('hex');
      const { image } = asked;
      try {
        history.repair(now());
        history.begin({
          id,
          action: asked.action,
          keyboard: keyboard?.name ?? null,
          image:
            image === null ? null : { name: image.name, sha256: image.sha256, size: image.size },
          jobId: asked.jobId,
          startedAt: now(),
        });
      } catch (error) {
        lock?.release();
        throw error;
      }
      let noted = '';
      const run: FlashRun = new FlashRun({
        request,
        devices: watcher,
        keyboards: known,
        toolchain,
        folder: join(options.folder, id),
        ...(options.returnMs === undefined ? {} : { returnMs: options.returnMs }),
        onLine: (line) => tell({ type: 'line', id, line }),
        onChange() {
          const note = noteOf(run);
          // Progress comes many times a second; the disk hears only of what it has to know.
          if (JSON.stringify(note) !== noted) history.note(id, note);
          noted = JSON.stringify(note);
          tell({ type: 'change', id });
        },
      });
      const done = drive(id, run)
        .finally(() => lock?.release())
        .catch((error: unknown) => {
          if (active?.id === id) active = null;
          log.error({ err: toKilnError(error), flashRun: id }, 'a flash run could not be recorded');
        });
      active = { id, run, done };
      return view(find(id));
    },

    /** Newest first. */
    runs: (limit: number): readonly FlashRunView[] => history.list(limit).map(view),

    /** @throws KilnError `flash.run-unknown` */
    run: (id: string): FlashRunView => view(find(id)),

    /** @throws KilnError `flash.run-unknown` */
    log(id: string): readonly string[] {
      find(id);
      return active?.id === id ? active.run.lines : (history.log(id) ?? []);
    },

    /** @throws KilnError `flash.run-unknown`, `flash.not-now` */
    async cancel(id: string): Promise<FlashRunView> {
      find(id);
      if (active?.id === id) {
        const { run, done } = active;
        run.cancel();
        await done;
      }
      return view(find(id));
    },

    /** Says which of several devices is meant. @throws KilnError `flash.run-unknown`, `flash.device-unknown` */
    choose(id: string, device: string): FlashRunView {
      find(id);
      if (active?.id === id) active.run.choose(device);
      return view(find(id));
    },

    watchRuns(listener: (news: FlashNews) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Cancels a run that waits, and lets one that writes come to its end. */
    async stop(): Promise<void> {
      if (active !== null) {
        const { run, done } = active;
        if (cancelRefusal(run.state) === null) run.cancel();
        await done;
      }
      await watcher.stop();
    },
  };
}
