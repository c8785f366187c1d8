#!/usr/bin/env node
import { type MongoServer, type Neo4jServer, startMongo, startNeo4j } from "@outgraph/stack";
import { Command } from "commander";
import type { Stage } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { load, machine } from "./machine.ts";
import { type Result, writeResults } from "./results.ts";
import { run } from "./run.ts";
import { holds, table } from "./verdict.ts";

const program = new Command("bench")
  .description(
    "Measures Outgraph against what it stands beside, on servers started here.\n\n" +
      BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join("\n"),
  )
  .argument("[names...]", `of ${BENCHMARKS.map(({ name }) => name).join(", ")}; default all`)
  .option("--quick", "fewer and shorter runs; the intervals are wide", false)
  .option("--only <pattern>", "comparisons whose name matches this regular expression")
  .action(bench);

/** Neo4j's defaults but for memory, of which the largest graph here wants some. */
const NEO4J = { heapMb: 1_024, config: { "server.memory.pagecache.size": "512m" } } as const;

async function bench(
  names: readonly string[],
  { quick, only }: { quick: boolean; only?: string },
): Promise<void> {
  const unknown = names.filter((name) => !BENCHMARKS.some((each) => each.name === name));
  if (unknown.length > 0) program.error(`error: no benchmark ${unknown.join(", ")}`);
  const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
  const running = { blocks: quick ? 1 : 4, only: new RegExp(only ?? "") };

  const [computer, loadAtStart] = [machine(), load()];
  let mongo: Promise<MongoServer> | undefined;
  let neo4j: Promise<Neo4jServer> | undefined;
  const say = (text: string): void => console.error(text);
  const stage: Stage = {
    runMs: quick ? 1_500 : 4_000,
    scale: quick ? 0.25 : 1,
    say,
    mongo: () => {
      mongo ??= startMongo({ from: "process", onProgress: say });
      return mongo;
    },
    neo4j: () => {
      neo4j ??= startNeo4j({ ...NEO4J, from: "process", onProgress: say });
      return neo4j;
    },
  };
  const all: Result[] = [];
  try {
    for (const benchmark of chosen) {
      const results = await run(benchmark, stage, running);
      all.push(...results);
      if (only !== undefined) continue;
      const servers = { mongodb: (await mongo)?.version, neo4j: (await neo4j)?.version };
      const versions = Object.entries(servers).flatMap(([name, version]) =>
        version === undefined ? [] : [[name, version] as const],
      );
      const loads = { loadAtStart, loadAtEnd: load() };
      const of = { machine: computer, servers: Object.fromEntries(versions), quick, ...loads };
      say(`  written to ${writeResults(benchmark.name, of, results)}`);
    }
  } finally {
    await Promise.all([(await mongo)?.stop(), (await neo4j)?.stop()]);
  }
  if (chosen.length > 1) console.log(table(all));
  if (all.some(({ ratio, bar }) => !holds(ratio, bar))) process.exitCode = 1;
}

await program.parseAsync();
process.exit(); // Node 24.21 was seen to spin for ever when it ended by itself after hundreds of children
