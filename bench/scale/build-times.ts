/** How long simulated builds take: by measured times, and by what each worker host has of earlier builds. Pure. */
import type { Random } from '../../test/faults/random.ts';

/** Measured, in milliseconds from claim to end; one of them is drawn for each build. */
export interface MeasuredTimes {
  /** A keyboard that the host has never built. */
  readonly full: readonly number[];
  /** A changed keymap of a keyboard that it has built. */
  readonly plan: readonly number[];
  /** A keymap that it has built. */
  readonly stored: readonly number[];
}

export interface SimulatedKeymap {
  readonly keyboard: string;
  /** The same text for the same keymap of a keyboard. */
  readonly keymap: string;
}

/**
 * Plans and notes of builds lie on each worker host: what one has built, another has not.
 * @param keymapOf what a job is to build.
 * @param workersOfHost as many share what they have built.
 * @returns see `Service.buildMs`.
 */
export function createBuildTimes(
  times: MeasuredTimes,
  keymapOf: (job: number) => SimulatedKeymap,
  random: Random,
  workersOfHost = 1,
): {
  readonly buildMs: (job: number, worker: number) => number;
  /** Gives the worker’s host a build of before. */
  readonly remember: (worker: number, built: SimulatedKeymap) => void;
} {
  const keyboards = new Set<string>();
  const keymaps = new Set<string>();
  const draw = (values: readonly number[]): number =>
    values[Math.floor(random() * values.length)] ?? 0;
  const namesOf = (worker: number, { keyboard, keymap }: SimulatedKeymap) => {
    const host = Math.floor(worker / workersOfHost);
    return [`${host} ${keyboard}`, `${host} ${keyboard} ${keymap}`] as const;
  };
  const remember = (worker: number, built: SimulatedKeymap): void => {
    const [keyboard, keymap] = namesOf(worker, built);
    keyboards.add(keyboard);
    keymaps.add(keymap);
  };
  return {
    remember,
    buildMs(job, worker) {
      const build = keymapOf(job);
      const [keyboard, keymap] = namesOf(worker, build);
      const way = keymaps.has(keymap) ? 'stored' : keyboards.has(keyboard) ? 'plan' : 'full';
      remember(worker, build);
      return draw(times[way]);
    },
  };
}
