/** `kiln serve --role worker`: a machine that builds for others and answers nobody. */
import type { Logger } from '../../core/log.ts';
import { recordProcess } from '../../core/process-records.ts';
import { redisAddressOf } from '../../core/queue/open-queue.ts';
import type { Settings } from '../../core/settings.ts';
import { checkTogether } from './check-together.ts';
import { openKiln } from './kiln.ts';
import { startTogether, type Together } from './together.ts';
import { startWorkers } from './worker-supervisor.ts';

export interface WorkerHost {
  readonly hostId: string;
  /** Lets builds in hand end within `KILN_DRAIN_SECONDS`, hands the rest back, lets go of the data folder. */
  stop(): Promise<void>;
}

/**
 * @param logFile where workers log; stderr when absent.
 * @throws KilnError `settings.invalid` without Redis; `queue.*`, `service.data-in-use`, `storage.*`, `database.*`
 */
export async function startWorkerHost(
  settings: Settings,
  log: Logger,
  logFile?: string,
): Promise<WorkerHost> {
  await checkTogether(settings, log);
  const kiln = await openKiln(settings, { log, exclusive: true, command: 'kiln serve' });
  const workers = startWorkers({
    settings,
    log,
    queue: kiln.queue,
    hostId: kiln.hostId,
    buildsFolder: kiln.paths.builds,
    onProcess: (identity) => recordProcess(kiln.paths.processes, identity),
    ...(logFile === undefined ? {} : { logFile }),
  });
  const together: Together | null = await startTogether({ kiln, workers: workers.workers, log });
  log.info({ workers: settings.workers, redis: redisAddressOf(settings)?.host }, 'building');
  return {
    hostId: kiln.hostId,
    async stop() {
      await workers.stop();
      await together?.stop();
      await kiln.close();
      log.info('service stopped');
    },
  };
}
