import type { MongoServer, Neo4jServer } from "@outgraph/stack";

/** What benchmarks share: servers that are started once, when the first one asks. */
export interface Stage {
  /** A replica set of one, on this machine. */
  mongo(): Promise<MongoServer>;
  /** A Neo4j, on this machine. One outbox feeds it: a benchmark begins by emptying it. */
  neo4j(): Promise<Neo4jServer>;
  /** How long one run is measured, in milliseconds. */
  readonly runMs: number;
  /** 1, or less for runs that shall be short: how much data there is where it is not time that ends a run. */
  readonly scale: number;
  /** Says what is being done. */
  say(text: string): void;
}

/** One measured run: how much of `unit`, and what else was seen. */
export interface Measured {
  readonly value: number;
  readonly unit: string;
  /** Such as CPU seconds and peak memory; for the results file. */
  readonly notes?: Readonly<Record<string, number>>;
}

/** A run of each arm, one right after the other. */
export interface Pair {
  readonly arm: Measured;
  readonly base: Measured;
}

/** What a ratio must be. */
export type Bar = { readonly atLeast: number } | { readonly atMost: number };

/** Two arms, run in turns; their ratio is `arm ÷ base`. */
export interface Comparison {
  /** As printed: the benchmark's name, and what is special about this one. */
  readonly name: string;
  /** What the ratio must be; undefined where it is only told. */
  readonly bar: Bar | undefined;
  /**
   * One run. It checks the end state itself, and throws when that is wrong: a run with a wrong end
   * state has no speed.
   */
  readonly arm: () => Promise<Measured>;
  readonly base: () => Promise<Measured>;
  /** What else the same runs tell. */
  readonly further?: readonly Further[];
  /** The most blocks of two pairs, where runs are long. */
  readonly blocksMax?: number;
}

/** Another figure of the runs of a comparison, with a bar of its own. */
export interface Further {
  readonly name: string;
  readonly bar: Bar | undefined;
  readonly ratio: (pair: Pair) => number;
}

/** A file of this kind in `benchmarks.ts` is all that a new benchmark needs. */
export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Starts what it needs; disposing of it ends that. */
  open(stage: Stage): Promise<AsyncDisposable & { readonly comparisons: readonly Comparison[] }>;
}
