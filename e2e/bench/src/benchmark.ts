import type { MongoServer } from "@outgraph/stack";

/** What benchmarks share: servers that are started once, when the first one asks. */
export interface Stage {
  /** A replica set of one, on this machine. */
  mongo(): Promise<MongoServer>;
  /** How long one run is measured, in milliseconds. */
  readonly runMs: number;
}

/** One measured run: how much of `unit`, and what else was seen. */
export interface Measured {
  readonly value: number;
  readonly unit: string;
  /** Such as CPU seconds and peak memory; for the results file. */
  readonly notes?: Readonly<Record<string, number>>;
}

/** Two arms, run in turns; their ratio is `arm ÷ base`. */
export interface Comparison {
  /** As printed: the benchmark's name, and what is special about this one. */
  readonly name: string;
  /** What the ratio must be. */
  readonly bar: { readonly atLeast: number } | { readonly atMost: number };
  /**
   * One run. It checks the end state itself, and throws when that is wrong: a run with a wrong end
   * state has no speed.
   */
  readonly arm: () => Promise<Measured>;
  readonly base: () => Promise<Measured>;
}

/** A file of this kind in `benchmarks.ts` is all that a new benchmark needs. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Starts what it needs; disposing of it ends that. */
  open(stage: Stage): Promise<AsyncDisposable & { readonly comparisons: readonly Comparison[] }>;
}
