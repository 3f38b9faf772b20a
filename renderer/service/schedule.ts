/** What the service does by itself: asked again while anybody looks, oftener while anything runs. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post, type Schema } from '../api/client.ts';

export type Task = Schema<'TaskState'>;

const BUSY_MS = 700;
const CALM_MS = 5_000;

export function useSchedule() {
  return useQuery({
    queryKey: ['schedule'],
    queryFn: ({ signal }) => get('/kiln/v1/schedule', { signal }),
    refetchInterval: ({ state }) =>
      state.data?.tasks.some(({ outcome }) => outcome === 'running') ? BUSY_MS : CALM_MS,
  });
}

/** Starts a task; how it ends comes with `useSchedule`. Waits for nothing. */
export function useRunTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (task: string) =>
      post('/kiln/v1/schedule/{task}/run', { path: { task }, body: {} }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['schedule'] }),
  });
}

/** Off is a task that a setting could give times of its own, and does not. */
export function isOff({ nextRunAt, setting }: Pick<Task, 'nextRunAt' | 'setting'>): boolean {
  return nextRunAt === null && setting !== null;
}

/** How often a task comes: in minutes or seconds, at one time of the day, by another pattern, or only when asked for. */
export type Rhythm =
  | { readonly kind: 'minutes' | 'seconds'; readonly count: number }
  /** `at` as `03:30`, by the service's clock. */
  | { readonly kind: 'daily'; readonly at: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'demand' };

/** Reads what the service says of a task's times: `every 10 min`, `every 30 s`, `30 3 * * *`, `on demand`. */
export function rhythmOf(when: string): Rhythm {
  if (when === 'on demand') return { kind: 'demand' };
  const every = /^every (\d+(?:\.\d+)?) (min|s)$/.exec(when);
  if (every !== null) {
    return { kind: every[2] === 'min' ? 'minutes' : 'seconds', count: Number(every[1]) };
  }
  const daily = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(when);
  if (daily === null) return { kind: 'pattern', pattern: when };
  const [, minute = '', hour = ''] = daily;
  return { kind: 'daily', at: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}` };
}
