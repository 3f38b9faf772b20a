/**
 * The job queue's contract as a property: whatever is done to a queue in whatever order, it answers as a
 * model of a few lines does, and each job's story stays within the diagram of core/queue/README.md.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  type Job,
  type JobQueue,
  type JobState,
  MAX_TRIES,
} from '../../core/queue/contract.ts';
import {
  codeOf,
  FAILURE,
  type MakeQueueEngine,
  newJob,
  type QueueEngine,
} from './job-queue-context.ts';

const WORKERS = ['worker-0', 'worker-1', 'worker-2'];
const KINDS = ['compile', 'index'];
const LIMIT = 4;

const ENDED: readonly JobState[] = ['finished', 'failed', 'canceled'];
const STEPS: Readonly<Record<JobState, readonly JobState[]>> = {
  queued: ['running', 'canceled', 'failed'],
  running: ['queued', ...ENDED],
  finished: [],
  failed: [],
  canceled: [],
};

type ClaimAction = 'heartbeat' | 'record' | 'finish' | 'fail' | 'cancelClaimed' | 'handBack';

type Operation =
  | { readonly do: 'submit'; readonly front: boolean; readonly kind: string }
  | {
      readonly do: 'claim';
      readonly worker: string;
      readonly kinds: readonly string[];
      readonly lease: number;
    }
  /** Any claim there ever was: the held, the lost and the used up. */
  | { readonly do: ClaimAction; readonly claim: number }
  | { readonly do: 'cancel' | 'refuse'; readonly job: number }
  | { readonly do: 'recover'; readonly worker: string | undefined }
  | { readonly do: 'advance'; readonly by: number };

const index = fc.nat({ max: 30 });
const worker = fc.constantFrom(...WORKERS);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      front: fc.boolean(),
      kind: fc.constantFrom(...KINDS),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      worker,
      kinds: fc.subarray(KINDS),
      lease: fc.constantFrom(10, 100),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom<ClaimAction>(
        'heartbeat',
        'record',
        'finish',
        'fail',
        'cancelClaimed',
        'handBack',
      ),
      claim: index,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), job: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), job: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('recover' as const),
      worker: fc.option(worker, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), by: fc.constantFrom(5, 50) }),
  },
);

interface ModelJob {
  readonly id: string;
  readonly place: number;
  readonly kind: string;
  readonly front: boolean;
  state: JobState;
  tries: number;
  cancelRequested: boolean;
  worker: string | null;
  leaseUntil: number;
  /** The claim that holds the job. */
  claim: Claim | null;
}

/** A queue without a store: what is known of each job, and every claim ever made. */
class Model {
  readonly jobs: ModelJob[] = [];
  readonly claims: Claim[] = [];

  queued(): readonly ModelJob[] {
    return this.jobs
      .filter(({ state }) => state === 'queued')
      .sort((a, b) => Number(b.front) - Number(a.front) || a.place - b.place);
  }

  running(): readonly ModelJob[] {
    return this.jobs.filter(({ state }) => state === 'running');
  }

  /** The job that a claim still holds. */
  heldBy(claim: Claim): ModelJob | undefined {
    return this.jobs.find((job) => job.claim === claim);
  }

  move(job: ModelJob, state: JobState): void {
    expect(STEPS[job.state]).toContain(state);
    job.state = state;
    if (state !== 'running') job.claim = null;
    if (state === 'queued') job.worker = null;
  }

  recover(job: ModelJob): void {
    if (job.cancelRequested) this.move(job, 'canceled');
    else this.move(job, job.tries >= MAX_TRIES ? 'failed' : 'queued');
  }
}

async function submit(model: Model, { queue }: QueueEngine, front: boolean, kind: string) {
  if (model.queued().length >= LIMIT) {
    expect(await codeOf(queue.submit(newJob({ front, kind })))).toBe('queue.full');
    return;
  }
  const { id } = await queue.submit(newJob({ front, kind }));
  const place = model.jobs.length;
  const rest = { tries: 0, cancelRequested: false, worker: null, leaseUntil: 0, claim: null };
  model.jobs.push({ id, place, kind, front, state: 'queued', ...rest });
}

async function claim(
  model: Model,
  { queue, now }: QueueEngine,
  { worker, kinds, lease }: Extract<Operation, { do: 'claim' }>,
) {
  const expected = model.queued().find(({ kind }) => kinds.includes(kind));
  const given = await queue.claim(worker, kinds, lease);
  expect(given?.job.id).toBe(expected?.id);
  if (given === null || expected === undefined) return;
  model.move(expected, 'running');
  Object.assign(expected, {
    tries: expected.tries + 1,
    worker,
    leaseUntil: now() + lease,
    claim: given,
  });
  model.claims.push(given);
}

/** What each ending by a worker does to a job that it holds. */
const ENDINGS = {
  finish: { call: (queue: JobQueue, held: Claim) => queue.finish(held, 1), state: 'finished' },
  fail: { call: (queue: JobQueue, held: Claim) => queue.fail(held, FAILURE), state: 'failed' },
  cancelClaimed: {
    call: (queue: JobQueue, held: Claim) => queue.cancelClaimed(held),
    state: 'canceled',
  },
  handBack: { call: (queue: JobQueue, held: Claim) => queue.handBack(held), state: 'queued' },
} as const;

async function useClaim(model: Model, { queue, now }: QueueEngine, act: ClaimAction, at: number) {
  const used = model.claims[at % Math.max(1, model.claims.length)];
  if (used === undefined) return;
  const job = model.heldBy(used);
  if (act === 'heartbeat') {
    const answer = job === undefined ? 'lost' : job.cancelRequested ? 'cancel' : 'held';
    expect(await queue.heartbeat(used, 20)).toBe(answer);
    if (job !== undefined) job.leaseUntil = now() + 20;
  } else if (act === 'record') {
    const before = (await queue.events(used.job.id, 0)).length;
    await queue.record(used, [{ type: 'log', lines: ['a line'] }]);
    const after = (await queue.events(used.job.id, 0)).length;
    expect(after - before).toBe(job === undefined ? 0 : 1);
  } else if (job === undefined) {
    expect(await codeOf(ENDINGS[act].call(queue, used))).toBe('queue.claim-lost');
  } else {
    await ENDINGS[act].call(queue, used);
    if (act === 'cancelClaimed') job.cancelRequested = true;
    if (act === 'handBack') {
      model.move(job, job.cancelRequested ? 'canceled' : 'queued');
      if (job.state === 'queued') job.tries -= 1;
    } else model.move(job, ENDINGS[act].state);
  }
}

async function cancel(model: Model, { queue }: QueueEngine, at: number) {
  const job = model.jobs[at % Math.max(1, model.jobs.length)];
  if (job === undefined) return;
  await queue.cancel(job.id);
  if (ENDED.includes(job.state)) return;
  job.cancelRequested = true;
  if (job.state === 'queued') model.move(job, 'canceled');
}

async function refuse(model: Model, { queue }: QueueEngine, at: number) {
  const job = model.jobs[at % Math.max(1, model.jobs.length)];
  if (job === undefined) return;
  await queue.refuse(job.id, FAILURE);
  if (job.state === 'queued') model.move(job, 'failed');
}

async function recover(model: Model, { queue, now }: QueueEngine, worker: string | undefined) {
  const lost = model
    .running()
    .filter((job) => job.leaseUntil <= now() || (worker !== undefined && job.worker === worker));
  const changed = await queue.recover(worker);
  expect(changed.map(({ id }) => id).sort()).toEqual(lost.map(({ id }) => id).sort());
  for (const job of lost) model.recover(job);
}

async function perform(model: Model, engine: QueueEngine, operation: Operation): Promise<void> {
  switch (operation.do) {
    case 'submit':
      return submit(model, engine, operation.front, operation.kind);
    case 'claim':
      return claim(model, engine, operation);
    case 'cancel':
      return cancel(model, engine, operation.job);
    case 'refuse':
      return refuse(model, engine, operation.job);
    case 'recover':
      return recover(model, engine, operation.worker);
    case 'advance':
      return engine.advance(operation.by);
    default:
      return useClaim(model, engine, operation.do, operation.claim);
  }
}

const facts = ({ id, state, tries, cancelRequested }: Job | ModelJob) => ({
  id,
  state,
  tries,
  cancelRequested,
});

/** No job lost, none invented, each as the model has it. */
async function compare(model: Model, { queue }: QueueEngine): Promise<void> {
  const jobs = await queue.list({ limit: 1000 });
  const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
  expect(jobs.map(facts).sort(byId)).toEqual(model.jobs.map(facts).sort(byId));
  const waiting = model.queued().map(({ id }) => id);
  expect(jobs.filter(({ state }) => state === 'queued').map(({ id }) => id)).toEqual(waiting);
  expect(await queue.counts()).toEqual({ queued: waiting.length, running: model.running().length });
  const positions = await Promise.all(waiting.map((id) => queue.position(id)));
  expect(positions).toEqual(waiting.map((_, at) => at));
}

async function checkStories(model: Model, { queue }: QueueEngine): Promise<void> {
  for (const job of model.jobs) {
    const events = await queue.events(job.id, 0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
    const states = events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
    expect(states[0]).toBe('queued');
    expect(states.at(-1)).toBe(job.state);
    for (const [at, state] of states.slice(1).entries()) {
      expect(STEPS[states[at] as JobState]).toContain(state);
    }
  }
}

/** Holds an engine to the model. @param runs random stories that are told to it. */
export function describeModel(name: string, makeEngine: MakeQueueEngine, runs: number): void {
  describe(`${name} as a job queue, whatever happens`, () => {
    it('answers as the model does, loses no job and ends none twice', {
      timeout: 30_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(operation, { maxLength: 60, size: 'max' }),
          async (operations) => {
            const engine = await makeEngine({ queueLimit: LIMIT });
            const model = new Model();
            try {
              for (const each of operations) {
                await perform(model, engine, each);
                await compare(model, engine);
              }
              await checkStories(model, engine);
            } finally {
              await engine.close();
            }
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
