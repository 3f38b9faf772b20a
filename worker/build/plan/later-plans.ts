/**
 * Plans are made after the job of the full build that they come of: whoever waits for the image has it a second sooner.
 * Nothing in here keeps the worker from its next job; what the plan's commands want of the processor, others get first.
 */
export interface LaterPlan {
  /** Its build's folder is still there. */
  readonly jobId: string;
  /** Makes the plan, or gives up when `LaterPlans.signal` is aborted; then the folder is gone. Never rejects. */
  make(): Promise<void>;
}

export interface LaterPlans {
  /** Of the builds whose plans are made here. Aborted by `close`. */
  readonly signal: AbortSignal;
  /** Whether another one may be added; if not, its build has to make it at once. */
  hasRoom(): boolean;
  /** Whether nothing is made, and nothing is to be. */
  isIdle(): boolean;
  /** To be made once the job that is in hand has ended. */
  add(plan: LaterPlan): void;
  /** To be called when a job has ended. */
  begin(): void;
  /** Resolves when there is nothing left to make. */
  settled(): Promise<void>;
  /** Gives up what is not made yet. Resolves when nothing is left, neither folder nor process. */
  close(): Promise<void>;
}

export interface LaterPlansOptions {
  /** Called with the jobs whose folders are still there, whenever that changes. */
  readonly onChange?: (jobIds: readonly string[]) => void;
  /** Called after each plan. */
  readonly onMade?: () => void;
}

/** Each has a folder of some 20 MB. Full builds follow each other no faster, unless the machine has far too much to do. */
const MOST_OPEN = 3;

export function createLaterPlans({ onChange, onMade }: LaterPlansOptions = {}): LaterPlans {
  const stop = new AbortController();
  const open: LaterPlan[] = [];
  let running: Promise<void> | null = null;

  const changed = (): void => onChange?.(open.map(({ jobId }) => jobId));
  const run = async (): Promise<void> => {
    for (let [next] = open; next !== undefined; [next] = open) {
      await next.make();
      open.shift();
      changed();
      if (!stop.signal.aborted) onMade?.();
    }
  };
  const begin = (): void => {
    if (open.length === 0) return;
    running ??= run().finally(() => {
      running = null;
    });
  };
  const settled = async (): Promise<void> => {
    begin();
    while (running !== null) await running;
  };
  return {
    signal: stop.signal,
    hasRoom: () => open.length < MOST_OPEN,
    isIdle: () => open.length === 0,
    add(plan) {
      open.push(plan);
      changed();
    },
    begin,
    settled,
    close() {
      stop.abort();
      return settled();
    },
  };
}
