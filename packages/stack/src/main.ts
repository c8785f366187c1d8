#!/usr/bin/env node
import { Command, Option } from "commander";
import type { Engine } from "./engine.ts";
import { NEO4J_RELEASES, type Neo4jVersion } from "./neo4j-release.ts";
import { startMongo, startNeo4j } from "./start.ts";

const program = new Command("outgraph-stack").description(
  "Runs a real MongoDB replica set and a real Neo4j for development.",
);

program
  .command("up")
  .description("start both, print their addresses, and stop them at Ctrl-C or SIGTERM")
  .addOption(new Option("--members <n>", "of the replica set").choices(["1", "3"]).default("1"))
  .addOption(
    new Option("--neo4j <version>", "which Neo4j")
      .choices(Object.keys(NEO4J_RELEASES))
      .default("5.26.12"),
  )
  .option("--data <folder>", "keep the data there; default: a temp folder, removed at the end")
  .option("--heap <MiB>", "Neo4j's heap", "512")
  .option("--test-commands", "allow MongoDB's configureFailPoint", false)
  .action(up);

program.addHelpText(
  "afterAll",
  `
Environment:
  OUTGRAPH_MONGODB_URI, OUTGRAPH_NEO4J_URI     use these servers instead of starting any
  OUTGRAPH_NEO4J_USER, OUTGRAPH_NEO4J_PASSWORD what to tell that Neo4j
  OUTGRAPH_STACK                               uri, container or process: that way alone
  OUTGRAPH_CACHE                               where downloads are kept; default ~/.cache/outgraph`,
);

interface UpOptions {
  readonly members: "1" | "3";
  readonly neo4j: Neo4jVersion;
  readonly data?: string;
  readonly heap: string;
  readonly testCommands: boolean;
}

async function up(options: UpOptions): Promise<void> {
  const onProgress = (text: string) => console.error(text);
  const asked = new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  const starts = await Promise.allSettled([
    startMongo({
      members: options.members === "3" ? 3 : 1,
      testCommands: options.testCommands,
      ...(options.data && { dataDir: `${options.data}/mongodb` }),
      onProgress,
    }),
    startNeo4j({
      version: options.neo4j,
      heapMb: Number(options.heap),
      ...(options.data && { dataDir: `${options.data}/neo4j` }),
      onProgress,
    }),
  ]);
  const [mongo, neo4j] = starts;
  if (mongo.status === "fulfilled" && neo4j.status === "fulfilled") {
    // One line on stdout, to be pasted before a command or read by a script.
    console.log(
      `OUTGRAPH_MONGODB_URI='${mongo.value.uri}' OUTGRAPH_NEO4J_URI='${neo4j.value.uri}'`,
    );
    console.error("running until Ctrl-C");
    const stay = setInterval(() => {}, 60_000); // nothing else keeps Node here for servers given by URI
    await asked;
    clearInterval(stay);
    console.error("stopping");
  }
  const engines: Engine[] = [];
  for (const start of starts) if (start.status === "fulfilled") engines.push(start.value);
  await Promise.all(engines.map((engine) => engine.stop()));
  for (const start of starts) {
    if (start.status === "fulfilled") continue;
    console.error(start.reason instanceof Error ? start.reason.message : start.reason);
    process.exitCode = 1;
  }
}

await program.parseAsync();
