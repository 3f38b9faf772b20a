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
import { createGit } from '../../core/trees/git.ts';
import { createVersionReader } from '../../core/trees/version.ts';
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
import { openKiln } from './kiln.ts';
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
  const appWindow = createAppWindow(log);
  const work = createBackgroundWork();
  let server: RunningServer | undefined;
  let workers: WorkerSupervisor | undefined;
  let indexing: Indexing | undefined;
  let keyUses: UseCounter | undefined;
  let flash: FlashService | undefined;
  await checkTogether(settings, log);
  const kiln = await openKiln(settings, {
    log,
    exclusive: true,
    command: 'kiln serve',
    onQueueWrite: (jobId) => workers?.tell(jobId),
  });
  const instance = randomBytes(8).toString('hex');
  const begunAt = Date.now();
  let stopping = false;
  let draining = false;
  let together: Together | null = null;
  let lost = false;
  let stopWatching = (): void => undefined;
  let prepared: Promise<void> | undefined;
  const onProcess = (identity: ProcessIdentity): void => {
    try {
      recordProcess(kiln.paths.processes, identity);
    } catch (error) {
      // On a full disk work goes on; after a crash one process more may be left.
      log.warn({ err: error }, 'a process could not be written down');
    }
  };
  const checker = createChecker({ settings, log, onProcess, idle: false });
  const idleChecker = createChecker({ settings, log, onProcess, idle: true });
  const liveCheck = createCheckDesk({
    runCheck: checker.run,
    runIdle: idleChecker.run,
    isQuiet: async () => {
      const { queued, running } = await kiln.queue.counts();
      return queued + running === 0;
    },
  });
  const refreshCatalogue = (): void => indexing?.refresh();
  const tests = openTestStore(kiln.paths.testBuilds, log);
  const tester = createChecker<TestAnswer>({ settings, log, onProcess, idle: true, kind: 'test' });
  const git = createGit(kiln.toolchain);
  const readVersion = createVersionReader(git);
  let testBuilds: TestBuilds | undefined;
  const scheduler = createScheduler({
    tasks: createTasks({
      kiln,
      log,
      workers: () => workers,
      clearsUp: () => together?.isElected() ?? true,
      refreshCatalogue,
      forgetTests: () => tests.forget(Date.now() - TESTS_KEPT_MS),
    }),
    store: createScheduleStore(kiln.database),
    log,
  });
  const stopLooking = new AbortController();
  const end = async (): Promise<void> => {
    stopping = true;
    stopLooking.abort();
    stopWatching();
    // Before the server, which waits for its answers.
    liveCheck.stop();
    await Promise.all([
      scheduler.stop(),
      server?.close(),
      workers?.stop(),
      checker.stop(),
      idleChecker.stop(),
      tester.stop(),
      testBuilds?.stop(),
      indexing?.stop(),
      appWindow.stop(),
      prepared,
    ]);
    // After the server, so that nothing new begins; a keyboard that is being written is written to its end.
    await flash?.stop();
    await keyUses?.close();
    tests.close();
    await together?.stop();
    if (lost) {
      await rescueDatabase(kiln.database, kiln.paths)
        .then(() => log.warn('the database was written back'))
        .catch((error: unknown) =>
          log.error({ err: error }, 'the database cannot be written back'),
        );
    }
    await kiln.close();
  };
  try {
    const token = await createSessionToken(kiln.paths.token);
    keyUses = createUseCounter({ keys: kiln.keys, log });
    const browserCodes = createBrowserCodes();
    flash = createFlashService({
      ...kiln,
      history: createFlashHistory(kiln.database),
      watcher: startDeviceWatcher({
        log,
        onProcess,
        beginAfterMs: REST_AFTER_MS,
        ...(devicePlaces === undefined ? {} : { places: devicePlaces }),
      }),
      folder: join(kiln.paths.builds, 'flash'),
      lockFile: kiln.paths.flashLock,
      log,
    });
    const cutOff = flash.endCutOff();
    if (cutOff > 0) log.warn({ runs: cutOff }, 'flash runs were ended in the middle');
    const makeSandbox = () => sandboxFor(settings, onProcess);
    let sandbox: SandboxStatus | undefined;
    server = await startServer({
      ...kiln,
      flash,
      log,
      token,
      keyUses,
      browserCodes,
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
          sandbox: await makeSandbox().status(),
        }),
      installToolchain: (say) =>
        installPython({ toolchain: kiln.toolchain, onLine: say, force: false }),
      version: RELEASE,
      health: () => ({
        instance,
        workers: together?.hosts().flatMap((host) => host.workers) ?? workers?.workers() ?? [],
        draining,
        scheduleBeatAt: lastBeat(scheduler, begunAt),
        ...(sandbox === undefined ? {} : { sandbox }),
      }),
      needsOf: async (tree) => together?.needsOf(tree) ?? [],
      lookForUpdates: createLookAgain(scheduler, TASKS.treeUpdates, log, stopLooking.signal),
      setLogLevel(level) {
        log.level = level;
        workers?.setLogLevel(level);
      },
      ping: async () => workers?.ping() ?? [],
      refreshCatalogue,
      schedule: scheduler,
      tests,
      testerStatus: () => testBuilds?.status() ?? TESTS_OFF,
    });
    workers = startWorkers({
      settings,
      log,
      queue: kiln.queue,
      hostId: kiln.hostId,
      buildsFolder: kiln.paths.builds,
      onProcess,
      beginAfterMs: REST_AFTER_MS,
      ...(logFile === undefined ? {} : { logFile }),
    });
    together = await startTogether({ kiln, workers: workers.workers, log });
    const address: ServiceFile = {
      url: server.url,
      pid: process.pid,
      tokenFile: kiln.paths.token,
      version: RELEASE,
      instance,
      lan: server.lan,
    };
    const { service } = kiln.paths;
    await writeAtomically(dirname(service), basename(service), `${JSON.stringify(address)}\n`);
    scheduler.start();
    if (settings.testBuilds === 'on') {
      testBuilds = startTestBuilds({
        ...kiln,
        store: tests,
        log,
        run: tester.run,
        versionOf: async (tree) =>
          tree.kind === 'starter' ? RELEASE : (await readVersion(tree.path)).describe,
      });
    }
    const prepare = async (): Promise<void> => {
      await sleep(REST_AFTER_MS, undefined, { signal: stopLooking.signal });
      sandbox = await makeSandbox().status();
      log.info({ sandbox: sandbox.level }, 'looked how builds can be contained');
      if (stopping) return;
      // What reads all keyboards would take the first question's share of the processor.
      await kiln.catalogues
        .warmUp()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'the trees could not be looked through'),
        );
      if (stopping) return;
      indexing = startIndexing({
        settings,
        log,
        trees: kiln.trees,
        onProcess,
        ...(logFile === undefined ? {} : { logFile }),
      });
    };
    prepared = prepare().catch((error: unknown) => {
      if (!stopping) log.error({ err: error }, 'the service is not prepared in full');
    });
    log.info({ url: server.url, lan: server.lan, workers: settings.workers }, 'service ready');
    if (server.lan?.mode === 'plain') {
      log.warn(
        { urls: server.lan.urls },
        'other machines reach the service, and nothing is encrypted',
      );
    }
    if (server.lan !== null && settings.access === 'open') {
      log.warn('every machine that reaches the service may build: KILN_ACCESS is open');
    }
    const databaseLost = Promise.withResolvers<void>();
    const stopListening = watchEventLoop(settings.slowMs, log);
    const stopLookingAtFile = await watchDatabase(kiln.paths.database, () => {
      lost = true;
      log.error({ database: kiln.paths.database }, 'the database is gone from the disk');
      databaseLost.resolve();
    });
    stopWatching = () => {
      stopLookingAtFile();
      stopListening();
    };
    return {
      address,
      databaseLost: databaseLost.promise,
      async isWell() {
        await kiln.queue.counts();
        // An API host has none, and is well without.
        return settings.role === 'api' || (workers?.workers().some(({ alive }) => alive) ?? false);
      },
      async stop() {
        if (settings.drainSeconds > 0 && settings.redisHost !== undefined) {
          // Load balancers see it at their next look, and send nobody any more; whoever comes until then is served.
          draining = true;
          log.info({ seconds: settings.drainSeconds }, 'draining');
          await sleep(settings.drainSeconds * 1000);
        }
        // What is left of it misleads nobody for long: commands ask whether the address answers.
        await rm(kiln.paths.service, { force: true }).catch((error: unknown) =>
          log.warn({ err: error }, 'the service’s address could not be removed'),
        );
        await end();
        log.info('service stopped');
      },
    };
  } catch (error) {
    // All of it, or the process would live on half started.
    await end();
    throw error;
  }
}
