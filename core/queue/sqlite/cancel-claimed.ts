/** running → canceled: the worker has stopped what it was asked to stop. */
import type { Claim, Job } from '../contract.ts';
import { canceledReport } from '../reports.ts';
import type { EndClaimed } from './end-claimed.ts';

export function prepareCancelClaimed(endClaimed: EndClaimed): (claim: Claim) => Job {
  return (claim) => endClaimed(claim, { state: 'canceled', error: canceledReport('while it ran') });
}
