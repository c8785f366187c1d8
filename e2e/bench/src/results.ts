import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { Comparison } from "./benchmark.ts";
import type { Pair } from "./interleave.ts";
import type { Interval } from "./interval.ts";
import { holds } from "./verdict.ts";

const FOLDER = join(import.meta.dirname, "../results");

/** What a comparison came to. */
export interface Result {
  readonly name: string;
  readonly bar: Comparison["bar"];
  readonly ratio: Interval;
  readonly pairs: readonly Pair[];
}

/** Writes the results of a benchmark to `results/NAME.json`, with the machine they are of. */
export function writeResults(benchmark: string, results: readonly Result[]): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${benchmark}.json`);
  const said = {
    benchmark,
    at: new Date().toISOString(),
    machine: {
      cpus: cpus().length,
      model: cpus()[0]?.model,
      memoryGiB: Math.round(totalmem() / 1024 ** 3),
      node: process.version,
      commit: commit(),
    },
    results: results.map((result) => ({ ...result, holds: holds(result.ratio, result.bar) })),
  };
  writeFileSync(file, `${JSON.stringify(said, null, 2)}\n`);
  return file;
}

function commit(): string | undefined {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return undefined; // no checkout
  }
}
