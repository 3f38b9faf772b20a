/**
 * Keeps the device process alive and passes on what it sees. Its death, however it comes, is a pause in the news: it is
 * started again, after a while that grows, and whoever hangs is ended.
 */
import { dirname, join } from 'node:path';
import { compileCache, networkEnvironment } from '../../core/environment.ts';
import { type ErrorReport, errorFromReport, KilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type ProcessIdentity, type RunningProcess, start } from '../../core/subprocess.ts';
import type { LinuxPlaces } from './linux-scanner.ts';
import type { ConsoleLine, FromWatcher, ToWatcher, WatcherArguments } from './messages.ts';
import type { AttachedDevice, DeviceSource } from './model.ts';

const PROGRAM = join(import.meta.dirname, 'main.ts');

/** Caterina stays for eight seconds; a third of one is soon enough, and costs next to nothing. */
const POLL_MS = 300;
const ALIVE_MS = 1000;
/** A busy machine delays some signs of life. */
const MISSED_SIGNS = 10;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;
const HEALTHY_MS = 60_000;
const TOUCH_MS = 5000;

export interface DeviceWatcher extends DeviceSource {
  /** Resolves with the first list, or when there can be none. */
  readonly ready: Promise<void>;
  /** Why attached devices cannot be seen; null while they can. */
  readonly trouble: ErrorReport | null;
  /** The consoles of all keyboards, as long as somebody listens. */
  listen(listener: (line: ConsoleLine) => void): () => void;
  stop(): Promise<void>;
}

export interface DeviceWatcherOptions {
  readonly log: Logger;
  /** Where the kernel shows devices; tests have their own. */
  readonly places?: LinuxPlaces;
  readonly pollMs?: number;
  readonly aliveMs?: number;
  /** When it looks first, in milliseconds from now; at once by default. */
  readonly beginAfterMs?: number;
  /** Told of each process, for who ends them after a crash. */
  readonly onProcess?: (identity: ProcessIdentity) => void;
}

export function startDeviceWatcher(options: DeviceWatcherOptions): DeviceWatcher {
  const { log, places, pollMs = POLL_MS, aliveMs = ALIVE_MS, beginAfterMs = 0 } = options;
  const watchers = new Set<(devices: readonly AttachedDevice[]) => void>();
  const listeners = new Set<(line: ConsoleLine) => void>();
  const touches = new Map<number, PromiseWithResolvers<void>>();
  const ready = Promise.withResolvers<void>();
  let devices: readonly AttachedDevice[] = [];
  let trouble: ErrorReport | null = null;
  let calls = 0;
  let stopping = false;
  let child: RunningProcess | null = null;
  let heardAt = performance.now();
  let delayMs = FIRST_DELAY_MS / 2;
  let restart: NodeJS.Timeout | undefined;
  let ended: Promise<unknown> = Promise.resolve();

  const show = (list: readonly AttachedDevice[]): void => {
    devices = list;
    for (const watcher of watchers) watcher(devices);
  };

  const onMessage = (message: FromWatcher): void => {
    heardAt = performance.now();
    switch (message.type) {
      case 'alive':
        return;
      case 'devices':
        trouble = null;
        show(message.devices);
        ready.resolve();
        return;
      case 'unavailable':
        trouble = message.error;
        show([]);
        ready.resolve();
        return;
      case 'console':
        for (const listener of listeners) listener(message.line);
        return;
      case 'touched': {
        const touch = touches.get(message.call);
        touches.delete(message.call);
        if (message.error === null) touch?.resolve();
        else touch?.reject(errorFromReport(message.error));
      }
    }
  };

  const send = (message: ToWatcher): boolean => child?.send(message) ?? false;

  const begin = (): void => {
    const watcherArguments: WatcherArguments = {
      pollMs,
      aliveMs,
      ...(places === undefined ? {} : { places }),
    };
    const startedAt = performance.now();
    heardAt = startedAt;
    const { onProcess } = options;
    const mine = start(process.execPath, [PROGRAM, JSON.stringify(watcherArguments)], {
      cwd: dirname(PROGRAM),
      env: { ...networkEnvironment(), ...compileCache() },
      maxOutputBytes: 16 * 1024,
      onMessage: (message) => onMessage(message as FromWatcher),
      ...(onProcess === undefined ? {} : { onSpawn: onProcess }),
    });
    child = mine;
    if (listeners.size > 0) send({ type: 'console', on: true });
    ended = mine.exited.then(({ outcome, exitCode, signal, stderr }) => {
      child = null;
      const gone = new KilnError('devices.unavailable', 'The device process died in the middle.');
      for (const touch of touches.values()) touch.reject(gone);
      touches.clear();
      if (stopping) return;
      const isHealthy = performance.now() - startedAt >= HEALTHY_MS;
      delayMs = isHealthy ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, delayMs * 2);
      log.error(
        { outcome, exitCode, signal, stderr: stderr.slice(-1000) },
        `the device process ended; starting it again in ${delayMs} ms`,
      );
      restart = setTimeout(begin, delayMs);
    });
  };

  if (beginAfterMs === 0) begin();
  else restart = setTimeout(begin, beginAfterMs);
  let lookedAt = performance.now();
  const watchdog = setInterval(() => {
    const now = performance.now();
    // This process itself stood still: what was said meanwhile was not read yet.
    if (now - lookedAt > aliveMs * 2) heardAt = now;
    lookedAt = now;
    if (child === null || now - heardAt < aliveMs * MISSED_SIGNS) return;
    heardAt = now;
    log.error('the device process hangs; ending it');
    void child.kill();
  }, aliveMs);

  return {
    ready: ready.promise,
    get trouble() {
      return trouble;
    },
    list: () => devices,
    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
    listen(listener) {
      listeners.add(listener);
      if (listeners.size === 1) send({ type: 'console', on: true });
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) send({ type: 'console', on: false });
      };
    },
    async touch(port) {
      calls += 1;
      const touch = Promise.withResolvers<void>();
      touches.set(calls, touch);
      if (!send({ type: 'touch', call: calls, port })) {
        touches.delete(calls);
        throw new KilnError('devices.unavailable', 'The device process is not there just now.');
      }
      const timer = setTimeout(() => touch.resolve(), TOUCH_MS);
      await touch.promise.finally(() => clearTimeout(timer));
    },
    async stop() {
      stopping = true;
      clearInterval(watchdog);
      clearTimeout(restart);
      await child?.kill();
      await ended;
      ready.resolve();
    },
  };
}
