import type { Signals } from "@outgraph/telemetry";
import { MongoClient, ServerType } from "mongodb";
import type { AppendSignals } from "../../signals.ts";

/** How long an operation looks for a primary before its transaction is tried again, in milliseconds. */
const SELECTION_MS = 2_000;

/** A client, and whether a primary is known at this moment. */
export interface Mongo {
  readonly client: MongoClient;
  readonly primaryKnown: () => boolean;
}

/** Makes a client; it connects by itself when it is first used, and again after every loss. */
export function mongoClient(uri: string, signals: Signals<AppendSignals>): Mongo {
  const client = new MongoClient(uri, {
    appName: "outgraph-append",
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: 5_000,
  });
  let known = false;
  client.on("topologyDescriptionChanged", ({ newDescription }) => {
    const now = [...newDescription.servers.values()].some(({ type }) => WRITABLE.has(type));
    if (now === known) return;
    known = now;
    signals.emit("mongo.primary", { known });
  });
  return { client, primaryKnown: () => known };
}

const WRITABLE: ReadonlySet<string> = new Set<string>([
  ServerType.RSPrimary,
  ServerType.Mongos,
  ServerType.Standalone,
  ServerType.LoadBalancer,
]);
