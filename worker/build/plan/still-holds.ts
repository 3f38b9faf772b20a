import { basename } from 'node:path';
import type { PlanStore, StoredPlan } from './plan-store.ts';
import { findChange } from './signature.ts';

/** @returns what does not hold any more, as a sentence; null when all does. */
export function stillHolds(plans: PlanStore, stored: StoredPlan): string | null {
  const input = findChange(stored.plan.inputs);
  if (input !== null) return `${basename(input)} changed since the last full build.`;
  return plans.findDamage(stored) === null
    ? null
    : 'A kept file of the build plan was damaged or gone.';
}
