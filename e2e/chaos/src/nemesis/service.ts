import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, type ManagedProcess, startProcess } from "@outgraph/stack";
import { LEASE_MS } from "./faults.ts";
import { anything, isCommit, type Link, makeLink, saysMore } from "./link.ts";
import type { Servers } from "./servers.ts";
import { SkewedClock } from "./skewed-clock.ts";

/** A relay or an append service under test: a real process, whose wires and clocks are ours. */
export interface Service extends AsyncDisposable {
  /** "relay-1" */
  readonly name: string;
  /** Where it is reached, in any of its lives; that of an append service goes over `callers`. */
  readonly url: string;
  readonly process: ManagedProcess;
  readonly mongodb: Link;
  /** Of an append service: without any connection. */
  readonly neo4j: Link;
  readonly callers: Link;
  readonly clock: SkewedClock;
}

/** Starts one; resolves when it listens. Its log and its clock are kept in `folder`. */
export async function startService(
  kind: "relay" | "append",
  number: number,
  servers: Servers,
  folder: string,
): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const name = `${kind}-${number}`;
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const { encrypted, mongodbWays } = servers;
  const neo4jWays = kind === "relay" ? servers.neo4jWays : [];
  const mongodb = stack.use(await makeLink(mongodbWays, encrypted.mongodb ? anything : saysMore));
  const neo4j = stack.use(await makeLink(neo4jWays, encrypted.neo4j ? anything : isCommit));
  const callers = stack.use(await makeLink([{ target: address, names: [address] }], anything));
  const clock = new SkewedClock(join(folder, `${name}.clock`));
  const managed = stack.use(
    await startProcess({
      name,
      command: process.execPath,
      args: [...PRELOADS, fileURLToPath(MAIN[kind])],
      env: {
        OUTGRAPH_CHAOS_ROUTES: JSON.stringify({ ...mongodb.routes, ...neo4j.routes }),
        OUTGRAPH_CHAOS_CLOCK: clock.file,
        OUTGRAPH_LISTEN: address,
        OUTGRAPH_MONGODB_URI: servers.mongodbUri,
        OUTGRAPH_DATABASE: servers.database,
        ...(kind === "relay" && relaySettings(servers)),
      },
      logFile: join(folder, `${name}.log`),
      ready: /"msg":"listening"/,
      readyTimeoutMs: 60_000,
    }),
  );
  const door = kind === "relay" ? port : Object.values(callers.routes)[0];
  const rest = stack.move();
  return {
    name,
    url: `http://127.0.0.1:${door}`,
    process: managed,
    mongodb,
    neo4j,
    callers,
    clock,
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

function relaySettings(servers: Servers): Record<string, string> {
  return {
    OUTGRAPH_NEO4J_URI: servers.neo4jUri,
    OUTGRAPH_NEO4J_USER: servers.neo4jUser,
    OUTGRAPH_NEO4J_PASSWORD: servers.neo4jPassword,
    OUTGRAPH_NEO4J_DATABASE: servers.neo4jDatabase,
    OUTGRAPH_LEASE_TTL_MS: String(LEASE_MS),
    OUTGRAPH_RETRY_MS_MAX: "1000",
  };
}

const PRELOADS = ["routes", "clock"].flatMap((name) => [
  "--import",
  new URL(`preload/${name}.ts`, import.meta.url).href,
]);

const MAIN = {
  relay: new URL("../../../../services/relay/src/main.ts", import.meta.url),
  append: new URL("../../../../services/append/src/main.ts", import.meta.url),
};
