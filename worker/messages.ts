/** What a worker and the service that started it say to each other over Node's message channel. */

import type { Settings } from '../core/settings.ts';

/** The worker's one command-line argument, as JSON. */
export interface WorkerArguments {
  /** As the service parsed them. */
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

/** Worker to service, at its start and every `aliveMs`: who is silent for long is taken to hang. */
export interface WorkerAlive {
  readonly type: 'alive';
}

/** Service to worker: hand the job in hand back and end. */
export interface Drain {
  readonly type: 'drain';
}

export type FromWorker = QueueChanged | WorkerBusy | WorkerAlive;
export type ToWorker = QueueChanged | Drain;
