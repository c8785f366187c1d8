#!/usr/bin/env node
import { type MongoServer, type Neo4jServer, startMongo, startNeo4j } from "@outgraph/stack";
import { contract } from "./contract.ts";
import { LANGUAGES } from "./languages.ts";

/** How often it says that it is still there, in milliseconds. */
const STILL_MS = 15_000;

const EXIT_CODE = { SIGINT: 130, SIGTERM: 143 } as const;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(EXIT_CODE[signal])); // every child ends with this process
}

const begun = performance.now();
const say = (text: string): void => {
  const seconds = String(Math.round((performance.now() - begun) / 1_000)).padStart(4);
  console.log(`${seconds} s  ${text}`);
};
let last = "starting";
const still = setInterval(() => say(`… ${last}`), STILL_MS);
const progress = (text: string): void => {
  last = `after: ${text}`;
  say(text);
};

/** Servers of its own, whatever the environment names: it empties the graph. */
async function startServers(started: AsyncDisposableStack): Promise<[MongoServer, Neo4jServer]> {
  delete process.env["OUTGRAPH_MONGODB_URI"];
  delete process.env["OUTGRAPH_NEO4J_URI"];
  const starting = [
    startMongo({ testCommands: true, onProgress: progress }),
    startNeo4j({ quickStart: true, onProgress: progress }),
  ] as const;
  await Promise.allSettled(starting.map(async (server) => started.use(await server)));
  return await Promise.all(starting);
}

try {
  await using started = new AsyncDisposableStack();
  const [mongo, graph] = await startServers(started);
  const { vectors, outcomes, differences } = await contract(
    {
      mongodbUri: mongo.uri,
      neo4jUri: graph.uri,
      neo4jUser: graph.auth?.username ?? "",
      neo4jPassword: graph.auth?.password ?? "",
    },
    progress,
  );
  for (const difference of differences) console.log(difference);
  const counts = `vectors=${vectors} languages=${LANGUAGES.length} outcomes=${outcomes}`;
  const verdict = differences.length === 0 ? "ok" : `failed differences=${differences.length}`;
  process.exitCode = differences.length === 0 ? 0 : 1;
  process.once("exit", () => console.log(`contract: ${verdict} ${counts}`));
} catch (error) {
  console.log(error); // with its causes
  const why = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
  process.exitCode = 1;
  process.once("exit", () => console.log(`contract: failed ${why}`));
} finally {
  clearInterval(still);
}
