/** What a worker and the service that started it say to each other over Node's message channel. */

import type { CheckAnswer } from '../core/compile/check.ts';
import type { CompilePayload } from '../core/compile/job.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { LogLevel } from '../core/log-level.ts';
import type { Settings } from '../core/settings.ts';
import type { TestAnswer } from '../core/test-builds/contract.ts';

/** The worker's one command-line argument, as JSON. */
export interface WorkerArguments {
  /** As the service parsed them; what is secret of them comes in the environment. */
  readonly settings: Settings;
  readonly workerId: string;
  /** How often it says that it lives. */
  readonly aliveMs: number;
  /** Stderr when absent. */
  readonly logFile?: string | undefined;
}

/** The indexing process's one command-line argument, as JSON. */
export type IndexArguments = Pick<WorkerArguments, 'settings' | 'logFile'>;

/** Sent both ways: the queue changed; which job, or null for any. */
export interface QueueChanged {
  readonly type: 'queue-changed';
  readonly jobId: string | null;
}

/** Worker to service, whenever it takes or leaves a job. */
export interface WorkerBusy {
  readonly type: 'busy';
  readonly jobId: string | null;
}

/** Worker to service: ended jobs whose builds' folders it still has, to make plans in, whenever that changes. */
export interface WorkerPlans {
  readonly type: 'plans';
  readonly jobIds: readonly string[];
}

/** Worker to service, at its start and every `aliveMs`: who is silent for long is taken to hang. */
export interface WorkerAlive {
  readonly type: 'alive';
}

/** Service to worker: hand the job in hand back and end. */
export interface Drain {
  readonly type: 'drain';
}

/** Service to worker: answer with `alive` at once. */
export interface Ping {
  readonly type: 'ping';
}

export type FromWorker = QueueChanged | WorkerBusy | WorkerPlans | WorkerAlive;
/** Service to worker: end when the job in hand has ended. */
export interface Last {
  readonly type: 'last';
}

/** Service to worker: from the next job on. */
export interface SetLogLevel {
  readonly type: 'log-level';
  readonly level: LogLevel;
}

export type ToWorker = Last | QueueChanged | Drain | Ping | SetLogLevel;

/** The one command-line argument of the process that checks keymaps, as JSON. */
export type CheckArguments = Pick<WorkerArguments, 'settings'> & {
  /** Runs only when the machine has nothing else to do. */
  readonly idle: boolean;
  /** `test`: clean builds, answered with their log. */
  readonly kind: 'check' | 'test';
};

/** Service to checker. One check at a time; its `id` also names the build's folder. `abort` ends it early. */
export type ToChecker =
  | { readonly type: 'work'; readonly id: string; readonly payload: CompilePayload }
  | { readonly type: 'abort'; readonly id: string };

/** Checker to service: `plan` when a build goes by a plan; then either an answer or an error. */
export type FromChecker =
  | { readonly type: 'plan'; readonly id: string }
  | { readonly type: 'answer'; readonly id: string; readonly answer: CheckAnswer | TestAnswer }
  | { readonly type: 'error'; readonly id: string; readonly error: ErrorReport };
