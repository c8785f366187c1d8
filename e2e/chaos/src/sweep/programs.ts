import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProcessOptions } from "@outgraph/stack";
import type { Servers } from "../truth/index.ts";

type Program = Pick<ProcessOptions, "name" | "args" | "env">;

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RELAY = script("../../../../services/relay/src/main.ts");
const CRASHING_RELAY = script("../../../../services/relay/src/test/crashing-relay.ts");
const APPEND = script("../../../../services/append/src/main.ts");
const WRITER = script("./writer.ts");

/** The line by which a service says where it listens. */
export const LISTENING: RegExp = /"url":"(http:[^"]+)"/;

/**
 * The relay. The one that can kill itself is the same, with its ports wrapped.
 *
 * @param env more of its variables; one of OUTGRAPH_TEST_… needs the one that can kill itself.
 */
export function relay(
  servers: Servers,
  env: Readonly<Record<string, string>>,
  canKillItself: boolean,
): Program {
  return {
    name: "relay",
    args: [canKillItself ? CRASHING_RELAY : RELAY],
    env: {
      ...mongodb(servers),
      OUTGRAPH_NEO4J_URI: servers.neo4jUri,
      OUTGRAPH_NEO4J_USER: servers.neo4jUser ?? "neo4j",
      OUTGRAPH_NEO4J_PASSWORD: servers.neo4jPassword ?? "",
      OUTGRAPH_NEO4J_DATABASE: servers.neo4jDatabase ?? "",
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      OUTGRAPH_LEASE_TTL_MS: "1500",
      OUTGRAPH_RETRY_MS_MAX: "500",
      ...env,
    },
  };
}

/** The append service, on this port, so that its clients find it again. */
export function appendService(servers: Servers, port: number): Program {
  return {
    name: "append",
    args: [APPEND],
    env: { ...mongodb(servers), OUTGRAPH_LISTEN: `127.0.0.1:${port}` },
  };
}

/** A writer in a process of its own; see writer.ts. */
export function writer(
  servers: Servers,
  env: { readonly history: string; readonly nodes: readonly string[]; readonly seed: number } & {
    /** After so many it ends by itself. */
    readonly entries?: number;
  },
): Program {
  return {
    name: "writer",
    args: [WRITER],
    env: {
      ...mongodb(servers),
      OUTGRAPH_CHAOS_HISTORY: env.history,
      OUTGRAPH_CHAOS_NODES: env.nodes.join(" "),
      OUTGRAPH_CHAOS_SEED: String(env.seed),
      OUTGRAPH_CHAOS_ENTRIES: String(env.entries ?? ""),
    },
  };
}

function mongodb({ mongodbUri, database }: Servers): Record<string, string> {
  return {
    OUTGRAPH_MONGODB_URI: mongodbUri,
    OUTGRAPH_DATABASE: database,
    // A start is most of what a run costs, and this halves it.
    NODE_COMPILE_CACHE: join(tmpdir(), "outgraph-sweep-compiled"),
  };
}
