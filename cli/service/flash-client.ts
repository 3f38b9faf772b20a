/** What `kiln flash` needs of a Kiln: its own flash code, or that of the service that runs in the data folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { flashRunStory } from '../../api/flash-stories.ts';
import type { flashRunSchema, startFlashBody } from '../../api/schemas/kiln-flash.ts';
import { KilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { dataPaths, type Settings } from '../../core/settings.ts';
import { startDeviceWatcher } from '../../flash/devices/device-watcher.ts';
import { createFlashService, type StartFlash } from '../../flash/flash-service.ts';
import { createFlashHistory } from '../../flash/history/flash-history.ts';
import { findService } from './find-service.ts';
import { readEvents, toError } from './http-client.ts';
import { openKiln } from './kiln.ts';

export type FlashRunShape = z.output<typeof flashRunSchema>;

export interface FlashWish extends Omit<StartFlash, 'keyboard'> {
  /** The default tree where none is named. */
  readonly keyboard: { readonly tree: string | undefined; readonly name: string } | null;
}

export interface FlashClient {
  /** Says who flashes, for the person who waits; null where that is nobody else. */
  readonly where: string | null;
  /** @returns the run's id. @throws KilnError `flash.busy` and whatever else it was refused for */
  start(wish: FlashWish): Promise<string>;
  /** The run, at once and after each change; its last one has an end. */
  story(id: string): AsyncIterable<FlashRunShape>;
  /** @throws KilnError `flash.not-now` where stopping would leave the keyboard without firmware */
  cancel(id: string): Promise<void>;
  log(id: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The running service where there is one, for the keyboard and the history are in its hands; else this process. */
export async function openFlashClient(settings: Settings, log: Logger): Promise<FlashClient> {
  // One that a setting names may be another machine's, to which this keyboard is not attached.
  const url = await findService({ ...settings, serviceUrl: undefined });
  return url === null ? openHere(settings, log) : openThere(url, settings);
}

async function openHere(settings: Settings, log: Logger): Promise<FlashClient> {
  const kiln = await openKiln(settings, { log, exclusive: false });
  const flash = createFlashService({
    ...kiln,
    history: createFlashHistory(kiln.database),
    watcher: startDeviceWatcher({ log }),
    folder: join(kiln.paths.builds, 'flash'),
    lockFile: kiln.paths.flashLock,
    log,
  });
  return {
    where: null,
    async start(wish) {
      const tree = wish.keyboard?.tree ?? (await kiln.trees.defaultTree()).name;
      const keyboard = wish.keyboard === null ? null : { ...wish.keyboard, tree };
      return (await flash.start({ ...wish, keyboard })).record.id;
    },
    async *story(id) {
      for await (const { event, data } of flashRunStory(flash, id, new AbortController().signal)) {
        if (event === 'run') yield data as FlashRunShape;
      }
    },
    cancel: async (id) => void (await flash.cancel(id)),
    log: async (id) => flash.log(id),
    async close() {
      await flash.stop();
      await kiln.close();
    },
  };
}

async function openThere(url: string, settings: Settings): Promise<FlashClient> {
  const token = (await readFile(dataPaths(settings).token, 'utf8')).trim();
  const wentAway = (cause?: unknown) =>
    new KilnError('service.unreachable', `The Kiln service at ${url} went away.`, {
      cause,
      remedy: 'Start it again: its history says what became of the flash run.',
    });
  const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = { ...init.headers, authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/kiln/v1${path}`, { ...init, headers }).catch((cause) => {
      throw wentAway(cause);
    });
    if (!response.ok) throw await toError(response);
    return response;
  };
  const post = async <Value>(path: string, body: Uint8Array | object): Promise<Value> => {
    const isImage = body instanceof Uint8Array;
    const type = isImage ? 'application/octet-stream' : 'application/json';
    const answer = await request(path, {
      method: 'POST',
      headers: { 'content-type': type },
      // A copy, whose buffer is certain not to be shared: fetch takes no other.
      body: isImage ? new Uint8Array(body) : JSON.stringify(body),
    });
    return (await answer.json()) as Value;
  };
  /** A job's image is known to the service, with what it was built for; a file's has to be sent. */
  const sourceOf = async ({ image, jobId }: FlashWish): Promise<object> => {
    if (jobId !== null) return { job: jobId };
    if (image === null) return {};
    const query = new URLSearchParams({ name: image.name });
    return { image: (await post<{ id: string }>(`/flash-images?${query}`, image.content)).id };
  };
  return {
    where: `the service at ${url}`,
    async start(wish) {
      const body: z.input<typeof startFlashBody> = {
        action: wish.action,
        ...(await sourceOf(wish)),
        ...(wish.keyboard === null ? {} : { keyboard: wish.keyboard }),
        ...(wish.hand === null ? {} : { hand: wish.hand }),
        ...(wish.device === null ? {} : { device: wish.device }),
        ...(wish.bootloader === null ? {} : { bootloader: wish.bootloader }),
        ...(wish.mcu === null ? {} : { mcu: wish.mcu }),
        ...(wish.confirmation === null ? {} : { confirmation: wish.confirmation }),
        waitSeconds: Math.ceil(wish.waitMs / 1000),
      };
      return (await post<FlashRunShape>('/flash-runs', body)).id;
    },
    async *story(id) {
      const { body } = await request(`/flash-runs/${id}/events`);
      try {
        for await (const { event, data } of body === null ? [] : readEvents(body)) {
          if (event === 'run') yield data as FlashRunShape;
          if (event === 'end') return;
        }
      } catch (cause) {
        throw wentAway(cause);
      }
      throw wentAway();
    },
    cancel: async (id) => void (await post(`/flash-runs/${id}/cancel`, {})),
    async log(id) {
      const { lines } = (await (await request(`/flash-runs/${id}/log`)).json()) as {
        readonly lines: readonly string[];
      };
      return lines;
    },
    close: async () => undefined,
  };
}
