/** A job as Kiln's own clients see it: without the keymap, the log and the client's address. */
import { COMPILE, type CompileResult, compilePayloadSchema } from '../../core/compile/job.ts';
import type { Job } from '../../core/queue/contract.ts';
import type { JobView } from '../schemas/kiln-jobs.ts';
import { compileResultOf } from './contract-job.ts';

/** @param position how many jobs will be claimed before this one; null unless it is queued. */
export function jobView(job: Job, position: number | null): JobView {
  const compiles = job.kind === COMPILE;
  const result = compiles ? compileResultOf(job) : null;
  return {
    id: job.id,
    kind: job.kind,
    state: job.state,
    build: compiles ? buildOf(job) : null,
    position,
    progress: job.progress,
    cancelRequested: job.cancelRequested,
    pinned: job.pinned,
    tries: job.tries,
    createdAt: job.createdAt,
    enqueuedAt: job.enqueuedAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
    result: result === null ? null : summaryOf(result),
    error: job.error,
  };
}

function buildOf(job: Job): JobView['build'] {
  const { tree, keyboard, keymap, layout, hand } = compilePayloadSchema.parse(job.payload);
  return { tree, keyboard, keymap, layout, ...(hand === undefined ? {} : { hand }) };
}

function summaryOf(result: CompileResult): JobView['result'] {
  const { output: _output, command: _command, ...summary } = result;
  return summary;
}
