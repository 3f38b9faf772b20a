/** Whether a series of measurements grows, told from noise, saw-teeth and single steps. */
import { median } from '../figure.ts';

export interface Point {
  readonly seconds: number;
  readonly value: number;
}

export interface Trend {
  readonly median: number;
  /** By a robust line through all points: units an hour. */
  readonly perHour: number;
  /** The same over the whole series: what has come on top from its first to its last point. */
  readonly growth: number;
  /** Whether this is a leak: see `trendOf`. */
  readonly grows: boolean;
}

/** Each stands for a stretch of time long enough to hold some teeth of a saw. */
const BLOCKS = 12;
/** Of pairs of blocks, those that rise less those that fall, as a share; chance alone exceeds it once in 500 times. */
const STEADY = 0.6;

function blocksOf(points: readonly Point[]): Point[] {
  return Array.from({ length: BLOCKS }, (_, block) => {
    const from = Math.floor((points.length * block) / BLOCKS);
    const some = points.slice(from, Math.floor((points.length * (block + 1)) / BLOCKS));
    return {
      seconds: median(some.map(({ seconds }) => seconds)),
      value: median(some.map(({ value }) => value)),
    };
  });
}

function pairsOf(points: readonly Point[]): { slope: number; rises: number }[] {
  return points.flatMap((later, index) =>
    points.slice(0, index).map((earlier) => ({
      slope: (later.value - earlier.value) / (later.seconds - earlier.seconds),
      rises: Math.sign(later.value - earlier.value),
    })),
  );
}

/** The slope by Theil and Sen, which a third of the points may spoil without effect. */
function slopeOf(points: readonly Point[]): number {
  return median(pairsOf(points).map(({ slope }) => slope));
}

/**
 * A series grows when it rises steadily (Kendall's rank correlation with time), by more than the allowance from its
 * begin to its end, and still does in its second half: what fills up once and then stays is no leak.
 * @param points in the order of time; at least 24, of which 12 blocks are made.
 * @param allowance in the series' own unit, for the time from the first to the last point.
 */
export function trendOf(points: readonly Point[], allowance: number): Trend {
  const middle = median(points.map(({ value }) => value));
  if (points.length < BLOCKS * 2) {
    return { median: middle, perHour: Number.NaN, growth: Number.NaN, grows: false };
  }
  const blocks = blocksOf(points);
  const span = (points.at(-1)?.seconds ?? 0) - (points[0]?.seconds ?? 0);
  const slope = slopeOf(blocks);
  const growth = slope * span;
  const pairs = pairsOf(blocks);
  const steadiness = pairs.reduce((sum, { rises }) => sum + rises, 0) / pairs.length;
  const late = (slopeOf(blocks.slice(BLOCKS / 2)) * span) / 2;
  return {
    median: middle,
    perHour: slope * 3600,
    growth,
    grows: steadiness > STEADY && growth > allowance && late > allowance / 4,
  };
}
