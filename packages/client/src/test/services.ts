import { fileURLToPath } from "node:url";
import { startProcess, waitUntil } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import { inject } from "vitest";

/** A service as a process of its own, until it is disposed of. */
export interface RunningService extends AsyncDisposable {
  readonly url: string;
}

/** Starts a service on the shared servers; resolves when it is ready. */
export async function startService(
  service: "append" | "relay",
  database: string,
): Promise<RunningService> {
  const started = await startProcess({
    name: service,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../../../../services/${service}/src/main.ts`, import.meta.url))],
    env: {
      OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: inject("neo4jUri"),
      OUTGRAPH_NEO4J_USER: inject("neo4jUser") || "neo4j",
      OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(started.logTail())?.[1];
  if (url === undefined) throw new Error(`${service} does not say where it listens`);
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: `${service} is ready`,
    timeoutMs: 60_000,
  });
  return { url, [Symbol.asyncDispose]: () => started.stop() };
}
