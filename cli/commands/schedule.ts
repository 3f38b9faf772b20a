/** `kiln schedule …` and `kiln update`: what the service does by itself, and doing it now. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskState } from '../../core/schedule/contract.ts';
import { createContext, type GlobalOptions } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { TASKS } from '../service/schedule/tasks.ts';
import { needServiceClient, type ServiceClient } from '../service/service-client.ts';

const LOOK_EVERY_MS = 250;

function time(at: number | null): string {
  return at === null ? '–' : new Date(at).toLocaleString('sv');
}

function describe({ name, when, startedAt, nextRunAt, outcome, message }: TaskState): string {
  const last = outcome === null ? 'never ran' : `${outcome} ${time(startedAt)}`;
  const next = nextRunAt === null ? 'on demand' : `next ${time(nextRunAt)} (${when})`;
  return `${name.padEnd(14)} ${last} · ${next}${message === null ? '' : `\n${' '.repeat(15)}${message}`}`;
}

async function taskList(client: ServiceClient): Promise<readonly TaskState[]> {
  return (await client.get<{ tasks: readonly TaskState[] }>('/kiln/v1/schedule')).tasks;
}

export async function scheduleListCommand(options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const tasks = await taskList(await needServiceClient(settings));
  for (const task of tasks) terminal.line(describe(task));
  terminal.result({ tasks });
  return EXIT.ok;
}

async function runTask(name: string, now: boolean, options: GlobalOptions): Promise<number> {
  const { settings, terminal } = createContext(options);
  const client = await needServiceClient(settings);
  let state = await client.post<TaskState>(`/kiln/v1/schedule/${encodeURIComponent(name)}/run`, {
    now,
  });
  const { startedAt } = state;
  while (state.outcome === 'running' && state.startedAt === startedAt) {
    terminal.status(`${name}: ${state.title}`);
    await sleep(LOOK_EVERY_MS);
    const found = (await taskList(client)).find((task) => task.name === name);
    if (found === undefined) break;
    state = found;
  }
  terminal.clearStatus();
  terminal.line(`${name}: ${state.outcome}. ${state.message ?? ''}`.trimEnd());
  terminal.result(state);
  return state.outcome === 'done' ? EXIT.ok : EXIT.environment;
}

export interface ScheduleRunOptions extends GlobalOptions {
  readonly now?: boolean;
}

/** Waits for the end of the run. */
export function scheduleRunCommand(name: string, options: ScheduleRunOptions): Promise<number> {
  return runTask(name, options.now ?? false, options);
}

/** Fetches, goes to the newest commits once nothing is built (`--now`: at once), and back when a pinned keymap breaks. */
export function updateCommand(options: ScheduleRunOptions): Promise<number> {
  return runTask(TASKS.treeUpdates, options.now ?? false, options);
}
