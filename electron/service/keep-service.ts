/**
 * Keeps a service at hand: attaches to one that runs, or starts one and starts it again when it dies.
 *
 *     starting ──answers──▶ running ──dies, or is silent──▶ gone ──answers──▶ running
 *        └──cannot──▶ failed ◀──────────cannot──────────────┘
 *
 * `failed` waits for a person, or for the next try; `stop` leaves every state.
 */
import { readFile as readFileCallback } from 'node:fs';
import { promisify } from 'node:util';
import type { ServiceState } from '../../renderer/bridge/bridge.ts';
import { ShellError } from '../errors.ts';
import type { ShellLog } from '../log.ts';
import type { Place } from '../place.ts';
import type { Trouble } from '../windows/trouble-page.ts';
import { createBackOff } from './back-off.ts';
import { get } from './http.ts';
import {
  type Health,
  parseAddressFile,
  parseHealth,
  type ServiceAddress,
} from './service-answers.ts';
import type { ServiceRun } from './service-process.ts';

const readFile = promisify(readFileCallback);

const LOOK_EVERY_MS = 2000;
/** A machine that sleeps or swaps leaves one or two questions open. */
const SILENT_AFTER = 3;

export interface KeptService {
  readonly state: ServiceState['state'];
  /** Null until a service has answered once. */
  readonly address: ServiceAddress | null;
  /** Whether the shell started it, and so ends it with itself. */
  readonly owned: boolean;
  /** Why there is no service, once that is known. */
  readonly trouble: Trouble | null;
  /** As it counted its builds last. */
  readonly health: Health | null;
}

export interface ServiceKeeper {
  readonly now: KeptService;
  /** Called after every change of `now`. */
  onChange(listener: (now: KeptService) => void): void;
  start(): Promise<void>;
  /** Starts it anew, at once. @param anyPort whether any free port will do */
  restart(options?: { readonly anyPort?: boolean }): Promise<void>;
  /** Asks it now. @returns null when it does not answer */
  askHealth(): Promise<Health | null>;
  /** @throws ShellError `shell.token-unknown` */
  readToken(): Promise<string>;
  /** Ends the service if it was started here. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  readonly place: Place;
  readonly log: ShellLog;
  /** Starts a process of the service. */
  readonly run: (options: { readonly port?: number }) => ServiceRun;
}

const NOTHING: KeptService = {
  state: 'starting',
  address: null,
  owned: false,
  trouble: null,
  health: null,
};

async function healthOf(url: string): Promise<Health | null> {
  try {
    const { status, body } = await get(`${url}/kiln/v1/health`);
    return status === 200 ? parseHealth(body.toString('utf8')) : null;
  } catch {
    // Not there, or not one of ours: both mean that there is no service.
    return null;
  }
}

async function readAddress(file: string): Promise<ServiceAddress | null> {
  try {
    return parseAddressFile(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

class Keeper implements ServiceKeeper {
  readonly #options: KeeperOptions;
  readonly #backOff = createBackOff();
  readonly #listeners: ((now: KeptService) => void)[] = [];
  #now = NOTHING;
  #run: ServiceRun | null = null;
  #look: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #unanswered = 0;
  /** Counts starts, so that what an earlier one still reports is not taken for the present one's. */
  #round = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  get now(): KeptService {
    return this.#now;
  }

  onChange(listener: (now: KeptService) => void): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    const { place } = this.#options;
    this.#round += 1;
    this.#unanswered = 0;
    clearTimeout(this.#again);
    const address =
      place.serviceUrl === null
        ? await readAddress(place.serviceFile)
        : { url: place.serviceUrl, tokenFile: null };
    const health = address === null ? null : await healthOf(address.url);
    if (address !== null && health !== null) {
      this.#attach(address, health);
    } else if (place.serviceUrl !== null) {
      this.#change({ state: 'failed', trouble: unreachable(place.serviceUrl) });
      this.#lookAgain();
    } else {
      this.#begin(this.#now.owned ? portOf(this.#now.address) : undefined);
    }
  }

  async restart({ anyPort = false } = {}): Promise<void> {
    this.#backOff.reset();
    this.#change({ state: 'starting', trouble: null });
    if (this.#run !== null || anyPort) {
      await this.#endRun();
      this.#begin(anyPort ? 0 : portOf(this.#now.address));
    } else {
      await this.start();
    }
  }

  async askHealth(): Promise<Health | null> {
    const { address } = this.#now;
    return address === null ? null : healthOf(address.url);
  }

  async readToken(): Promise<string> {
    const { place } = this.#options;
    const { address } = this.#now;
    // A service elsewhere may share its data folder with us; then its file is here.
    const named = address?.tokenFile ?? (await readAddress(place.serviceFile));
    const file =
      typeof named === 'string' ? named : samePort(named, address) ? named?.tokenFile : null;
    if (file === null || file === undefined) {
      throw new ShellError(
        'shell.token-unknown',
        `The session token of the service at ${address?.url ?? 'no address'} is not known here.`,
      );
    }
    return (await readFile(file, 'utf8')).trim();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#look);
    clearTimeout(this.#again);
    this.#listeners.length = 0;
    await this.#endRun();
  }

  #change(change: Partial<KeptService>): void {
    this.#now = { ...this.#now, ...change };
    for (const listener of this.#listeners) listener(this.#now);
  }

  #attach(address: ServiceAddress, health: Health): void {
    this.#options.log.write('info', `attached to the service at ${address.url}`);
    this.#change({ state: 'running', address, owned: false, trouble: null, health });
    this.#lookAgain();
  }

  async #endRun(): Promise<void> {
    this.#round += 1;
    clearTimeout(this.#look);
    const run = this.#run;
    this.#run = null;
    await run?.stop();
  }

  #begin(port: number | undefined): void {
    this.#round += 1;
    const round = this.#round;
    const { run: startRun, log } = this.#options;
    let readyAt: number | null = null;
    const run = startRun(port === undefined ? {} : { port });
    this.#run = run;
    void run.ready.then((address) => {
      if (address === null || round !== this.#round) return;
      readyAt = Date.now();
      log.write('info', `the service is ready at ${address.url}`);
      this.#change({ state: 'running', address, owned: true, trouble: null });
      this.#lookAgain();
    });
    void run.ended.then((trouble) => {
      if (round !== this.#round) return;
      this.#run = null;
      clearTimeout(this.#look);
      this.#died(trouble, readyAt === null ? 0 : Date.now() - readyAt);
    });
  }

  #died(trouble: Trouble, livedMs: number): void {
    const { delayMs, tell } = this.#backOff.ended(livedMs);
    // What it says by a code of its own, a person has to change; trying again would say the same.
    const needsPerson = trouble.code !== 'service.not-started' && livedMs === 0;
    const failed = needsPerson || tell;
    this.#options.log.write('error', `${trouble.message} [${trouble.code}]`);
    this.#change({ state: failed ? 'failed' : 'gone', trouble, health: null });
    if (needsPerson) return;
    this.#again = setTimeout(() => void this.start(), delayMs);
  }

  #lookAgain(): void {
    clearTimeout(this.#look);
    const round = this.#round;
    this.#look = setTimeout(() => {
      void this.askHealth().then((health) => {
        if (round === this.#round) this.#looked(health);
      });
    }, LOOK_EVERY_MS);
  }

  #looked(health: Health | null): void {
    const { state, owned, address, health: before } = this.#now;
    if (health !== null) {
      this.#unanswered = 0;
      const changed = before?.running !== health.running || before.queued !== health.queued;
      if (state !== 'running') this.#change({ state: 'running', trouble: null, health });
      else if (changed) this.#change({ health });
    } else {
      this.#unanswered += 1;
      if (this.#unanswered === SILENT_AFTER && state === 'running') {
        this.#change({ state: 'gone', trouble: unreachable(address?.url ?? ''), health: null });
        // One that was found is not ours to wait for; without it we start one.
        if (!owned && this.#options.place.serviceUrl === null) {
          void this.start();
          return;
        }
      }
    }
    // One that was named but never answered has no address yet.
    if (address === null && this.#options.place.serviceUrl !== null) void this.start();
    else this.#lookAgain();
  }
}

function portOf(address: ServiceAddress | null): number | undefined {
  const port = address === null ? '' : new URL(address.url).port;
  return port === '' ? undefined : Number(port);
}

/** `localhost` and `127.0.0.1` are two names of one service. */
function samePort(one: ServiceAddress | null, other: ServiceAddress | null): boolean {
  const isLocal = (address: ServiceAddress) =>
    ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address.url).hostname);
  if (one === null || other === null) return false;
  return isLocal(one) && isLocal(other) && portOf(one) === portOf(other);
}

function unreachable(url: string): Trouble {
  return {
    code: 'service.unreachable',
    message: `No Kiln service answers at ${url}.`,
    remedy: 'Start it there, or unset KILN_SERVICE_URL.',
    lastLines: '',
    portInUse: false,
  };
}

export function createServiceKeeper(options: KeeperOptions): ServiceKeeper {
  return new Keeper(options);
}
