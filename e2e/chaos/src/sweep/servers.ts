import { startMongo, startNeo4j } from "@outgraph/stack";
import { MongoClient } from "mongodb";
import type { Servers } from "../truth/index.ts";

/**
 * How long a transaction may stay open, in seconds. MongoDB does not end the one of a client that was
 * killed before that, and until then nobody else can write what it wrote. By itself it is 60.
 */
const TRANSACTION_SECONDS_MAX = 10;

/** Servers for all runs. */
export interface Engines extends AsyncDisposable {
  readonly servers: Omit<Servers, "database">;
}

/** Those of OUTGRAPH_MONGODB_URI and OUTGRAPH_NEO4J_URI, whose graph is emptied, or new ones. */
export async function startEngines(say: (text: string) => void): Promise<Engines> {
  await using undo = new AsyncDisposableStack();
  const onProgress = say;
  const [mongo, neo4j] = await Promise.allSettled([
    startMongo({ onProgress }),
    startNeo4j({ onProgress, quickStart: true }),
  ]);
  for (const started of [mongo, neo4j]) {
    if (started.status === "fulfilled") undo.defer(() => started.value.stop());
  }
  if (mongo.status === "rejected") throw mongo.reason;
  if (neo4j.status === "rejected") throw neo4j.reason;
  undo.defer(await shortTransactions(mongo.value.uri));
  const { auth } = neo4j.value;
  const engines = undo.move();
  return {
    servers: {
      mongodbUri: mongo.value.uri,
      neo4jUri: neo4j.value.uri,
      ...(auth !== undefined && { neo4jUser: auth.username, neo4jPassword: auth.password }),
    },
    [Symbol.asyncDispose]: () => engines.disposeAsync(),
  };
}

/** Has the server end forgotten transactions sooner. Returns what puts it back. */
async function shortTransactions(uri: string): Promise<() => Promise<void>> {
  const set = async (seconds: number): Promise<number> => {
    const client = new MongoClient(uri);
    try {
      const setting = { setParameter: 1, transactionLifetimeLimitSeconds: seconds };
      return Number((await client.db("admin").command(setting))["was"]);
    } finally {
      await client.close();
    }
  };
  const before = await set(TRANSACTION_SECONDS_MAX);
  return async () => void (await set(before));
}
