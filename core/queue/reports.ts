/** What both engines say of jobs and claims that ended otherwise than by their work. */
import { type ErrorReport, KilnError } from '../errors.ts';
import { type Claim, MAX_TRIES } from './contract.ts';

/** The error of a job that somebody canceled. */
export function canceledReport(when: 'before it started' | 'while it ran'): ErrorReport {
  return new KilnError('job.canceled', `The job was canceled ${when}.`).toReport();
}

/** The error of a job that was given up after its last worker was lost. */
export function workerLostReport(): ErrorReport {
  return new KilnError(
    'job.worker-lost',
    `The worker was lost ${MAX_TRIES} times while it ran this job.`,
    { details: { tries: MAX_TRIES } },
  ).toReport();
}

/** The error of a worker that acts on a job which it no longer holds. */
export function claimLost({ job }: Claim): KilnError {
  return new KilnError('queue.claim-lost', `The claim on job ${job.id} no longer holds.`, {
    details: { jobId: job.id },
  });
}
