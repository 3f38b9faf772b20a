/**
 * What every job queue must do, whatever it is built on. An engine calls `describeJobQueue` from a test file
 * of its own; that file then adds what only it promises.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import {
  describeClaimOrder,
  describeEnds,
  describeLostClaims,
  describeSubmit,
} from './job-queue-claims.ts';
import {
  createContext,
  LIMIT,
  type MakeQueueEngine,
  type QueueEngine,
} from './job-queue-context.ts';
import { describeHistory } from './job-queue-history.ts';
import { describeModel } from './job-queue-model.ts';
import {
  describeCancel,
  describeHandBack,
  describeRecovery,
  describeRefuse,
} from './job-queue-recovery.ts';
import { describeLooking, describeStory, describeSweep } from './job-queue-views.ts';

/**
 * Holds an engine to the contract.
 * @param modelRuns random stories that are told to it; fewer for an engine that answers over a network.
 */
export function describeJobQueue(name: string, makeEngine: MakeQueueEngine, modelRuns = 150): void {
  describe(`${name} as a job queue`, () => {
    let engine: QueueEngine;
    beforeEach(async () => {
      engine = await makeEngine({ queueLimit: LIMIT });
    });
    afterEach(() => engine.close());

    const context = createContext(() => engine);
    describeSubmit(context);
    describeClaimOrder(context);
    describeEnds(context);
    describeLostClaims(context);
    describeCancel(context);
    describeRefuse(context);
    describeRecovery(context);
    describeHandBack(context);
    describeStory(context);
    describeLooking(context);
    describeHistory(context);
    describeSweep(context);
  });
  describeModel(name, makeEngine, modelRuns);
}
