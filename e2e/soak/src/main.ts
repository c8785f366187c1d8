#!/usr/bin/env node
import { Command } from "commander";
import { measureLag } from "./lag.ts";
import { measureMemory } from "./memory.ts";
import { startServers } from "./servers.ts";

const program = new Command("soak").description(
  "Puts a relay on real servers under a large backlog or a steady load. Uses the servers of " +
    "OUTGRAPH_MONGODB_URI and OUTGRAPH_NEO4J_URI, whose graph it empties, or starts new ones.",
);
const say = (text: string): void => console.error(text);
const number = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`not a number above 0: ${text}`);
  return value;
};

program
  .command("memory")
  .description("the most memory that a relay takes to drain a backlog")
  .option("--pending <n>", "entries that wait when it starts", number, 1_000_000)
  .option("--bytes <n>", "size of each", number, 1_024)
  .option("--seconds <n>", "how long it may drain; left out, until nothing is left", number)
  .action(async ({ pending, bytes, seconds = Number.POSITIVE_INFINITY }) => {
    await using servers = await startServers(say);
    const taken = await measureMemory(servers, { pending, bytes, seconds }, say);
    const peak = Math.round(taken.peakBytes / 1_048_576);
    const took = (taken.drainedMs / 1_000).toFixed(1);
    console.log(
      `memory: pending=${pending} peak=${peak} MB drained=${taken.drained} in ${took} s cpu=${taken.cpuSeconds.toFixed(1)} s`,
    );
  });

program
  .command("lag")
  .description("how long after its commit an entry is seen in the graph, at a steady rate")
  .option("--rate <n>", "entries a second", number, 200)
  .option("--seconds <n>", "how long", number, 60)
  .action(async ({ rate, seconds }) => {
    await using servers = await startServers(say);
    const { p50, p99, entries } = await measureLag(servers, { rate, seconds }, say);
    console.log(`lag: p50=${p50.toFixed(1)} ms p99=${p99.toFixed(1)} ms entries=${entries}`);
  });

await program.parseAsync();
process.exit(); // Node 24.21 was seen to spin for ever when it ended by itself after hundreds of children
