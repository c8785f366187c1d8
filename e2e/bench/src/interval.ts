/** A median, and where it lies with 95 % confidence. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;

/**
 * The median of some values with its 95 % percentile bootstrap interval.
 *
 * @param random from 0 to below 1.
 */
export function bootstrap(values: readonly number[], random: () => number): Interval {
  if (values.length === 0) throw new RangeError("no values");
  const medians = Array.from({ length: RESAMPLES }, () =>
    medianOf(values.map(() => values[Math.floor(random() * values.length)] as number)),
  ).sort((a, b) => a - b);
  return {
    median: medianOf(values),
    low: medians[Math.floor(RESAMPLES * 0.025)] as number,
    high: medians[Math.ceil(RESAMPLES * 0.975) - 1] as number,
  };
}

/** The middle one, or the mean of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] as number)) / 2;
}
