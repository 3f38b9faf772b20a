/** No service runs: this process queues the job, carries it out and keeps it in the history, all by itself. */
import { jobStory } from '../../api/job-story.ts';
import { submitKeymap } from '../../api/submission.ts';
import { submitTest } from '../../api/test-submission.ts';
import { jobView } from '../../api/views/job.ts';
import { compileResultSchema } from '../../core/compile/job.ts';
import { KilnError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Job, NewJob } from '../../core/queue/contract.ts';
import type { Settings } from '../../core/settings.ts';
import { createLaterPlans, type LaterPlans } from '../../worker/build/plan/later-plans.ts';
import { createHandlers } from '../../worker/handlers.ts';
import { runSlot } from '../../worker/slot.ts';
import type { JobClient, StoryEvent } from './job-client.ts';
import { openKiln } from './kiln.ts';
import { sweep } from './retention.ts';

/** @throws KilnError as `openKiln` does */
export async function createLocalClient(settings: Settings, log: Logger): Promise<JobClient> {
  // One build: it may have all cores.
  const alone = { ...settings, workers: 1 };
  const kiln = await openKiln(alone, { log, exclusive: true, command: 'kiln compile' });
  const { queue, store } = kiln;
  const drain = new AbortController();
  const laterPlans = createLaterPlans();
  let slot: Promise<void> = Promise.resolve();
  let fault: unknown;
  const beginWork = (): void => {
    slot = runSlot({
      queue,
      workerId: `cli-${process.pid}`,
      handlers: createHandlers(alone, kiln.database, { laterPlans }),
      log,
      offers: kiln.offers,
      signal: drain.signal,
      onBusy(jobId) {
        if (jobId === null) laterPlans.begin();
      },
    }).catch((error: unknown) => {
      // The queue itself failed. Who waits for the job has to hear of it: its story will not go on.
      fault = error;
      drain.abort();
    });
  };

  const find = async (id: string): Promise<Job> => {
    const job = await queue.get(id);
    if (job === null) throw new KilnError('job.unknown', `There is no job ${id}.`);
    return job;
  };
  // Whoever waits at a terminal goes before what a stopped service left in the queue.
  const submitInFront = (job: NewJob) => queue.submit({ ...job, front: true });
  const ownFirst = { ...kiln, queue: { ...queue, submit: submitInFront } };
  const resultOf = async (id: string) => compileResultSchema.parse((await find(id)).result);

  return {
    where: 'this computer',
    async submit(keymap) {
      const { id } = await submitKeymap(keymap, { client: 'local' }, ownFirst);
      // Not before: it would take up another job.
      beginWork();
      return id;
    },
    async submitTest(wanted) {
      const { id } = await submitTest(wanted, { client: 'local' }, ownFirst);
      beginWork();
      return id;
    },
    async *story(id) {
      yield* jobStory(queue, id, 0, drain.signal) as AsyncIterable<StoryEvent>;
      if (fault !== undefined) throw fault;
    },
    view: async (id) => jobView(await find(id), await queue.position(id)),
    output: async (id) => (await resultOf(id)).output,
    image: async (id) => store.read(id, (await resultOf(id)).firmwareFilename ?? ''),
    cancel: async (id) => void (await queue.cancel(id)),
    async close(say) {
      drain.abort();
      await slot;
      await finishPlans(laterPlans, say);
      // Where no service ever runs, nobody else would. That it failed is no fault of the build.
      await sweep(kiln, log).catch((error: unknown) =>
        log.warn({ err: error }, 'retention failed'),
      );
      await kiln.close();
    },
  };
}

/** Nobody else would make them. The image is there by now: whoever does not want to wait may press Ctrl+C. */
async function finishPlans(plans: LaterPlans, say?: (text: string) => void): Promise<void> {
  if (plans.isIdle()) return;
  const giveUp = (): void => void plans.close();
  process.on('SIGINT', giveUp);
  process.on('SIGTERM', giveUp);
  try {
    say?.('Getting ready for the next build of this keyboard; Ctrl+C leaves that out');
    await plans.settled();
  } finally {
    process.off('SIGINT', giveUp);
    process.off('SIGTERM', giveUp);
  }
}
