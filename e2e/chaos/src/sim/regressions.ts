/** A seed in which something once did not hold. */
export interface Regression {
  readonly seed: number;
  /** What it was, and what mended it. */
  readonly about: string;
}

/** Seeds that are run for ever. A change of the simulation itself may make another run of them. */
export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 541,
    about:
      "blocked entries were recorded before those of their batch that come before them were in the graph, and the next relay " +
      "let them go first; `recordBlocked` waits now",
  },
  { seed: 6462, about: "the same, with nobody who skips" },
];
