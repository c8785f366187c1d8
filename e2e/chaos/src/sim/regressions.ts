/** A seed in which something once did not hold. */
export interface Regression {
  readonly seed: number;
  /** What it was, and what mended it. */
  readonly about: string;
}

/** Seeds that are run for ever. A change of the simulation itself may make another run of them. */
export const REGRESSIONS: readonly Regression[] = [];
