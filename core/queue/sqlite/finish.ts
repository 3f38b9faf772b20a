/** running → finished: the work ran to its own end. */
import type { Claim, Job, JsonValue } from '../contract.ts';
import type { EndClaimed } from './end-claimed.ts';

export function prepareFinish(endClaimed: EndClaimed): (claim: Claim, result: JsonValue) => Job {
  return (claim, result) => endClaimed(claim, { state: 'finished', result });
}
