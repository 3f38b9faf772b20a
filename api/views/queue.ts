/** Jobs and workers as operators see them: with the client's address and the worker's name. */
import type { Job, JobQueue } from '../../core/queue/contract.ts';
import { openJobs } from '../../core/queue/operate.ts';
import type { WorkerHealth } from '../dependencies.ts';
import type { OperatorJob, QueueView } from '../schemas/kiln-queue.ts';
import { jobView } from './job.ts';

export function operatorJob(job: Job, position: number | null): OperatorJob {
  const { client, requestId, front, workerId, timeLimitMs } = job;
  return { ...jobView(job, position), client, requestId, front, workerId, timeLimitMs };
}

/** @param workers none where no service runs. */
export async function queueView(
  queue: JobQueue,
  workers: readonly WorkerHealth[],
  limit: number,
): Promise<QueueView> {
  const jobs = await openJobs(queue, limit);
  const held = new Map(jobs.map(({ workerId, id }) => [workerId, id]));
  let position = 0;
  return {
    at: Date.now(),
    ...(await queue.counts()),
    workers: workers.map(({ id, alive, lastHeartbeatAt }) => ({
      id,
      alive,
      lastHeartbeatAt,
      jobId: held.get(id) ?? null,
    })),
    jobs: jobs.map((job) => operatorJob(job, job.state === 'queued' ? position++ : null)),
  };
}
