import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ProcessFailed, startProcess, waitUntil } from "@outgraph/stack";
import { clear } from "./clear.ts";
import type { Servers } from "./servers.ts";

const root = join(import.meta.dirname, "../../..");

/**
 * Runs the suite of xmem-go, which holds the Go store to its own reference and runs jobs again, on
 * our servers and relay.
 *
 * @returns the figures that it prints, a line each.
 * @throws ProcessFailed with its output when a test fails or is skipped.
 */
export async function goStore(servers: Servers): Promise<readonly string[]> {
  await clear(servers);
  const { database } = servers;
  await using append = await startAppend(servers, database);
  await using unheard = await startAppend(servers, `${database}_without_relay`);
  await using suite = await startProcess({
    name: "go",
    command: "env",
    args: ["go", "test", "-count=1", "-v", "./..."],
    cwd: join(root, "packages/xmem-go"),
    env: {
      PATH: `${process.env["PATH"]}:/usr/local/go/bin`,
      OUTGRAPH_MONGODB_URI: servers.mongodb_uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: servers.neo4j_uri,
      OUTGRAPH_NEO4J_USER: servers.neo4j_user || undefined,
      OUTGRAPH_NEO4J_PASSWORD: servers.neo4j_password || undefined,
      OUTGRAPH_APPEND_URL: append.url,
      OUTGRAPH_NO_RELAY_URL: unheard.url,
    },
  });
  const { code } = await suite.exited;
  const output = await readFile(suite.logFile, "utf8");
  if (code !== 0 || /^\s*--- SKIP/m.test(output))
    throw new ProcessFailed("xmem-go", `ended with code ${code}`, output);
  return [...output.matchAll(/xmem-go: .*/g)].map(([line]) => line);
}

async function startAppend(
  servers: Servers,
  database: string,
): Promise<{ readonly url: string } & AsyncDisposable> {
  const append = await startProcess({
    name: "append",
    command: process.execPath,
    args: [join(root, "services/append/src/main.ts")],
    env: {
      OUTGRAPH_MONGODB_URI: servers.mongodb_uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
    readyTimeoutMs: 60_000,
  });
  const url = /"url":"([^"]+)"/.exec(append.logTail())?.[1] ?? "";
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: "the append service is ready",
    timeoutMs: 60_000,
  });
  return { url, [Symbol.asyncDispose]: () => append.stop() };
}
