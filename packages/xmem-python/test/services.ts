import { fileURLToPath } from "node:url";
import { startProcess, waitUntil } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import neo4j from "neo4j-driver";
import { inject } from "vitest";

const main = (path: string) =>
  fileURLToPath(new URL(`../../../${path}/src/main.ts`, import.meta.url));

/** The variables that name the shared servers, and a database of one's own. */
export function serverVariables(database: string): Record<`OUTGRAPH_${string}`, string> {
  return {
    OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
    OUTGRAPH_DATABASE: database,
    OUTGRAPH_NEO4J_URI: inject("neo4jUri"),
    OUTGRAPH_NEO4J_USER: inject("neo4jUser") || "neo4j",
    OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
  };
}

/** Takes away what other tests left in the shared graph, which follows one outbox only. */
export async function emptyGraph(): Promise<void> {
  const auth = neo4j.auth.basic(inject("neo4jUser") || "neo4j", inject("neo4jPassword"));
  await using driver = neo4j.driver(inject("neo4jUri"), auth);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
}

/** Sets an outbox up in a database, and runs a relay for it until it is disposed of. */
export async function startRelay(database: string): Promise<AsyncDisposable> {
  const uri = inject("mongodbUri");
  await using setup = await startProcess({
    name: "setup",
    command: process.execPath,
    args: [main("packages/outbox"), "setup", "--mongodb-uri", uri, "--database", database],
    env: {},
  });
  const { code } = await setup.exited;
  if (code !== 0) throw new Error(`the outbox cannot be set up:\n${setup.logTail()}`);
  const relay = await startProcess({
    name: "relay",
    command: process.execPath,
    args: [main("services/relay")],
    env: { ...serverVariables(database), OUTGRAPH_LISTEN: "127.0.0.1:0" },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(relay.logTail())?.[1];
  await waitUntil(async () => url !== undefined && (await fetch(`${url}/readyz`)).ok, {
    what: "the relay is ready",
    timeoutMs: 60_000,
  });
  return { [Symbol.asyncDispose]: () => relay.stop() };
}
