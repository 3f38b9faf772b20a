/** Devices, consoles and flash runs as they change, as streams of events. */
import type { FlashService } from '../flash/flash-service.ts';
import type { ServerEvent } from './event-stream.ts';
import { deviceView, flashRunView } from './views/flash.ts';

/** A browser that does not read must not fill our memory: older lines of a console are dropped then. */
const MOST_WAITING = 1000;

/** What callbacks hand in, to be taken one after the other until the signal aborts. */
function inbox<Item>(signal: AbortSignal) {
  const items: Item[] = [];
  let wake = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => wake.resolve(), { once: true });
  return {
    put(item: Item): void {
      items.push(item);
      if (items.length > MOST_WAITING) items.shift();
      wake.resolve();
    },
    async *take(): AsyncGenerator<Item> {
      while (!signal.aborted) {
        wake = Promise.withResolvers<void>();
        if (signal.aborted) return;
        const batch = items.splice(0);
        for (const item of batch) yield item;
        if (batch.length === 0) await wake.promise;
      }
    },
  };
}

/** `devices`: the whole list, at once and after each change. */
export async function* deviceStory(
  flash: FlashService,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const changes = inbox<null>(signal);
  const unwatch = flash.watchDevices(() => changes.put(null));
  changes.put(null);
  try {
    for await (const _ of changes.take()) {
      const { devices, trouble } = await flash.devices();
      yield { event: 'devices', data: { devices: devices.map(deviceView), trouble } };
    }
  } finally {
    unwatch();
  }
}

/** `line`: what a keyboard printed on its console. Only from now on. */
export async function* consoleStory(
  flash: FlashService,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const lines = inbox<object>(signal);
  const stop = flash.listenToConsoles((line) => lines.put(line));
  try {
    for await (const line of lines.take()) yield { event: 'line', data: line };
  } finally {
    stop();
  }
}

/**
 * `run`: the run, at once and after each change; `log`: a line; `end` as the last one.
 * @throws KilnError `flash.run-unknown`
 */
export async function* flashRunStory(
  flash: FlashService,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const news = inbox<{ readonly line: string | null }>(signal);
  const unwatch = flash.watchRuns((item) => {
    if (item.id === id) news.put({ line: item.type === 'line' ? item.line : null });
  });
  for (const line of flash.log(id)) news.put({ line });
  news.put({ line: null });
  try {
    for await (const { line } of news.take()) {
      if (line !== null) {
        yield { event: 'log', data: { line } };
        continue;
      }
      const run = flashRunView(flash.run(id));
      yield { event: 'run', data: run };
      if (run.end !== null) {
        yield { event: 'end', data: { outcome: run.end.outcome } };
        return;
      }
    }
  } finally {
    unwatch();
  }
}
