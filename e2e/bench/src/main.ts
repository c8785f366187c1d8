#!/usr/bin/env node
import { type MongoServer, startMongo } from "@outgraph/stack";
import { Command } from "commander";
import type { Benchmark, Stage } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { interleaved } from "./interleave.ts";
import { bootstrap, medianOf } from "./interval.ts";
import { type Result, writeResults } from "./results.ts";
import { holds, line } from "./verdict.ts";

const program = new Command("bench")
  .description("Measures Outgraph against what it stands beside, on servers started here.")
  .argument("[names...]", `of ${BENCHMARKS.map(({ name }) => name).join(", ")}; default all`)
  .option("--quick", "fewer and shorter runs; the intervals are wide", false)
  .option("--only <pattern>", "comparisons whose name matches this regular expression")
  .action(bench);

async function bench(
  names: readonly string[],
  { quick, only = "" }: { quick: boolean; only?: string },
): Promise<void> {
  const unknown = names.filter((name) => !BENCHMARKS.some((each) => each.name === name));
  if (unknown.length > 0) program.error(`error: no benchmark ${unknown.join(", ")}`);
  const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));

  let mongo: Promise<MongoServer> | undefined;
  const stage: Stage = {
    runMs: quick ? 1_500 : 4_000,
    mongo: () => {
      mongo ??= startMongo({ from: "process" });
      return mongo;
    },
  };
  try {
    for (const benchmark of chosen) await run(benchmark, stage, quick ? 1 : 4, only);
  } finally {
    await (await mongo)?.stop();
  }
}

async function run(
  benchmark: Benchmark,
  stage: Stage,
  blocks: number,
  only: string,
): Promise<void> {
  await using opened = await benchmark.open(stage);
  const results: Result[] = [];
  for (const comparison of opened.comparisons) {
    if (!new RegExp(only).test(comparison.name)) continue;
    const pairs = await interleaved(comparison, blocks, Math.random);
    const ratios = pairs.map(({ arm, base }) => arm.value / base.value);
    const ratio = bootstrap(ratios, Math.random);
    results.push({ name: comparison.name, bar: comparison.bar, ratio, pairs });
    console.log(line(comparison.name, ratio, comparison.bar));
    for (const side of ["arm", "base"] as const) {
      const values = pairs.map((pair) => pair[side].value);
      console.error(`  ${side}: ${medianOf(values).toFixed(1)} ${pairs[0]?.[side].unit}`);
    }
  }
  if (only === "") console.error(`  written to ${writeResults(benchmark.name, results)}`);
  if (results.some(({ ratio, bar }) => !holds(ratio, bar))) process.exitCode = 1;
}

await program.parseAsync();
