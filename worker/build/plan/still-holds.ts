import { basename } from 'node:path';
import type { PlanStore, StoredPlan } from './plan-store.ts';
import { findChange } from './signature.ts';

const changed = (path: string): string => `${basename(path)} changed since the last full build.`;

/** Of what none of its commands reads: to be asked at any time between a build's begin and its end. */
export function originsHold({ plan }: StoredPlan): string | null {
  const origin = findChange(plan.origins);
  return origin === null ? null : changed(origin);
}

/** Of all else: to be asked after the commands, so that nothing can change between the look and the compiler's own. */
export function inputsHold(plans: PlanStore, stored: StoredPlan): string | null {
  const input = findChange(stored.plan.inputs);
  if (input !== null) return changed(input);
  return plans.findDamage(stored) === null
    ? null
    : 'A kept file of the build plan was damaged or gone.';
}

/** @returns what does not hold any more, as a sentence; null when all does. */
export function stillHolds(plans: PlanStore, stored: StoredPlan): string | null {
  return originsHold(stored) ?? inputsHold(plans, stored);
}
