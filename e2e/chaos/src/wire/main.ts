#!/usr/bin/env node
import { startMongo, startNeo4j } from "@outgraph/stack";
import { Command, Option } from "commander";
import { PARTS, type Part, wire } from "./wire.ts";

interface Said {
  readonly part?: Part;
  readonly place: string;
  readonly kind: string;
  readonly calls: string;
  readonly seed: string;
}

const program = new Command("wire")
  .description(
    "Loses, cuts, holds and answers single requests between real processes and real servers, and " +
      "judges what became of the graph. Servers are started for it, whatever the environment names.",
  )
  .addOption(new Option("--part <part>", "this part alone").choices(PARTS))
  .option("--place <text>", "places whose name contains this", "")
  .option("--kind <text>", "kinds of fault, or codes of MongoDB, whose name contains this", "")
  .option("--calls <n>", "ambiguous calls of each writer and client", "25")
  .option("--seed <n>", "of the workload", "1")
  .action(run);

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(EXIT_CODE[signal])); // every child ends with this process
}

async function run({ part, place, kind, calls, seed }: Said): Promise<void> {
  const begun = performance.now();
  const say = (text: string): void => {
    const seconds = String(Math.round((performance.now() - begun) / 1_000)).padStart(4);
    console.log(`${seconds} s  ${text}`);
  };
  let verdict = "wire: failed"; // unless it comes to an end
  process.once("exit", () => console.log(verdict));
  delete process.env["OUTGRAPH_MONGODB_URI"];
  delete process.env["OUTGRAPH_NEO4J_URI"];
  await using mongo = await startMongo({ testCommands: true, onProgress: say });
  await using graph = await startNeo4j({ quickStart: true, onProgress: say });
  const servers = {
    mongodbUri: mongo.uri,
    neo4jUri: graph.uri,
    neo4jUser: graph.auth?.username ?? "",
    neo4jPassword: graph.auth?.password ?? "",
  };
  const options = { place, kind, calls: Number(calls), seed: Number(seed) };
  const { fired, violations } = await wire(
    servers,
    { ...options, parts: part ? [part] : PARTS },
    say,
  );
  for (const [what, times] of fired) console.log(`${what}: ${times}`);
  for (const violation of violations) console.log(violation);
  if (violations.length > 0) console.log(`again: pnpm wire ${process.argv.slice(2).join(" ")}`);
  const faults = [...fired.values()].reduce((sum, times) => sum + times, 0);
  const holds = violations.length === 0 && faults > 0;
  process.exitCode = holds ? 0 : 1;
  verdict = `wire: ${holds ? "ok" : "violated"} faults=${faults} violations=${violations.length}`;
}

await program.parseAsync();
process.exit(); // Node 24.21 was seen to spin for ever when it ended by itself after hundreds of children
