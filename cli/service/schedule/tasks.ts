/** Everything that the service does by itself, as tasks of the schedule. */
import { KilnError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/log.ts';
import type { RunContext, Schedule, Task } from '../../../core/schedule/contract.ts';
import { SETTINGS } from '../../../core/settings.ts';
import type { Kiln } from '../kiln.ts';
import { createRetentionClock, sweep, sweepEveryMs } from '../retention.ts';
import type { WorkerSupervisor } from '../worker-supervisor.ts';
import { dailyBackup } from './daily-backup.ts';
import { maintainDatabase } from './maintain-database.ts';
import { rotateLogs } from './rotate-logs.ts';
import { updateTrees } from './update-trees.ts';

/** Task names that other parts go by. */
export const TASKS = {
  storage: 'storage',
  heartbeat: 'heartbeat',
  treeUpdates: 'tree-updates',
} as const;

const HEARTBEAT_MS = 60_000;
const LOGS_MS = 10 * 60_000;
/** What reads or writes a lot goes one after the other. */
const HEAVY = 'heavy';

/**
 * When the schedule last showed that it is alive; null before its first sign.
 * @param since when this service started: a sign of an earlier one is old, and says nothing of this one
 */
export function lastBeat(schedule: Pick<Schedule, 'list'>, since: number): number | null {
  const at = schedule.list().find(({ name }) => name === TASKS.heartbeat)?.startedAt ?? null;
  return at === null ? null : Math.max(at, since);
}

export interface TaskParts {
  readonly kiln: Kiln;
  readonly log: Logger;
  readonly workers: () => WorkerSupervisor | undefined;
  readonly refreshCatalogue: (tree: string) => void;
  /** Whether this machine clears up what several share; true for one that works alone. */
  readonly clearsUp: () => boolean;
  /** Forgets what is known of test builds from before then. @returns how many keyboards */
  readonly forgetTests: () => number;
}

export function createTasks(parts: TaskParts): readonly Task[] {
  const { kiln } = parts;
  return [storageTask(parts), heartbeatTask(parts), logTask(kiln), ...nightly(parts)];
}

function storageTask({ kiln, log, forgetTests, clearsUp }: TaskParts): Task {
  const pastTime = createRetentionClock(kiln.settings, log);
  return {
    name: TASKS.storage,
    title: 'forget jobs and files past their time',
    when: sweepEveryMs(kiln.settings),
    atStart: true,
    async run() {
      const tests = forgetTests();
      // Called at each run: it compares the clocks of one with the next.
      const before = pastTime();
      if (!clearsUp()) return 'Another machine of the service does it.';
      const jobs = await sweep(kiln, log, before);
      return `${jobs} jobs forgotten${tests === 0 ? '' : `, and ${tests} test builds`}.`;
    },
  };
}

/** Shows that the database can be written to, since each run is written there, and that every worker answers. */
function heartbeatTask({ workers }: TaskParts): Task {
  return {
    name: TASKS.heartbeat,
    title: 'ask the workers for a sign of life',
    when: HEARTBEAT_MS,
    atStart: true,
    async run() {
      const answers = (await workers()?.ping()) ?? [];
      // One that was never heard is only about to start.
      const heard = new Set(
        workers()
          ?.workers()
          .filter(({ lastHeartbeatAt }) => lastHeartbeatAt !== null)
          .map(({ id }) => id),
      );
      const silent = answers.filter(({ id, ms }) => ms === null && heard.has(id)).length;
      if (silent === 0) {
        return answers.length === 1 ? 'The worker answers.' : `${answers.length} workers answer.`;
      }
      throw new KilnError(
        'service.not-ready',
        `${silent} of ${answers.length} workers are silent.`,
      );
    },
  };
}

function logTask({ paths }: Kiln): Task {
  return {
    name: 'logs',
    title: 'put large log files aside',
    when: LOGS_MS,
    async run() {
      const rotated = await rotateLogs(paths.logs);
      return rotated.length === 0 ? 'None is large.' : `Put aside: ${rotated.join(', ')}.`;
    },
  };
}

function nightly({ kiln, log, refreshCatalogue }: TaskParts): readonly Task[] {
  const { settings, queue, database } = kiln;
  const { maintenanceAt: when, backupsKept, treeUpdates } = settings;
  const isQuiet = async (): Promise<boolean> => {
    const { queued, running } = await queue.counts();
    return queued + running === 0;
  };
  return [
    {
      name: 'backup',
      title: 'back up database and settings',
      when: backupsKept === 0 ? null : when,
      setting: SETTINGS.backupsKept.variable,
      lane: HEAVY,
      run: () => dailyBackup(kiln, Math.max(1, backupsKept)),
    },
    {
      name: 'database',
      title: 'look the database through and tidy it',
      when,
      lane: HEAVY,
      run: () => maintainDatabase(database, isQuiet),
    },
    {
      name: TASKS.treeUpdates,
      title: 'bring git trees to their newest commit',
      // Nothing goes to the network unless somebody said so.
      when: treeUpdates === 'off' ? null : when,
      setting: SETTINGS.treeUpdates.variable,
      lane: HEAVY,
      run(context: RunContext) {
        // Who asks for an update wants it, whatever happens by itself.
        const mode = context.asked || treeUpdates === 'apply' ? 'apply' : 'preview';
        return updateTrees({ ...kiln, log, refreshCatalogue }, mode, context);
      },
    },
  ];
}
