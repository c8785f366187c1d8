import { join } from "node:path";
import { type ManagedProcess, startProcess, waitUntil } from "@outgraph/stack";

const root = join(import.meta.dirname, "../../..");
const LISTENING = /"url":"([^"]+)"/;

/** The servers behind the services. */
export interface Servers {
  readonly mongodbUri: string;
  readonly neo4jUri: string;
  /** "" when it asks nobody. */
  readonly neo4jUser: string;
  readonly neo4jPassword: string;
}

/** Where the services find their servers. */
export interface Surroundings extends Servers {
  readonly database: string;
}

/** A service that runs as a process of its own, on a free loopback port. */
export interface Service {
  readonly url: string;
  readonly process: ManagedProcess;
}

/** Starts a service as its users do, and resolves when it listens. @param env more of its variables. */
export async function startService(
  name: "append" | "relay",
  { mongodbUri, neo4jUri, database, neo4jUser, neo4jPassword }: Surroundings,
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [join(root, `services/${name}/src/main.ts`)],
    env: {
      OUTGRAPH_MONGODB_URI: mongodbUri,
      OUTGRAPH_NEO4J_URI: name === "relay" ? neo4jUri : undefined,
      OUTGRAPH_NEO4J_USER: name === "relay" ? neo4jUser || undefined : undefined,
      OUTGRAPH_NEO4J_PASSWORD: name === "relay" ? neo4jPassword || undefined : undefined,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      ...env,
    },
    ready: LISTENING,
    readyTimeoutMs: 60_000,
  });
  const url = LISTENING.exec(service.logTail())?.[1];
  if (url === undefined) throw new Error(`${name} did not say where it listens`);
  return { url, process: service };
}

/** Resolves when a service says that it is ready. */
export async function untilReady({ url }: Service): Promise<void> {
  await waitUntil(async () => (await fetch(`${url}/readyz`)).ok, {
    what: `${url} is ready`,
    timeoutMs: 60_000,
  });
}
