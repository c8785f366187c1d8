import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bar, Pair } from "./benchmark.ts";
import type { Interval } from "./interval.ts";
import type { Machine } from "./machine.ts";
import { holds } from "./verdict.ts";

const FOLDER = join(import.meta.dirname, "../results");

/** What a comparison came to. */
export interface Result {
  readonly name: string;
  readonly bar: Bar | undefined;
  readonly ratio: Interval;
  /** Of each pair. */
  readonly ratios: readonly number[];
  /** The runs; left out where another result of the same runs has them. */
  readonly pairs?: readonly Pair[];
}

/** What the results of a run are of. */
export interface Circumstances {
  readonly machine: Machine;
  /** Versions of the servers. */
  readonly servers: Readonly<Record<string, string>>;
  readonly quick: boolean;
  readonly loadAtStart: number;
  readonly loadAtEnd: number;
}

/** Writes the results of a benchmark to `results/NAME.json`. @returns the file. */
export function writeResults(
  benchmark: string,
  circumstances: Circumstances,
  results: readonly Result[],
): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${benchmark}.json`);
  const said = {
    benchmark,
    at: new Date().toISOString(),
    ...circumstances,
    results: results.map((result) => ({ ...result, holds: holds(result.ratio, result.bar) })),
  };
  writeFileSync(file, `${JSON.stringify(said, null, 2)}\n`);
  return file;
}
