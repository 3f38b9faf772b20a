/** The queue for operators: of the running service, or of the data folder while none runs. */
import { findJob } from '../../api/routes/compile-jobs.ts';
import { keymapOf } from '../../api/routes/kiln-queue.ts';
import type { JobView } from '../../api/schemas/kiln-jobs.ts';
import type { OperatorJob, QueueView } from '../../api/schemas/kiln-queue.ts';
import { submitKeymap } from '../../api/submission.ts';
import { jobView } from '../../api/views/job.ts';
import { operatorJob, queueView } from '../../api/views/queue.ts';
import type { Logger } from '../../core/log.ts';
import {
  type ClientShare,
  type Flushed,
  flushQueue,
  jobLog,
  jobsByClient,
} from '../../core/queue/operate.ts';
import type { Settings } from '../../core/settings.ts';
import { openKiln } from './kiln.ts';
import { findServiceClient, type ServiceClient } from './service-client.ts';

/** As many as the service lists at a time. */
const MOST = 500;

export interface QueueDesk {
  /** False while no service runs: jobs wait until one does. */
  readonly isServed: boolean;
  view(): Promise<QueueView>;
  clients(): Promise<readonly ClientShare[]>;
  /** @throws KilnError `job.unknown` */
  show(id: string): Promise<OperatorJob>;
  log(id: string): Promise<string>;
  /** The state after the call: a running job is only asked to end. */
  cancel(id: string): Promise<JobView>;
  retry(id: string): Promise<JobView>;
  flush(running: boolean): Promise<Flushed>;
  close(): Promise<void>;
}

export async function openQueueDesk(settings: Settings, log: Logger): Promise<QueueDesk> {
  const client = await findServiceClient(settings);
  return client === null ? localDesk(settings, log) : serviceDesk(client);
}

function serviceDesk({ get, post, text }: ServiceClient): QueueDesk {
  const at = (id: string, rest = '') => `/kiln/v1/jobs/${encodeURIComponent(id)}${rest}`;
  return {
    isServed: true,
    view: () => get<QueueView>(`/kiln/v1/queue?limit=${MOST}`),
    clients: async () =>
      (await get<{ clients: readonly ClientShare[] }>('/kiln/v1/queue/clients')).clients,
    show: (id) => get<OperatorJob>(`/kiln/v1/queue/jobs/${encodeURIComponent(id)}`),
    log: (id) => text(at(id, '/log')),
    cancel: (id) => post<JobView>(at(id, '/cancel')),
    retry: (id) => post<JobView>(at(id, '/retry')),
    flush: (running) => post<Flushed>('/kiln/v1/queue/flush', { running }),
    close: async () => undefined,
  };
}

async function localDesk(settings: Settings, log: Logger): Promise<QueueDesk> {
  const kiln = await openKiln(settings, { log, exclusive: false });
  const { queue } = kiln;
  return {
    isServed: false,
    view: () => queueView(queue, [], MOST),
    clients: () => jobsByClient(queue),
    async show(id) {
      const job = await findJob(queue, id);
      return operatorJob(job, await queue.position(job.id));
    },
    async log(id) {
      const job = await findJob(queue, id);
      return (await jobLog(queue, job.id)).map((line) => `${line}\n`).join('');
    },
    async cancel(id) {
      const job = await findJob(queue, id);
      return jobView((await queue.cancel(job.id)) ?? job, null);
    },
    async retry(id) {
      const job = await submitKeymap(keymapOf(await findJob(queue, id)), { client: 'local' }, kiln);
      return jobView(job, await queue.position(job.id));
    },
    flush: (running) => flushQueue(queue, running),
    close: () => kiln.close(),
  };
}
