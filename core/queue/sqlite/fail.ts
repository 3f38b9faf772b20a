/** running → failed: the work could not be carried out. */
import type { ErrorReport } from '../../errors.ts';
import type { Claim, Job } from '../contract.ts';
import type { EndClaimed } from './end-claimed.ts';

export function prepareFail(endClaimed: EndClaimed): (claim: Claim, error: ErrorReport) => Job {
  return (claim, error) => endClaimed(claim, { state: 'failed', error });
}
