import { startMongo, startNeo4j } from "@outgraph/stack";
import type { Servers } from "../truth/index.ts";

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
