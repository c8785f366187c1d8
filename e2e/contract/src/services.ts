import { join } from "node:path";
import { type ManagedProcess, startProcess } from "@outgraph/stack";

const root = join(import.meta.dirname, "../../..");

/** Where the services find their servers. */
export interface Surroundings {
  readonly mongodbUri: string;
  readonly neo4jUri: string;
  readonly database: string;
}

/** A service that runs as a process of its own, on a free loopback port. */
export interface Service {
  readonly url: string;
  readonly process: ManagedProcess;
}

/** Starts a service as its users do, and resolves when it listens. */
export async function startService(
  name: "append" | "relay",
  { mongodbUri, neo4jUri, database }: Surroundings,
): Promise<Service> {
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [join(root, `services/${name}/src/main.ts`)],
    env: {
      OUTGRAPH_MONGODB_URI: mongodbUri,
      OUTGRAPH_NEO4J_URI: name === "relay" ? neo4jUri : undefined,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(service.logTail())?.[1];
  if (url === undefined) throw new Error(`${name} did not say where it listens`);
  return { url, process: service };
}
