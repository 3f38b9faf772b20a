/**
 * The worker process: one slot, on the service's database. Ends itself when the service is gone, since nobody would
 * end it then.
 *
 * Usage: node worker/main.ts <WorkerArguments as JSON>
 */
import { openDatabase } from '../core/db/database.ts';
import { offersOf } from '../core/hosts/offers.ts';
import { createLogger } from '../core/log.ts';
import { openQueue } from '../core/queue/open-queue.ts';
import { dataPaths, joinSecrets } from '../core/settings.ts';
import { createLaterPlans } from './build/plan/later-plans.ts';
import { createStandby } from './build/plan/standby.ts';
import { compileEnvironment, createHandlers } from './handlers.ts';
import type { FromWorker, ToWorker, WorkerArguments } from './messages.ts';
import { sandboxFor } from './sandbox/create-sandbox.ts';
import { runSlot } from './slot.ts';

/** A finished build is worth waiting for a Redis that starts anew. */
const CALL_WAIT_MS = 60_000;

async function main(): Promise<void> {
  const given = JSON.parse(process.argv[2] ?? '') as WorkerArguments;
  const { workerId, aliveMs, logFile } = given;
  const settings = joinSecrets(given.settings);
  const log = createLogger({
    level: settings.logLevel,
    name: 'worker',
    ...(logFile === undefined ? {} : { destination: logFile }),
  }).child({ workerId });
  const database = openDatabase(dataPaths(settings).database);
  const drain = new AbortController();
  const say = (message: FromWorker): void => {
    if (process.connected) process.send?.(message);
  };
  const last = new AbortController();
  const queue = await openQueue(settings, {
    database,
    waitMs: CALL_WAIT_MS,
    onWrite: (jobId) => say({ type: 'queue-changed', jobId }),
  });

  process.on('message', (message: ToWorker) => {
    if (message.type === 'drain') drain.abort();
    else if (message.type === 'last') last.abort();
    else if (message.type === 'ping') say({ type: 'alive' });
    else if (message.type === 'log-level') log.level = message.level;
    else queue.notify(message.jobId);
  });
  process.on('disconnect', () => drain.abort());
  process.on('SIGTERM', () => drain.abort());
  // On a terminal, Ctrl+C reaches the whole group; the service decides when workers end.
  process.on('SIGINT', () => undefined);
  const alive = setInterval(() => say({ type: 'alive' }), aliveMs);
  say({ type: 'alive' });

  const standby = createStandby({ builds: dataPaths(settings).builds, name: workerId });
  let isBusy = false;
  const laterPlans = createLaterPlans({
    onChange: (jobIds) => say({ type: 'plans', jobIds }),
    onMade() {
      if (!isBusy) void standby.ready();
    },
  });
  try {
    const sandbox = sandboxFor(settings);
    const contained = await sandbox.status();
    log[contained.level === 'full' ? 'info' : 'warn']({ sandbox: contained }, 'worker ready');
    const handlers = createHandlers(settings, database, {
      sandbox,
      queue,
      standby,
      laterPlans,
    });
    const { trees, readVersion, toolchainOf } = compileEnvironment(settings, database, sandbox);
    const isShared = settings.redisHost !== undefined;
    await runSlot({
      queue,
      workerId,
      log,
      handlers,
      // What there is by now: somebody may have updated a tree, or installed a compiler.
      ...(isShared
        ? {
            offers: async () => offersOf({ trees, readVersion, toolchainOf, settings }),
          }
        : {}),
      signal: drain.signal,
      last: last.signal,
      onIdle: () => void standby.ready(),
      onBusy(jobId) {
        isBusy = jobId !== null;
        say({ type: 'busy', jobId });
        if (jobId === null) laterPlans.begin();
      },
    });
  } finally {
    clearInterval(alive);
    await laterPlans.close();
    await standby.close();
    await queue.close();
    database.close();
    if (process.connected) process.disconnect();
  }
}

await main();
