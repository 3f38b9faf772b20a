/** What a benchmark reports: one figure a line. */

export interface Figure {
  /** Which of the benchmark's figures: `planck/rev6 wall, Kiln ÷ qmk compile`. */
  readonly figure: string;
  readonly value: number;
  /** `s`, `ms`, `MB`, `ratio`, … */
  readonly unit: string;
  /** Single runs behind a median, in the order in which they were made. */
  readonly runs?: readonly number[];
  /** What the value should stay at or below, where an aim was set. */
  readonly target?: number;
}

/** A benchmark: yields its figures as it gets them. @throws with a sentence when the machine lacks something. */
export type Benchmark = (options: BenchmarkOptions) => AsyncIterable<Figure>;

export interface BenchmarkOptions {
  /** Counted runs of each command; medians of them are reported. */
  readonly runs: number;
  /** For benchmarks that watch rather than repeat: how long. */
  readonly minutes?: number;
  /** The same for shorter ones. */
  readonly seconds?: number;
  /** For those with chance in them: the same seed gives the same course. */
  readonly seed?: number;
  /** Where to write every single measurement; benchmarks that go on where they stopped read it, too. */
  readonly output?: string;
  /** Holds a benchmark's copy of a tree, and stays; made for one run and removed when absent. */
  readonly folder?: string;
  /** Keyboards of a real tree, for benchmarks that build them; their own choice by default. */
  readonly boards?: readonly string[];
  /** What happens, for a person who waits. */
  readonly say: (text: string) => void;
}

/** The middle value; of an even number of values, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
