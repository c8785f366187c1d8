import { join } from "node:path";
import { type ManagedProcess, startProcess } from "@outgraph/stack";
import { inject } from "vitest";

const SERVICES = join(import.meta.dirname, "../../../services");
const LISTENING = /"url":"(http:[^"]+)"/;

/** A service as its users run it, and where it listens. */
export interface Running {
  readonly url: string;
  readonly process: ManagedProcess;
}

/** Starts a service on a free port, on the servers of the tests. */
export async function startService(name: "append" | "relay", database: string): Promise<Running> {
  const user = inject("neo4jUser");
  const started = await startProcess({
    name,
    command: globalThis.process.execPath,
    args: [join(SERVICES, name, "src/main.ts")],
    env: {
      OUTGRAPH_MONGODB_URI: inject("mongodbUri"),
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      ...(name === "relay" && { OUTGRAPH_NEO4J_URI: inject("neo4jUri") }),
      ...(name === "relay" &&
        user !== "" && {
          OUTGRAPH_NEO4J_USER: user,
          OUTGRAPH_NEO4J_PASSWORD: inject("neo4jPassword"),
        }),
    },
    ready: LISTENING,
  });
  return { url: LISTENING.exec(started.logTail())?.[1] as string, process: started };
}
