/** The service: HTTP API, supervision of workers, retention. It never compiles. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LanDoor, type RunningServer, startServer } from '../../api/server.ts';
import { createBrowserCodes } from '../../core/access/browser-codes.ts';
import { createSessionToken } from '../../core/access/session-token.ts';
import { createUseCounter, type UseCounter } from '../../core/access/use-counter.ts';
import { createBackgroundWork } from '../../core/background/work.ts';
import { rescueDatabase } from '../../core/backup/lost-database.ts';
import { runChecks } from '../../core/doctor/checks.ts';
import type { Logger } from '../../core/log.ts';
import { ownCommand } from '../../core/own-command.ts';
import { recordProcess } from '../../core/process-records.ts';
import { RELEASE } from '../../core/release.ts';
import type { SandboxStatus } from '../../core/sandbox-status.ts';
import { createScheduler } from '../../core/schedule/scheduler.ts';
import { createScheduleStore } from '../../core/schedule/store.ts';
import type { Settings } from '../../core/settings.ts';
import { writeAtomically } from '../../core/storage/atomic-write.ts';
import type { ProcessIdentity } from '../../core/subprocess.ts';
import type { TestAnswer, TesterStatus } from '../../core/test-builds/contract.ts';
import { openTestStore } from '../../core/test-builds/store.ts';
import { installPython } from '../../core/toolchain/install-python.ts';
import { needsUnpacking } from '../../core/toolchain/shipped-pack.ts';
import { createGit } from '../../core/trees/git.ts';
import { createTreeVersions } from '../../core/trees/version.ts';
import { startDeviceWatcher } from '../../flash/devices/device-watcher.ts';
import type { LinuxPlaces } from '../../flash/devices/linux-scanner.ts';
import { createFlashService, type FlashService } from '../../flash/flash-service.ts';
import { createFlashHistory } from '../../flash/history/flash-history.ts';
import { sandboxFor } from '../../worker/sandbox/create-sandbox.ts';
import { createAppWindow } from './app-window.ts';
import { createCheckDesk } from './check-desk.ts';
import { checkTogether } from './check-together.ts';
import { createChecker } from './checker.ts';
import { type Indexing, startIndexing } from './indexing.ts';
import { type Kiln, openKiln } from './kiln.ts';
import { createLookAgain } from './schedule/look-again.ts';
import { createTasks, lastBeat, TASKS } from './schedule/tasks.ts';
import { startTestBuilds, type TestBuilds } from './test-builds.ts';
import { startTogether, type Together } from './together.ts';
import { watchDatabase } from './watch-database.ts';
import { watchEventLoop } from './watch-event-loop.ts';
import { startWorkers, type WorkerSupervisor } from './worker-supervisor.ts';

/** Milliseconds that the record of a test build is kept, as at the hosted service. */
const TESTS_KEPT_MS = 7 * 24 * 3_600_000;
const TESTS_OFF: TesterStatus = { state: 'off', tree: null, keyboard: null, yielded: 0 };

/**
 * Milliseconds after which programs are started that nobody waits for yet: the first page has what it asks for by then, or
 * is at work itself.
 */
const REST_AFTER_MS = 50;

/** What `service.json` in the data folder tells other commands about the running service. */
export interface ServiceFile {
  readonly url: string;
  readonly pid: number;
  readonly tokenFile: string;
  readonly version: string;
  /** What this start answers with in its health: tells it from another Kiln that got the same port later. */
  readonly instance: string;
  /** Where other machines reach it; null while none does. */
  readonly lan: LanDoor | null;
}

export interface RunningService {
  readonly address: ServiceFile;
  /** Whether the queue answers and a worker lives. */
  isWell(): Promise<boolean>;
  /** Resolves when the file of the database is gone; `stop` then writes it back from what is still open. */
  readonly databaseLost: Promise<void>;
  /** Drains the workers, ends what is open, lets go of the data folder. */
  stop(): Promise<void>;
}

/** What one start of the service is made of. */
interface Context {
  readonly settings: Settings;
  readonly log: Logger;
  /** Where workers log; stderr when absent. */
  readonly logFile: string | undefined;
  readonly kiln: Kiln;
  /** New at each start. */
  readonly instance: string;
  /** Milliseconds since the epoch. */
  readonly begunAt: number;
  readonly onProcess: (identity: ProcessIdentity) => void;
  /** Aborted when the service begins to stop. */
  readonly stopping: AbortController;
  readonly live: Live;
}

/** What comes one after the other, and is asked for by those that are there before. */
interface Live {
  server?: RunningServer;
  workers?: WorkerSupervisor;
  indexing?: Indexing;
  testBuilds?: TestBuilds;
  keyUses?: UseCounter;
  flash?: FlashService;
  /** Null on a machine that works alone. */
  together: Together | null;
  sandbox?: SandboxStatus;
  /** What is started once nobody waits for it any more. */
  prepared?: Promise<void>;
  /** While the toolchain is unpacked, before workers are started. */
  unpacked?: Promise<void> | undefined;
  /** How far that is, 0 to 1. */
  unpackedShare?: number | undefined;
  draining: boolean;
  /** The file of the database is gone. */
  lost: boolean;
  stopWatching: () => void;
}

/** Builds that nobody waits for in the queue, and what is done by the clock. */
type Background = ReturnType<typeof createBackground>;

/**
 * @param logFile where workers log; stderr when absent.
 * @param devicePlaces where the kernel shows devices; its own files when absent.
 * @returns once it answers and its workers are started.
 * @throws KilnError `service.data-in-use`, `service.port-in-use`, `storage.*`, `database.*`
 */
export async function startService(
  settings: Settings,
  log: Logger,
  logFile?: string,
  devicePlaces?: LinuxPlaces,
): Promise<RunningService> {
  const live: Live = {
    together: null,
    draining: false,
    lost: false,
    stopWatching: () => undefined,
  };
  await checkTogether(settings, log);
  const kiln = await openKiln(settings, {
    log,
    exclusive: true,
    command: 'kiln serve',
    onQueueWrite: (jobId) => live.workers?.tell(jobId),
  });
  const context: Context = {
    settings,
    log,
    logFile,
    kiln,
    instance: randomBytes(8).toString('hex'),
    begunAt: Date.now(),
    onProcess: (identity) => {
      try {
        recordProcess(kiln.paths.processes, identity);
      } catch (error) {
        // On a full disk work goes on; after a crash one process more may be left.
        log.warn({ err: error }, 'a process could not be written down');
      }
    },
    stopping: new AbortController(),
    live,
  };
  const background = createBackground(context);
  try {
    const server = await startHttp(context, background, devicePlaces);
    await beginBuilding(context, background);
    const address = await publishAddress(context, server);
    background.scheduler.start();
    if (settings.testBuilds === 'on') live.testBuilds = beginTestBuilds(context, background);
    live.prepared = prepare(context).catch((error: unknown) => {
      if (!context.stopping.signal.aborted)
        log.error({ err: error }, 'the service is not prepared in full');
    });
    log.info({ url: server.url, lan: server.lan, workers: settings.workers }, 'service ready');
    warnOfOpenDoors(context, server);
    const { databaseLost } = await watch(context);
    return {
      address,
      databaseLost,
      isWell: () => isWell(context),
      stop: () => stop(context, background),
    };
  } catch (error) {
    // All of it, or the process would live on half started.
    await end(context, background);
    throw error;
  }
}

function createBackground({ settings, log, kiln, onProcess, live }: Context) {
  const appWindow = createAppWindow(log);
  const checker = createChecker({ settings, log, onProcess, idle: false });
  const idleChecker = createChecker({ settings, log, onProcess, idle: true });
  const tester = createChecker<TestAnswer>({ settings, log, onProcess, idle: true, kind: 'test' });
  const tests = openTestStore(kiln.paths.testBuilds, log);
  const refreshCatalogue = (): void => live.indexing?.refresh();
  return {
    work: createBackgroundWork(),
    appWindow,
    checker,
    idleChecker,
    tester,
    tests,
    refreshCatalogue,
    liveCheck: createCheckDesk({
      runCheck: checker.run,
      runIdle: idleChecker.run,
      isQuiet: async () => {
        const { queued, running } = await kiln.queue.counts();
        return queued + running === 0;
      },
    }),
    scheduler: createScheduler({
      tasks: createTasks({
        kiln,
        log,
        workers: () => live.workers,
        clearsUp: () => live.together?.isElected() ?? true,
        refreshCatalogue,
        forgetTests: () => tests.forget(Date.now() - TESTS_KEPT_MS),
      }),
      store: createScheduleStore(kiln.database),
      log,
    }),
  };
}

function openFlash({ kiln, log, onProcess }: Context, places: LinuxPlaces | undefined) {
  const flash = createFlashService({
    ...kiln,
    history: createFlashHistory(kiln.database),
    watcher: startDeviceWatcher({
      log,
      onProcess,
      beginAfterMs: REST_AFTER_MS,
      ...(places === undefined ? {} : { places }),
    }),
    folder: join(kiln.paths.builds, 'flash'),
    lockFile: kiln.paths.flashLock,
    log,
  });
  const cutOff = flash.endCutOff();
  if (cutOff > 0) log.warn({ runs: cutOff }, 'flash runs were ended in the middle');
  return flash;
}

async function startHttp(
  context: Context,
  background: Background,
  devicePlaces: LinuxPlaces | undefined,
): Promise<RunningServer> {
  const { settings, log, kiln, live, instance, begunAt, stopping } = context;
  const { scheduler, tests, liveCheck, appWindow, refreshCatalogue, work } = background;
  const token = await createSessionToken(kiln.paths.token);
  live.keyUses = createUseCounter({ keys: kiln.keys, log });
  live.flash = openFlash(context, devicePlaces);
  live.server = await startServer({
    ...kiln,
    flash: live.flash,
    log,
    token,
    keyUses: live.keyUses,
    browserCodes: createBrowserCodes(),
    liveCheck,
    window: appWindow,
    work,
    checks: async () =>
      runChecks({
        settings,
        toolchain: kiln.toolchain,
        database: kiln.database,
        store: kiln.store,
        trees: await kiln.trees.list(),
        sandbox: await sandboxFor(settings, context.onProcess).status(),
      }),
    installToolchain: (say) =>
      installPython({ toolchain: kiln.toolchain, onLine: say, force: false }),
    repairToolchain: (say) => unpack(context, say),
    version: RELEASE,
    command: ownCommand(),
    health: () => ({
      instance,
      workers:
        live.together?.hosts().flatMap((host) => host.workers) ?? live.workers?.workers() ?? [],
      draining: live.draining,
      ...(live.unpackedShare === undefined ? {} : { unpacking: live.unpackedShare }),
      scheduleBeatAt: lastBeat(scheduler, begunAt),
      ...(live.sandbox === undefined ? {} : { sandbox: live.sandbox }),
    }),
    lookForUpdates: createLookAgain(scheduler, TASKS.treeUpdates, log, stopping.signal),
    setLogLevel(level) {
      log.level = level;
      live.workers?.setLogLevel(level);
    },
    ping: async () => live.workers?.ping() ?? [],
    refreshCatalogue,
    schedule: scheduler,
    tests,
    testerStatus: () => live.testBuilds?.status() ?? TESTS_OFF,
  });
  return live.server;
}

/** Unpacks the toolchain that came packed, or what is damaged of it. */
async function unpack({ settings, kiln, live, stopping }: Context, say: (line: string) => void) {
  const { repairToolchain } = await import('../../core/toolchain/pack.ts');
  const { written } = await repairToolchain(settings, kiln.paths, {
    onProgress(share) {
      say(`${Math.floor(share * 100)} %`);
      if (live.unpacked !== undefined) live.unpackedShare = share;
    },
    signal: stopping.signal,
  });
  return { files: written.length };
}

/** Where the toolchain is to be unpacked first, workers begin after that, and jobs wait for them. */
async function beginBuilding(context: Context, { work }: Background): Promise<void> {
  const { settings, kiln, live, log, stopping } = context;
  if (!needsUnpacking(settings, kiln.paths)) return startBuilding(context);
  const { promise, resolve } = Promise.withResolvers<void>();
  log.info('unpacking the toolchain');
  work.start('repair-toolchain', 'toolchain', async (say) => {
    try {
      return await unpack(context, say);
    } catch (error) {
      if (!stopping.signal.aborted) log.error({ err: error }, 'the toolchain cannot be unpacked');
      throw error;
    } finally {
      resolve();
    }
  });
  live.unpacked = promise.then(async () => {
    live.unpacked = undefined;
    live.unpackedShare = undefined;
    // What the machine has of its own may do as well.
    if (!stopping.signal.aborted) await startBuilding(context);
  });
}

/** Who builds, and who else is there. */
async function startBuilding(context: Context): Promise<void> {
  const { settings, log, logFile, kiln, onProcess, live } = context;
  live.workers = startWorkers({
    settings,
    log,
    queue: kiln.queue,
    hostId: kiln.hostId,
    buildsFolder: kiln.paths.builds,
    onProcess,
    beginAfterMs: REST_AFTER_MS,
    ...(logFile === undefined ? {} : { logFile }),
  });
  live.together = await startTogether({ kiln, workers: live.workers.workers, log });
}

/** Tells other commands of this machine where the service is. */
async function publishAddress(
  { kiln, instance }: Context,
  { url, lan }: RunningServer,
): Promise<ServiceFile> {
  const address: ServiceFile = {
    url,
    pid: process.pid,
    tokenFile: kiln.paths.token,
    version: RELEASE,
    instance,
    lan,
  };
  const { service } = kiln.paths;
  await writeAtomically(dirname(service), basename(service), `${JSON.stringify(address)}\n`);
  return address;
}

function beginTestBuilds({ kiln, log }: Context, { tests, tester }: Background): TestBuilds {
  const readVersion = createTreeVersions(createGit(kiln.toolchain));
  return startTestBuilds({
    ...kiln,
    store: tests,
    log,
    run: tester.run,
    versionOf: async (tree) =>
      tree.kind === 'starter' ? RELEASE : (await readVersion(tree)).describe,
  });
}

async function prepare(context: Context): Promise<void> {
  const { settings, log, logFile, kiln, onProcess, live } = context;
  const { signal } = context.stopping;
  await sleep(REST_AFTER_MS, undefined, { signal });
  await live.unpacked;
  live.sandbox = await sandboxFor(settings, onProcess).status();
  log.info({ sandbox: live.sandbox.level }, 'looked how builds can be contained');
  if (signal.aborted) return;
  // What reads all keyboards would take the first question's share of the processor.
  await kiln.catalogues
    .warmUp()
    .catch((error: unknown) => log.warn({ err: error }, 'the trees could not be looked through'));
  if (signal.aborted) return;
  live.indexing = startIndexing({
    settings,
    log,
    trees: kiln.trees,
    onProcess,
    ...(logFile === undefined ? {} : { logFile }),
  });
}

function warnOfOpenDoors({ settings, log }: Context, { lan }: RunningServer): void {
  if (lan?.mode === 'plain') {
    log.warn({ urls: lan.urls }, 'other machines reach the service, and nothing is encrypted');
  }
  if (lan !== null && settings.access === 'open') {
    log.warn('every machine that reaches the service may build: KILN_ACCESS is open');
  }
}

/** @returns a promise, in an object so that nobody waits for it here: it is kept when the database is gone. */
async function watch(context: Context): Promise<{ readonly databaseLost: Promise<void> }> {
  const { settings, log, kiln, live } = context;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopListening = watchEventLoop(settings.slowMs, log);
  const stopLooking = await watchDatabase(kiln.paths.database, () => {
    live.lost = true;
    log.error({ database: kiln.paths.database }, 'the database is gone from the disk');
    resolve();
  });
  live.stopWatching = () => {
    stopLooking();
    stopListening();
  };
  return { databaseLost: promise };
}

async function isWell({ settings, kiln, live }: Context): Promise<boolean> {
  await kiln.queue.counts();
  // An API host has none, and is well without.
  if (settings.role === 'api' || live.unpacked !== undefined) return true;
  return live.workers?.workers().some(({ alive }) => alive) ?? false;
}

async function stop(context: Context, background: Background): Promise<void> {
  const { settings, log, kiln, live } = context;
  // Its next jobs are for others, who have what it would fetch or fetch it themselves.
  void live.together?.stopFollowing();
  if (settings.drainSeconds > 0 && settings.redisHost !== undefined) {
    // Load balancers see it at their next look, and send nobody any more; whoever comes until then is served.
    live.draining = true;
    log.info({ seconds: settings.drainSeconds }, 'draining');
    await sleep(settings.drainSeconds * 1000);
  }
  // What is left of it misleads nobody for long: commands ask whether the address answers.
  await rm(kiln.paths.service, { force: true }).catch((error: unknown) =>
    log.warn({ err: error }, 'the service’s address could not be removed'),
  );
  await end(context, background);
  log.info('service stopped');
}

async function end({ log, kiln, live, stopping }: Context, background: Background): Promise<void> {
  stopping.abort();
  live.stopWatching();
  await live.unpacked;
  // Before the server, which waits for its answers.
  background.liveCheck.stop();
  await Promise.all([
    background.scheduler.stop(),
    live.server?.close(),
    live.workers?.stop(),
    background.checker.stop(),
    background.idleChecker.stop(),
    background.tester.stop(),
    live.testBuilds?.stop(),
    live.indexing?.stop(),
    background.appWindow.stop(),
    live.prepared,
  ]);
  // After the server, so that nothing new begins; a keyboard that is being written is written to its end.
  await live.flash?.stop();
  await live.keyUses?.close();
  background.tests.close();
  await live.together?.stop();
  if (live.lost) {
    await rescueDatabase(kiln.database, kiln.paths)
      .then(() => log.warn('the database was written back'))
      .catch((error: unknown) => log.error({ err: error }, 'the database cannot be written back'));
  }
  await kiln.close();
}
