import { fileURLToPath } from "node:url";
import { startProcess, waitUntil } from "@outgraph/stack";
import neo4j from "neo4j-driver";
import { inject } from "vitest";

const main = (service: string) =>
  fileURLToPath(new URL(`../../../services/${service}/src/main.ts`, import.meta.url));

/** The variables that name the shared servers, and a database of one's own. */
export function serverVariables(database: string): {
  OUTGRAPH_MONGODB_URI: string;
  OUTGRAPH_DATABASE: string;
  OUTGRAPH_NEO4J_URI: string;
  OUTGRAPH_NEO4J_USER: string;
  OUTGRAPH_NEO4J_PASSWORD: string;
} {
  return {
    OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
    OUTGRAPH_DATABASE: database,
    OUTGRAPH_NEO4J_URI: inject("neo4jUri"),
    OUTGRAPH_NEO4J_USER: inject("neo4jUser"),
    OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
  };
}

/** Takes away what other tests left in the shared graph, which follows one outbox only. */
export async function emptyGraph(): Promise<void> {
  const { OUTGRAPH_NEO4J_URI, OUTGRAPH_NEO4J_USER, OUTGRAPH_NEO4J_PASSWORD } = serverVariables("");
  const auth = neo4j.auth.basic(OUTGRAPH_NEO4J_USER || "neo4j", OUTGRAPH_NEO4J_PASSWORD);
  await using driver = neo4j.driver(OUTGRAPH_NEO4J_URI, auth);
  await driver.executeQuery("MATCH (n) DETACH DELETE n");
}

/** A service as a process of its own, which runs until it is disposed of. */
export interface Service extends AsyncDisposable {
  readonly url: string;
}

/** Starts a service; resolves when it is ready. */
export async function startService(
  service: "append" | "relay",
  database: string,
): Promise<Service> {
  const { OUTGRAPH_NEO4J_USER: user, ...variables } = serverVariables(database);
  const started = await startProcess({
    name: service,
    command: process.execPath,
    args: [main(service)],
    env: { ...variables, OUTGRAPH_NEO4J_USER: user || "neo4j", OUTGRAPH_LISTEN: "127.0.0.1:0" },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(started.logTail())?.[1];
  if (url === undefined) throw new Error(`${service} does not say where it listens`);
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: `${service} is ready`,
    timeoutMs: 30_000,
  });
  return { url, [Symbol.asyncDispose]: () => started.stop() };
}
